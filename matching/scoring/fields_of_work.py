"""Sort texts into fields of work, whatever words they use.

A field is a list of beginnings of words; three letters or fewer are whole words. A word may belong to several fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from matching.scoring.profiles import Floats

FIELDS: dict[str, str] = {
    "genomics": (
        "genom sequenc dna rna transcriptom metagenom microbiom proteom metabolom omics variant phylogen nextflow "
        "snakemake bioconductor galaxy crispr plasmid epigen synthetic metabarcod gene bioprocess biotech exome exon "
        "snp snps gwas allel haplotyp chromosom mutat heredit pleiotrop rnaseq single-cell karyotyp mitochond telomer "
        "barcod pcr qpcr amplicon"
    ),
    "bioinformatics": (
        "bioinformat computational workflow pipeline galaxy nextflow snakemake bioconductor algorithm structural "
        "protein informatic simulat parameter computing biocontainer bioconda conda docking cheminformat biostatist "
        "rosalind blast"
    ),
    "microbiology": (
        "microb bacteri virus viral phage fung pathogen antimicrob infect parasit antibiotic mycolog ferment yeast "
        "probiotic biofilm prokaryot protozo amr tubercul virolog"
    ),
    "health": (
        "health medic clinic patient disease cancer covid pandemic epidemi hospital drug pharma therap vaccin diagnos "
        "surg nurs diabet malaria immun tissue pathol prostat nutrit care birth preterm infant sleep circadian "
        "chronobiol coronavirus biomedic physiol oncolog tumor tumour cardio cardiac heart stroke dental dentist obes "
        "metabol hiv aids dengue ebola zika maternal pregnan paediatr pediatr geriatr ageing aging dementia alzheim "
        "epilep anaesth anesth rehabilit wellbeing lung respirat kidney renal liver hepat dermat ophthalm toxic "
        "biomark biobank biospecimen cytometr histolog anatom antibod antigen serolog transplant midwi"
    ),
    "brain and mind": (
        "neuro brain cognit mri fmri eeg imaging bids psycholog mental behavio autis psychiat electrophysiolog synap "
        "emotion attention percept adhd depress anxiety trauma"
    ),
    "imaging": (
        "imag microscop fiji vision bioimage radiolog segmentation photogr camera radiograph ultrasound tomograph "
        "xray x-ray fluorescen pixel histopathol"
    ),
    "ecology": (
        "ecolog biodivers species conserv wildlife environment forest marine ocean fish bird insect plant soil "
        "climate water pollut sustainab carbon energy urban agrobio river polar wetland wildfire lake coral reef "
        "mammal amphib reptil pollinat habitat restor invasive zoono botan herbar glaci iceberg coast mangrov aquat "
        "waste recycl emission greenhouse entomolog ornitholog"
    ),
    "food and farming": (
        "agri crop farm food plant seed soil livestock breeding veterinar animal nutrit agrobio aquacult hydropon "
        "horticult irrigat fertili pesticid maize wheat rice cassava cocoa coffee beekeep dairy poultry rural"
    ),
    "earth and maps": (
        "earth geo gis spatial map climate hydrolog remote satellite weather atmosph ocean volcan geosp geolog "
        "geomorph geograph mapping polar river landscape sensing seism mineral glaci iceberg drone lidar cartograph "
        "openstreetmap osm topograph meteorol flood drought landslide paleoclim coast"
    ),
    "physics and space": (
        "astro space planet telescope physic quantum particle nuclear electron energy cosmolog gravit optic photon "
        "laser plasma fluid thermodynam accelerator cern stellar solar aerospace rocket biophys"
    ),
    "chemistry and materials": (
        "chem molecul material spectroscop polymer catal crystal nano photochem isotop energy synthesis electron "
        "biochem enzym ligand ceramic metal alloy plastic battery membrane toxicolog"
    ),
    "hardware": (
        "engineer hardware sensor device arduino robot maker prototyp diy 3d instrument manufactur energy lab wetlab "
        "electron microcontrol raspberry pcb circuit iot drone automat mechanic mechatron embedded cad solder "
        "wearable fabrica fablab"
    ),
    "machine learning": (
        "machine learning neural ai artificial nlp deep model predict statistic bayes probab language classif comput "
        "intellig generative llm transformer chatgpt gpt chatbot pytorch tensorflow regress cluster forecast "
        "recommender sktime algorithm"
    ),
    "software": (
        "software code coding program python package library api github git development developer app web tool "
        "testing version continuous docker container gitlab opensource open-source linux cloud hpc wordpress jekyll "
        "full-stack website platform devops backend frontend front-end back-end rust java kotlin php ruby html css "
        "react django flask typescript android mobile server kubernetes agile scrum debug compiler blockchain "
        "cybersec security"
    ),
    "research software": (
        "rse research-software reproduc notebook jupyter rstudio renv turing binder hpc informatic rsse computing "
        "cloud scientific-software software-carpentry"
    ),
    "R": "r rstats tidyverse shiny rmarkdown bioconductor rladies ggplot dplyr quarto bookdown",
    "Python": "python jupyter pandas numpy django scipy matplotlib scikit sklearn",
    "data": (
        "data metadata fair repositor curat ontolog standard semantic knowledge linked wikidata rdm schema sql "
        "postgres mysql archiv sensitive privacy steward record document spreadsheet excel analytic provenance "
        "interoperab identifier orcid doi catalog vocabular corpus registr census digiti"
    ),
    "visualisation": (
        "visual dashboard plot graphic design illustrat ux ui interface infograph d3 tableau powerbi chart figma "
        "animation"
    ),
    "publishing": (
        "publish peer-review preprint journal manuscript scholar article editor citation bibliometr review "
        "open-access access writing wikipedia documentat archiv wikim latex markdown book magazine newspaper author "
        "scientometr altmetric"
    ),
    "policy": (
        "polic govern institution incentiv assessment evaluat advoca strateg reform funding funder infrastructure "
        "rights legal licens privacy sensitive responsib regulat accountab intellect law laws gdpr diploma ethics "
        "complian metascience meta-research"
    ),
    "education": (
        "educ teach train curricul lesson course workshop student learner school universit pedagog carpentr tutor "
        "classroom instruct youth stem elearn didactic skill mentor primary secondary academ webinar mooc lectur "
        "textbook undergrad literac coach capacity-build"
    ),
    "community": (
        "communit engag network collaborat outreach event volunteer member facilitat organis organiz leadership "
        "meetup codefest hackathon ambassad conferenc collectiv peer awareness advocacy moderat onboard meet-up "
        "grassroot solidar cooperat diaspora hackweek"
    ),
    "inclusion": (
        "inclus divers equit equal gender women minorit disab lgbt decoloni indigenous access justice ethic bias race "
        "black latin africa queer lmic deprivat sogiesc non-discrim majorit global nigeria ghana cameroon kenya "
        "neurodiv refugee migrant racis coloni feminis underrepresent marginal belong low-resource low-income rural"
    ),
    "participation": (
        "citizen participat public crowdsourc stakeholder co-creat cocreat civic societ volunteer co-design codesign "
        "democra deliberat crowdfund"
    ),
    "communication": (
        "communicat media podcast video blog story journalis social-media newsletter translat language museum art "
        "scicomm wordpress jekyll website webinar content awareness poster presenting presentation press radio film "
        "documentar comic"
    ),
    "society and culture": (
        "social sociolog anthropolog econom politic qualitative interview survey humanit histor archaeo "
        "digital-humanities linguist cultur heritage philosoph library librarian glam osteol bioanthrop urban memory "
        "landscape ethnograph religio theatre theater music dance poetry literatur film migration peace conflict "
        "demograph financ"
    ),
    "careers and projects": (
        "manag project mentor career early-career team leader business entrepreneur startup product proposal postdoc "
        "phd academ grant planning market resume job jobs recruit innovat fundrais sales consult nonprofit ngo "
        "imposter burnout coach"
    ),
    "reproducibility": "reproduc replic transparen open-science rigour robust protocol preregist methods rigor credib",
    "biology": (
        "evolution palaeo paleo fossil phytolith taxonom morpholog zoolog botan biolog cell developmental osteol "
        "palynol specimen tissue isotop biotech embryo biochem biophys entomolog ornitholog herpetolog mammal "
        "stem-cell organoid hormone endocrin"
    ),
}
NAMES = list(FIELDS)


def counts(texts: Sequence[str]) -> Floats:
    """Count how strongly each text (row) is about each field: the logarithm of how many of its words belong there."""
    found = np.zeros((len(texts), len(NAMES)))
    for row, text in enumerate(texts):
        for word in re.findall(r"[a-z0-9]+(?:-[a-z]+)?", text.lower()):
            for field in _fields_of(word):
                found[row, field] += 1
    return np.log1p(found)


def weigh(*sides: Floats) -> list[Floats]:
    """Scale the rows to length 1 (0 if a text is about no field); rarer fields weigh more."""
    everybody = np.concatenate(sides)
    rarity = np.log((1 + len(everybody)) / (1 + (everybody > 0).sum(axis=0))) + 0.3
    weighed = [side * rarity for side in sides]
    return [side / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9) for side in weighed]


@cache
def _stems() -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    whole: dict[str, list[int]] = {}
    begins: dict[str, list[int]] = {}
    for field, stems in enumerate(FIELDS.values()):
        for stem in stems.split():
            (whole if len(stem) <= 3 else begins).setdefault(stem, []).append(field)
    return whole, begins


@lru_cache(maxsize=100_000)
def _fields_of(word: str) -> tuple[int, ...]:
    whole, begins = _stems()
    found: set[int] = set()
    for part in {word, *word.split("-")}:
        found.update(whole.get(part, ()))
        for length in range(4, len(part) + 1):
            found.update(begins.get(part[:length], ()))
    return tuple(sorted(found))


def clear_caches() -> None:
    """Clear the caches after a change of FIELDS."""
    _stems.cache_clear()
    _fields_of.cache_clear()
