"""Countries, continents and languages: the choices, and how typed names are recognised."""

import re
from functools import cache
from pathlib import Path

from babel import Locale

from mentorship.core.text import without_accents

OWN_NAMES = Path(__file__).with_name("own_language_names.txt")

# Names of countries in sheets beside the English ones.
COUNTRY_ALIASES = {
    "usa": "US", "us": "US", "united states of america": "US", "uk": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "great britain": "GB", "the netherlands": "NL", "holland": "NL", "south korea": "KR",
    "korea": "KR", "republic of korea": "KR", "turkey": "TR", "türkiye": "TR", "czech republic": "CZ",
    "russian federation": "RU", "viet nam": "VN", "ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ",
    "burma": "MM", "myanmar": "MM", "hong kong": "HK", "macau": "MO", "palestine": "PS", "taiwan": "TW",
    "democratic republic of the congo": "CD", "dr congo": "CD", "congo": "CG", "republic of ireland": "IE",
    "uae": "AE", "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ", "moldova": "MD", "syria": "SY", "iran": "IR",
}  # fmt: skip

# ISO codes of countries, by the code of their continent.
COUNTRIES_OF = {
    "AF": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA "
    "NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW",
    "AS": "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM "
    "PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    "EU": "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK "
    "MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK",
    "NA": "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC "
    "TT US VC VG VI",
    "OC": "AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
    "SA": "AR BO BR CL CO EC FK GF GY PE PY SR UY VE",
}
CONTINENT_NAMES = {
    "AF": "Africa",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}
CONTINENT = {code: continent for continent, codes in COUNTRIES_OF.items() for code in codes.split()}
# For people with a time zone only. America is two continents, and oceans touch several: those stay unknown.
AREAS = {"Africa": "AF", "Asia": "AS", "Europe": "EU", "Australia": "OC", "Pacific": "OC"}

# Sheets name countries and languages in these languages, beside English.
SHEET_LANGUAGES = ("de", "es", "fr", "it", "nl", "pt")


@cache
def countries(locale: str = "en") -> list[tuple[str, str]]:
    """ISO 3166 code and name of every country, by name; English unless another locale is given."""
    named = Locale.parse(locale).territories.items()
    found = [(code, name) for code, name in named if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]
    # English names sort by their letters; elsewhere an accent does not move a name to the end.
    english = locale == "en"
    return sorted(found, key=lambda pair: pair[1] if english else without_accents(pair[1]).casefold())


# Codes with a name in Babel that are not countries: groups, reserved and test codes.
_NO_COUNTRY = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}


@cache
def languages(locale: str = "en") -> list[tuple[str, str]]:
    """ISO 639 code and name of every language that has one, by name; English unless another locale is given."""
    named = Locale.parse(locale).languages.items()
    return sorted(((c, n) for c, n in named if "_" not in c and c.isalpha()), key=lambda pair: pair[1])


@cache
def _country_names(locale: str) -> dict[str, str]:
    return dict(countries(locale))


@cache
def _language_names(locale: str) -> dict[str, str]:
    return dict(languages(locale))


@cache
def _country_codes() -> dict[str, str]:
    codes = {name.casefold(): code for code, name in countries()}
    codes.update({code.casefold(): code for code, _name in countries()})
    return codes | COUNTRY_ALIASES


@cache
def _language_codes() -> dict[str, str]:
    return {name.casefold(): code for code, name in languages()} | {code: code for code, _name in languages()}


@cache
def _codes_by_own_name() -> dict[str, str]:
    """The codes of languages by their own names. Babel knows them, but reads 130 MB for it; a test compares the two."""
    lines = OWN_NAMES.read_text(encoding="utf-8").splitlines()
    return {name: code for code, _, name in (line.partition(" ") for line in lines)}


def country_code(text: str) -> str:
    """The ISO code of a country given by name or code; "" if it is unknown."""
    name = " ".join(text.split()).casefold()
    return _country_codes().get(name) or _names_elsewhere("territories").get(name, "")


@cache
def _names_elsewhere(kind: str) -> dict[str, str]:
    """Names of countries or languages in the languages of sheets → code. Ambiguous names are left out."""
    found: dict[str, str] = {}
    known = dict(countries() if kind == "territories" else languages())
    for language in SHEET_LANGUAGES:
        for code, name in getattr(Locale(language), kind).items():
            if code in known and found.setdefault(name.casefold(), code) != code:
                found[name.casefold()] = ""
    return found


# Names that have an article in a sentence.
_WITH_ARTICLE = re.compile(
    r"United |Isle of |(.* )?(Islands|Territory|Territories|Republic)$"
    r"|(Bahamas|Comoros|Gambia|Maldives|Netherlands|Philippines|Seychelles)$"
)


def country_in_sentence(code: str) -> str:
    """The name of a country as it follows "in": `the Netherlands`."""
    name = country_name(code)
    return f"the {name}" if _WITH_ARTICLE.match(name) else name


def country_name(code: str, locale: str = "en") -> str:
    """The name of a country, English unless another locale is given; the code itself if there is none."""
    return _country_names(locale).get(code, code)


def language_code(text: str) -> str:
    """The ISO code of a language given by its English or own name, or by code; "" if it is unknown."""
    name = " ".join(text.split()).casefold()
    if not name:
        return ""
    return _language_codes().get(name) or _codes_by_own_name().get(name) or _names_elsewhere("languages").get(name, "")


def language_name(code: str, locale: str = "en") -> str:
    """The name of a language, English unless another locale is given; the code itself if there is none."""
    return _language_names(locale).get(code, code)


def continent_of(country: str, time_zone: str) -> str:
    """Return the continent's code from the country, else from the time zone; "" if neither says."""
    return CONTINENT.get(country.upper()) or AREAS.get(time_zone.split("/", maxsplit=1)[0], "")
