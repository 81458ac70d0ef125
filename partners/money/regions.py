"""Regions of money: the countries and communities for whose people a sum may be spent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mentorship.core.reference_data import CONTINENT_NAMES, COUNTRIES_OF, country_code, country_name


@dataclass(frozen=True)
class Region:
    """Countries (ISO codes) and communities (names of groups). Of both: people have to be in one of each."""

    countries: frozenset[str] = frozenset()
    communities: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.countries or self.communities)

    def __str__(self) -> str:
        parts = [country_words(self.countries), ", ".join(sorted(self.communities, key=str.casefold))]
        return "; ".join(part for part in parts if part)

    def holds(self, country: str, community: str) -> bool:
        """Whether money of this region may be spent for somebody from there."""
        named = {name.casefold() for name in self.communities}
        return (not self.countries or country in self.countries) and (not named or community.casefold() in named)


def region(countries: str, communities: str) -> Region:
    """A region as its columns hold it: codes with blanks between them, and names in lines."""
    return Region(frozenset(countries.split()), frozenset(filter(None, communities.splitlines())))


def country_codes(text: str) -> tuple[set[str], list[str]]:
    """The codes of countries and continents in a text with commas, and the names that are neither."""
    codes, unknown = set[str](), list[str]()
    continents = {name.casefold(): code for code, name in CONTINENT_NAMES.items()}
    for name in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        if name.casefold() in continents:
            codes |= set(COUNTRIES_OF[continents[name.casefold()]].split())
        elif code := country_code(name):
            codes.add(code)
        else:
            unknown.append(name)
    return codes, unknown


def is_codes(text: str) -> bool:
    """Whether a text has the stored form of countries: two-letter codes with a blank between."""
    return bool(re.fullmatch(r"[A-Z]{2}( [A-Z]{2})*", text))


def country_words(codes: Iterable[str]) -> str:
    """The names of countries by name, whole continents first: `Africa, India, Nepal`."""
    left, words = set(codes), []
    for code, name in CONTINENT_NAMES.items():
        if (all_of := set(COUNTRIES_OF[code].split())) <= left:
            words.append(name)
            left -= all_of
    return ", ".join([*words, *sorted(map(country_name, left))])
