"""Countries, languages and time zones: what people may choose, and how what they typed is understood."""

from functools import cache
from math import isfinite

from babel import Locale, UnknownLocaleError

from mentorship.accounts.models import known_time_zones

# What sheets call a country beside its English name.
COUNTRY_ALIASES = {
    "usa": "US", "us": "US", "united states of america": "US", "uk": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "great britain": "GB", "the netherlands": "NL", "holland": "NL", "south korea": "KR",
    "korea": "KR", "republic of korea": "KR", "turkey": "TR", "türkiye": "TR", "czech republic": "CZ",
    "russian federation": "RU", "viet nam": "VN", "ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ",
    "burma": "MM", "myanmar": "MM", "hong kong": "HK", "macau": "MO", "palestine": "PS", "taiwan": "TW",
    "democratic republic of the congo": "CD", "dr congo": "CD", "congo": "CG", "republic of ireland": "IE",
    "uae": "AE", "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ", "moldova": "MD", "syria": "SY", "iran": "IR",
}  # fmt: skip

# A place for each odd offset from UTC, in minutes; whole hours have zones of their own.
ODD_OFFSETS = {
    -570: "Pacific/Marquesas", -210: "America/St_Johns", 210: "Asia/Tehran", 270: "Asia/Kabul",
    330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon", 525: "Australia/Eucla",
    570: "Australia/Darwin", 630: "Australia/Lord_Howe", 765: "Pacific/Chatham",
}  # fmt: skip


@cache
def countries() -> list[tuple[str, str]]:
    """ISO 3166 code and English name of every country, by name."""
    named = Locale("en").territories.items()
    found = [(code, name) for code, name in named if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY]
    return sorted(found, key=lambda pair: pair[1])


# Codes that Babel names and that are no country: groups, reserved and test codes.
_NO_COUNTRY = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}


@cache
def languages() -> list[tuple[str, str]]:
    """ISO 639 code and English name of every language that has one, by name."""
    named = Locale("en").languages.items()
    return sorted(((c, n) for c, n in named if "_" not in c and c.isalpha()), key=lambda pair: pair[1])


@cache
def time_zones() -> list[tuple[str, str]]:
    """Every place of the time zone database, UTC first."""
    places = sorted(n for n in known_time_zones() if "/" in n and not n.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in places)]


@cache
def _country_codes() -> dict[str, str]:
    codes = {name.casefold(): code for code, name in countries()}
    codes.update({code.casefold(): code for code, _name in countries()})
    return codes | COUNTRY_ALIASES


@cache
def _language_codes() -> dict[str, str]:
    codes = {name.casefold(): code for code, name in languages()}
    for code, _name in languages():
        codes.setdefault(code, code)
        codes.setdefault(_own_name(code).casefold(), code)
    return codes


def _own_name(code: str) -> str:
    try:
        return Locale(code).get_language_name(code) or ""
    except UnknownLocaleError:  # Babel has data for a part of the languages that it can name
        return code


def country_code(text: str) -> str:
    """The ISO code of a country given by name or code; "" where it is none that we know."""
    return _country_codes().get(" ".join(text.split()).casefold(), "")


def country_name(code: str) -> str:
    """The English name; the code itself where it has none."""
    return dict(countries()).get(code, code)


def language_code(text: str) -> str:
    """The ISO code of a language given by its English or own name, or by code; "" where it is none that we know."""
    return _language_codes().get(" ".join(text.split()).casefold(), "")


def language_name(code: str) -> str:
    """The English name; the code itself where it has none."""
    return dict(languages()).get(code, code)


def zone_from_offset(text: str) -> str:
    """An IANA zone for a fixed offset in hours such as "+5", "-3.5" or "+5:45". Raises ValueError for anything else."""
    clean = text.strip().upper().removeprefix("UTC").removeprefix("GMT").replace("−", "-") or "0"
    sign = -1 if clean.startswith("-") else 1
    hours, _, rest = clean.lstrip("+-").partition(":")
    if not isfinite(float(hours)):
        raise ValueError(f"{text} is no offset from UTC.")
    minutes = round(float(hours) * 60) + (int(rest) if rest else 0)
    total = sign * minutes
    if total % 60 == 0 and -14 * 60 <= -total <= 12 * 60:
        # In the Etc zones the sign is turned round: Etc/GMT-3 is three hours ahead of UTC.
        return "UTC" if total == 0 else f"Etc/GMT{-total // 60:+d}"
    if total in ODD_OFFSETS:
        return ODD_OFFSETS[total]
    raise ValueError(f"{text} is no offset from UTC that any place has.")


def zone_from_text(text: str) -> str:
    """An IANA zone given by name or as an offset. Raises ValueError where it is neither."""
    name = text.strip().replace(" ", "_")
    if name in known_time_zones():
        return name
    return zone_from_offset(text)
