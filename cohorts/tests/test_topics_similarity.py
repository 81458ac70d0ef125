"""Names of topics that are suggested as the same, and names that never are."""

import pytest

from cohorts.topics.similarity import find_similar_topics


def groups(*names: str) -> list[set[str]]:
    found = find_similar_topics([(number, name, len(names) - number) for number, name in enumerate(names)])
    return [{tag.name for tag in group.tags} for group in found]


@pytest.mark.parametrize(
    "names",
    [
        ("Open science", "open-science", "OpenScience", "Open science!"),
        ("Café culture", "Cafe culture"),
        ("Ontology", "Ontologies"),
        ("Analyses", "Analysis"),
        ("APIs", "API"),
        ("Training and education", "Education & training"),
        ("Visualisation of data", "Data visualization"),
        ("Behaviour", "Behavior"),
        ("Palaeoecology", "Paleoecology"),
        ("Modelling", "Modeling"),
        ("Machine learning (ML)", "machine-learning", "ML"),
        ("ML (machine learning)", "Machine learning"),
        ("Geographic information systems (GIS)", "GIS"),
        ("High performance computing", "HPC"),
        ("Bioinformatics", "Bionformatics"),
        ("Data management", "Data managment"),
        ("Research data management", "Research data amangement"),
        ("Reproducibility", "Reproducability"),
        ("PHP", "php"),
    ],
)
def test_names_that_mean_the_same_are_one_group(names):
    assert groups(*names, "Hydrology", "Soil") == [set(names)]


@pytest.mark.parametrize(
    "names",
    [
        ("R", "C", "C++", "C#", "Go", "Git"),
        ("AI", "AR", "UX", "UI", "ML"),
        ("Java", "JavaScript", "SQL", "NoSQL"),
        ("Python 2", "Python 3", "OLS-7", "OLS-8", "IC50", "pIC50"),
        ("Mycology", "Myology", "Oncology", "Ontology", "Ecology", "Geology"),
        ("Photochemistry", "Phytochemistry", "Geochemistry", "Biochemistry"),
        ("Macroeconomics", "Microeconomics"),
        ("Genomics", "Genetics", "Metagenomics", "Proteomics"),
        ("Mediation", "Meditation", "Conservation", "Conversation", "Evolution", "Revolution"),
        ("Synchronous work", "Asynchronous work", "Immigration", "Emigration"),
        ("Qualitative research", "Quantitative research"),
        ("News media", "New media", "Humanities", "Humanity"),
        ("Interviewer", "Interviewee", "Mentors", "Mentees"),
        ("Machine learning (ML)", "Markup language (ML)", "ML"),
        ("हिन्दी", "हनुद", "バス", "パス"),
        ("Open science", "Open data", "Open source", "Open access"),
    ],
)
def test_names_that_only_look_similar_are_not_grouped(names):
    assert groups(*names) == []


def test_most_used_name_comes_first_and_pairs_marked_as_different_are_left_out():
    topics = [(1, "open-science", 2), (2, "Open science", 9), (3, "Opensciences", 1)]
    [group] = find_similar_topics(topics)
    assert group.ids == [2, 1, 3]
    pairs = {frozenset(pair) for pair in [(1, 2), (2, 3), (1, 3)]}
    assert find_similar_topics(topics, apart=pairs) == []
    assert find_similar_topics(topics, apart={frozenset((1, 2))})
