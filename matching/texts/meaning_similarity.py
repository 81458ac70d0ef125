"""Compare what both sides wrote by its meaning: by rows of numbers that a sentence model made of each text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from matching.profiles import Bools, Floats, MatchProfile

OWN = 3  # how many times more somebody's own words count than their earlier projects


def own_words(person: MatchProfile) -> str:
    """Join a person's topics and text, topics first: of a long text the model reads only the beginning."""
    return "\n".join(filter(str.strip, [", ".join(sorted(person.topics)), person.text]))


def texts_of(person: MatchProfile) -> list[str]:
    """Every text whose meaning counts."""
    return [text for text in (own_words(person), *person.history, *person.topics) if text.strip()]


@dataclass(frozen=True, eq=False)
class MeaningSimilarity:
    """A row of length 1 for everybody, of zeros where nothing that they wrote could be read, and one for each text."""

    mentees: Sequence[MatchProfile]
    mentors: Sequence[MatchProfile]
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
        return cls(mentees, mentors, rows, columns)

    def cosine(self, rows: Any) -> Floats:
        """Return how near texts of some mentees and of all mentors are in meaning; 0 where a side could not be read."""
        found: Floats = self.rows[rows] @ self.columns.T
        return found

    @cached_property
    def crowd(self) -> Floats:
        """The mean of each mentor, over the mentees who could be read."""
        there, _ = self.told
        return self.columns @ self.rows[there].mean(axis=0) if there.any() else np.zeros(len(self.columns))

    @cached_property
    def told(self) -> tuple[Bools, Bools]:
        """For everybody on each side, whether the model could read them."""
        return (self.rows != 0).any(axis=1), (self.columns != 0).any(axis=1)

    @cached_property
    def wrote(self) -> tuple[Bools, Bools]:
        """For everybody on each side, whether they wrote anything, readable or not."""
        mentees, mentors = (
            np.array([bool(own_words(p) or "".join(p.history).strip()) for p in side], dtype=bool)
            for side in (self.mentees, self.mentors)
        )
        return mentees, mentors


def _row(person: MatchProfile, vectors: Mapping[str, Floats], width: int) -> Floats:
    own = vectors.get(own_words(person), np.zeros(width))
    return _unit(OWN * own + _unit(sum((vectors[text] for text in person.history if text in vectors), np.zeros(width))))


def _unit(row: Floats) -> Floats:
    length = float(np.linalg.norm(row))
    return row / length if length else row
