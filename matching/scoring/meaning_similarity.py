"""Compare what both sides wrote by its meaning: by rows of numbers that a sentence model made of each text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from matching.scoring.measures import share_of_best
from matching.scoring.profiles import Bools, Floats, MatchProfile

OWN = 3  # what somebody says about themselves counts so many times what their earlier projects were about
# How near topics must be to be called related. It is not enough by itself: the model finds primary and secondary
# schools nearer than many words for the same thing.
CLOSE = 0.8


def own_words(person: MatchProfile) -> str:
    """What a person wrote, with the topics first: of a long text the model reads only the beginning."""
    return "\n".join(filter(str.strip, [", ".join(sorted(person.topics)), person.text]))


def texts_of(person: MatchProfile) -> list[str]:
    """Every text whose meaning counts."""
    return [text for text in (own_words(person), *person.history, *person.topics) if text.strip()]


@dataclass(frozen=True, eq=False)
class MeaningSimilarity:
    """A row of length 1 for everybody, of zeros where nothing that they wrote could be read, and one for each text."""

    mentees: Sequence[MatchProfile]
    mentors: Sequence[MatchProfile]
    vectors: Mapping[str, Floats]
    rows: Floats
    columns: Floats

    @classmethod
    def read(
        cls, mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile], vectors: Mapping[str, Floats]
    ) -> MeaningSimilarity:
        width = len(next(iter(vectors.values()), ()))
        rows, columns = (
            np.array([_row(p, vectors, width) for p in side]).reshape(len(side), width) for side in (mentees, mentors)
        )
        return cls(mentees, mentors, vectors, rows, columns)

    @cached_property
    def unread(self) -> Bools:
        """The pairs of which neither side could be read."""
        mentees, mentors = self._read
        return ~(mentees[:, None] | mentors)

    def similarity(self) -> Floats:
        """Similarity as a share of the best in the row; NaN if one side could not be read."""
        return share_of_best(self.rows @ self.columns.T, *self._read)

    @property
    def _read(self) -> tuple[Bools, Bools]:
        """Who could be read, on each side."""
        return (self.rows != 0).any(axis=1), (self.columns != 0).any(axis=1)

    def related(self, i: int, j: int, most: int = 2) -> list[tuple[str, str]]:
        """List topics of the mentee, each with one of the mentor that is related beyond doubt, the closest first.

        These are near in meaning, and one says all that the other says: "publishing" and "open publishing".
        """
        here, there = ([topic.strip() for topic in side.topics] for side in (self.mentees[i], self.mentors[j]))
        named = {topic.casefold() for topic in here} & {topic.casefold() for topic in there}
        pairs = [
            (-float(self.vectors[a] @ self.vectors[b]), a, b)
            for a in here
            for b in there
            if _one_says_all(a, b) and named.isdisjoint((a.casefold(), b.casefold()))
            if a in self.vectors and b in self.vectors
        ]
        found: list[tuple[str, str]] = []
        for apart, a, b in sorted(pairs):
            if -apart >= CLOSE and not any(a == mine or b == theirs for mine, theirs in found):
                found.append((a, b))
        return found[:most]


def _one_says_all(a: str, b: str) -> bool:
    """Whether all words of one topic are in the other."""
    here, there = _words(a), _words(b)
    return bool(here and there) and (here <= there or there <= here)


@lru_cache(maxsize=4096)
def _words(topic: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w[\w+#]*", topic.casefold()))


def _row(person: MatchProfile, vectors: Mapping[str, Floats], width: int) -> Floats:
    own = vectors.get(own_words(person), np.zeros(width))
    return _unit(OWN * own + _unit(sum((vectors[text] for text in person.history if text in vectors), np.zeros(width))))


def _unit(row: Floats) -> Floats:
    length = float(np.linalg.norm(row))
    return row / length if length else row
