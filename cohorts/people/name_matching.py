"""Find people with the same name, and evidence for and against their being one person."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.reference_data import country_in_sentence, country_name
from mentorship.core.text import without_accents
from mentorship.core.timezones import zone_name
from mentorship.core.ui.markup import counted

PARTICLES = {
    "al",
    "bin",
    "da",
    "das",
    "de",
    "del",
    "della",
    "den",
    "der",
    "di",
    "do",
    "dos",
    "dr",
    "du",
    "e",
    "el",
    "ibn",
    "la",
    "las",
    "le",
    "los",
    "of",
    "prof",
    "ter",
    "the",
    "van",
    "von",
    "y",
    "zu",
}
# Letters without an accent to remove, and umlauts written as two letters.
LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "æ": "a",
    "œ": "o",
    "ae": "a",
    "oe": "o",
    "ue": "u",
}
# Local parts of addresses with at least this ratio are similar.
SIMILAR = 0.8


@dataclass(frozen=True)
class PersonProfile:
    """A person with their sign-ups and the applications of teams that they joined."""

    user: User
    enrollments: list[Enrollment] = field(default_factory=list)
    joined: list[Enrollment] = field(default_factory=list)

    @property
    def topics(self) -> set[str]:
        return {topic.name for enrollment in self.enrollments for topic in enrollment.topics.all()}

    @property
    def countries(self) -> set[str]:
        return {self.user.country, *(enrollment.country for enrollment in self.enrollments)} - {""}

    @property
    def zones(self) -> set[str]:
        return {self.user.time_zone, *(enrollment.time_zone for enrollment in self.enrollments)} - {""}

    @property
    def zone_names(self) -> list[str]:
        return sorted(map(zone_name, self.zones))

    @property
    def country_names(self) -> list[str]:
        return sorted(country_name(code) for code in self.countries)

    @property
    def topic_names(self) -> list[str]:
        return sorted(self.topics)

    @property
    def places(self) -> list[str]:
        """The places of a person: role and cohort, or project of a team and cohort."""
        own = [f"{e.cohort.programme.label_of(e.role)}, {e.cohort}" for e in self.enrollments]
        return own + [f"in the team of {e.title or e.user}, {e.cohort}" for e in self.joined]


@dataclass(frozen=True)
class _Name:
    """The words of a name without particles, and its initials."""

    words: frozenset[str]
    initials: frozenset[str]

    def may_be(self, other: "_Name") -> bool:
        """Whether two names may be the same; False if both have initials and share none."""
        return not (self.initials and other.initials) or bool(self.initials & other.initials)


def same_name_pairs(people: Iterable[tuple[int, str]]) -> Iterator[tuple[tuple[int, int], bool]]:
    """Pairs of (id, full name) with the same name, and whether that is strong evidence.

    It is strong if all words of both match; weak if one word is missing or an initial, or there is only one word.
    """
    names = {pk: _read(name) for pk, name in people}
    holders: dict[str, list[int]] = defaultdict(list)
    for pk, name in names.items():
        for word in name.words:
            holders[word].append(pk)
    seen = set()
    for pk, name in names.items():
        # All words of the shorter name occur in the longer one, so its rarest word finds every match.
        rarest = min(sorted(name.words), key=lambda word: len(holders[word]), default="")
        for other in holders.get(rarest, []):
            pair = (min(pk, other), max(pk, other))
            if pk != other and pair not in seen:
                seen.add(pair)
                if (sure := _same(name, names[other])) is not None:
                    yield pair, sure


def evidence(a: PersonProfile, b: PersonProfile) -> tuple[list[str], list[str]]:
    """Evidence for and against their being one person, in words."""
    for_it, against = [], []
    if shared := a.countries & b.countries:
        for_it.append(f"Both in {country_in_sentence(min(shared))}")
    elif a.countries and b.countries:
        here, there = (country_in_sentence(min(one.countries)) for one in (a, b))
        against.append(f"One in {here}, the other in {there}")
    if zones := a.zones & b.zones:
        for_it.append(f"Same time zone, {zone_name(min(zones))}")
    elif a.zones and b.zones and not shared:
        against.append("Different time zones")
    if topics := sorted(a.topics & b.topics):
        for_it.append(f"Share {counted(topics, 'topic')}: {', '.join(topics[:3])}")
    if titles := {e.title for e in a.enrollments if e.title} & {e.title for e in [*b.enrollments, *b.joined]}:
        for_it.append(f"Same project, {min(titles)}")
    if _similar_addresses(a.user.email, b.user.email):
        for_it.append("Similar addresses")
    if a.user.pronouns and b.user.pronouns and a.user.pronouns.casefold() != b.user.pronouns.casefold():
        against.append(f"Different pronouns, {a.user.pronouns} and {b.user.pronouns}")
    return for_it, against


def merge_obstacle(a: PersonProfile, b: PersonProfile) -> str:
    """Why two people can't be merged: something that a person may have only once. "" if they can be."""
    for one in a.enrollments:
        for two in b.enrollments:
            label = one.cohort.programme.label_of(one.role)
            if (one.cohort_id, one.role) != (two.cohort_id, two.role):
                continue
            if one.role != Enrollment.Role.MENTEE:
                return f"Both are {label} in {one.cohort}"
            if one.title == two.title:
                return f"Both are {label} in {one.cohort} with the same project"
    teams_of_a = {e.pk: e for e in [*a.enrollments, *a.joined]}
    for team in [*b.enrollments, *b.joined]:
        if team.pk in teams_of_a:
            return f"Both are in the team of {team.title or 'one project'}"
    return ""


def _read(full_name: str) -> _Name:
    text = without_accents(full_name.casefold())
    for letter, plain in LETTERS.items():
        text = text.replace(letter, plain)
    text = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text.replace("'", "").replace("’", ""))
    words = text.split()
    long = {word for word in words if len(word) > 1 or word > "\u2e7f"}
    initials = {word for at, word in enumerate(words) if word not in long and not (at and word in PARTICLES)}
    # A short family name may look like a particle.
    kept = long - PARTICLES if len(long - PARTICLES) > 1 else long
    return _Name(frozenset(kept), frozenset(initials))


def _same(a: _Name, b: _Name) -> bool | None:
    """True for the same name, False for one that may be the same, None for a different one."""
    if not a.may_be(b):
        return None
    short, long = sorted((a.words, b.words), key=len)
    if short == long:
        # A name in Chinese characters is one word.
        return len(short) > 1 or min(short) > "\u2e7f"
    if len(short) > 1:
        return False if short < long else None
    initials = (a if short == a.words else b).initials
    return False if short < long and any(word[0] in initials for word in long - short) else None


def _similar_addresses(a: str, b: str) -> bool:
    one, two = (["".join(c for c in part if c.isalpha()) for part in _parts(address)] for address in (a, b))
    if sorted(filter(None, one)) == sorted(filter(None, two)):
        return any(one)
    x, y = "".join(one), "".join(two)
    return min(len(x), len(y)) > 4 and SequenceMatcher(None, x, y).ratio() >= SIMILAR


def _parts(address: str) -> list[str]:
    local = address.lower().partition("@")[0].partition("+")[0]
    return "".join(c if c.isalnum() else " " for c in local).split()
