"""Where towns are: those that a programme lists, and the cities of the time zone database. Pure.

A gazetteer of the world would be tens of megabytes, and has several towns of most names in one country, among which it
could only guess. Programmes that meet in person know their own towns.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from mentorship.core.reference_data import country_code
from mentorship.core.text import without_accents

Point = tuple[float, float]  # latitude and longitude in degrees
_COORDINATES = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")


@dataclass(frozen=True)
class Town:
    """A town or region as somebody wrote it. `key` is the same for other spellings of its name in the country."""

    name: str
    key: tuple[str, str]
    at: Point | None = None  # None if nobody told us where it is


def find_town(name: str, country: str, listed: str) -> Town | None:
    """The town of this name in a country (ISO code), by the list of a programme; None without a name or a country."""
    key = country.upper(), town_words(name)
    if not all(key):
        return None
    return Town(name, key, _listed(listed).get(key) or _cities_of_zones().get(key))


def town_words(name: str) -> str:
    """A name in lower case, without accents and punctuation: "São-Paulo " is "sao paulo"."""
    plain = without_accents(name.casefold()).replace("ß", "ss")
    return " ".join(re.findall(r"[^\W_]+", plain))


def read_towns(text: str) -> dict[tuple[str, str], Point]:
    """Parse a list of towns: country and words of the name → where it is.

    Raises ValueError with the first line that can't be read.
    """
    found: dict[tuple[str, str], Point] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        found.update(_read_line(line))
    return found


def _read_line(line: str) -> dict[tuple[str, str], Point]:
    names, *rest = (part.strip() for part in line.split(","))
    if len(rest) < 3:
        raise ValueError(f"“{line[:80]}”: write a name, its country, latitude and longitude, with commas between them.")
    *country, north, east = rest
    code = country_code(", ".join(country))
    if not code:
        raise ValueError(f"“{line[:80]}”: we don’t know the country “{', '.join(country)[:40]}”.")
    try:
        point = float(north), float(east)
    except ValueError:
        raise ValueError(f"“{line[:80]}”: write latitude and longitude as degrees, such as 53.905, -1.691.") from None
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise ValueError(f"“{line[:80]}”: the latitude is between -90 and 90, the longitude between -180 and 180.")
    keys = [(code, words) for name in names.split("/") if (words := town_words(name))]
    if not keys:
        raise ValueError(f"“{line[:80]}”: write the name of the town first.")
    return dict.fromkeys(keys, point)


@lru_cache(maxsize=32)
def _listed(text: str) -> dict[tuple[str, str], Point]:
    """`read_towns` without the lines that can't be read."""
    found: dict[tuple[str, str], Point] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found.update(_read_line(line))
        except ValueError:
            continue
    return found


@cache
def _cities_of_zones() -> dict[tuple[str, str], Point]:
    """The cities after which time zones are named, from the table that Python's time zone data brings along."""
    found: dict[tuple[str, str], Point] = {}
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    for line in lines:
        country, *rest = line.split("\t")
        where = _COORDINATES.fullmatch(rest[0]) if len(rest) > 1 else None
        if where:
            north, east = _degrees(*where.groups()[:4]), _degrees(*where.groups()[4:])
            found[country, town_words(rest[1].rpartition("/")[2])] = (north, east)
    return found


def _degrees(sign: str, degrees: str, minutes: str, seconds: str | None) -> float:
    size = int(degrees) + int(minutes) / 60 + int(seconds or 0) / 3600
    return -size if sign == "-" else size
