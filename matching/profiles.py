"""The input of the scoring about a mentor or a mentee."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

WAKING_HOURS = 14  # 8:00 to 22:00 by the clock of each side

REGIONS = {
    "AF": "Africa",
    "AN": "Antarctica",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class MatchQuestion:
    """A sign-up question that is asked of both roles and counts in the matching."""

    key: str
    kind: str  # "one", "many", "scale", "yes_no", "number" or "text"
    text: str = ""
    shown_to_match: bool = False  # whether each may read the other's answer


class SharedAnswers:
    """A person's answers to those questions of the form whose answers their match may read."""

    def __init__(self, by_question: Mapping[str, Any]) -> None:
        self._by_question = {_plain(text): answer for text, answer in by_question.items()}

    def to(self, question: str) -> Any:
        """Return the answer to the question with this text, ignoring case and spaces; None if there is none."""
        answer = self._by_question.get(_plain(question))
        return None if answer in ("", []) else answer


@dataclass(frozen=True)
class MatchProfile:
    """One side of a pair; a mentee may be a team with one project."""

    key: str
    topics: tuple[str, ...] = ()
    text: str = ""  # mentee: title, description, goals; mentor: goals, biography
    history: tuple[str, ...] = ()  # mentor: what each project was about that they mentored, had or offered before
    history_names: tuple[
        str, ...
    ] = ()  # for each of these, such as “mentored “Reef notes” in Spring”; "" without a name
    mentoring_type: str = ""  # "technical", "career" or "both"
    style: str = ""
    languages: tuple[str, ...] = ()  # ISO codes
    utc_offset: float | None = None  # hours, if it is the same for the whole cohort
    utc_offsets: tuple[float, ...] = ()  # hours, for each week of the cohort: summer time differs between countries
    region: str = ""  # continent code
    people: frozenset[str] = frozenset()  # ids of the people behind it
    employer: str = ""
    first_time: bool | None = None  # a mentee who was in no earlier cohort
    experienced: bool | None = None  # a mentor who mentored before
    rounds: int = 0  # a mentor's rounds in a row up to now
    answers: Mapping[str, Any] = field(default_factory=dict)  # key of a question → answer
    facts: Mapping[str, Any] = field(default_factory=dict)  # name of a factor → what its `read` found

    @property
    def offsets(self) -> tuple[float, ...]:
        return self.utc_offsets or (() if self.utc_offset is None else (self.utc_offset,))

    @property
    def mark(self) -> int:
        """A number that is another one after a change of their sign-up that matters here."""
        given = sorted(self.answers.items()), sorted(self.facts.items())
        chosen = self.mentoring_type, self.style, self.languages, self.region, sorted(set(self.offsets))
        told = repr((sorted(self.topics), self.text, chosen, given))
        return int.from_bytes(blake2b(told.encode(), digest_size=8).digest())


def spoken(person: MatchProfile) -> list[str]:
    """Return a person's languages without their region (pt-BR is pt), each once, in the order given."""
    return list(_without_regions(tuple(person.languages)))


@lru_cache(maxsize=4096)
def _without_regions(languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.split("[-_]", code.strip().lower())[0] for code in languages if code.strip()))


def kinds(person: MatchProfile) -> list[str]:
    """Return the kinds of mentoring that are wanted or offered."""
    kind = person.mentoring_type
    return ["technical", "career"] if kind == "both" else [kind] if kind else []


@lru_cache(maxsize=16_384)
def shared_hours(mentee: tuple[float, ...], mentor: tuple[float, ...]) -> float:
    """Return the mean hours a day when both are awake. Far apart, mornings overlap evenings at both ends of the day."""
    gap = np.abs(np.asarray(mentee, dtype=float) - np.asarray(mentor, dtype=float)) % 24
    return float(np.mean(np.maximum(0, WAKING_HOURS - gap) + np.maximum(0, WAKING_HOURS - (24 - gap))))


def region_name(person: MatchProfile) -> str:
    return REGIONS.get(person.region, person.region)


def same(a: str, b: str) -> bool:
    return a.strip().casefold() == b.strip().casefold()


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def listed(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""
