"""Likeness of words and of meaning on one scale, so that one rare word in common can't outvote what people mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from matching.profiles import Bools, Floats
from matching.texts.meaning_similarity import MeaningSimilarity
from matching.texts.scale import BeyondCrowd, good_of, share_of, unless_silent
from matching.texts.word_similarity import WordSimilarity


class LikenessBlock(NamedTuple):
    """Likeness by words and by meaning, as shares of the mentee's best by either; NaN if a side wrote nothing."""

    words: Floats
    meaning: Floats


@dataclass(frozen=True, eq=False)
class TextLikeness:
    """Compares what any block of mentees wrote with what all mentors did."""

    words: WordSimilarity
    meaning: MeaningSimilarity

    def of(self, rows: slice) -> LikenessBlock:
        """The likeness of some mentees with every mentor."""
        by_words, by_meaning = self._beyond(rows)
        best = _best(by_words, by_meaning)
        by_words, by_meaning = share_of(best, by_words, self._good), share_of(best, by_meaning, self._good)
        read, wrote, told = (
            (mentees[rows], mentors) for mentees, mentors in (self.meaning.told, self.meaning.wrote, self.words.told)
        )
        by_meaning = unless_silent(_with_unread(by_meaning, by_words, *read), *wrote)
        return LikenessBlock(unless_silent(by_words, *told), by_meaning)

    def _beyond(self, rows: Any) -> tuple[Floats, Floats]:
        by_words = BeyondCrowd(self.words.cosine, self.words.crowd).of(rows)
        return by_words, BeyondCrowd(self.meaning.cosine, self.meaning.crowd).of(rows)

    @cached_property
    def _good(self) -> float:
        count, width = len(self.words.mentees), len(self.words.mentors)
        return good_of(lambda rows: _best(*self._beyond(rows)), count, width)


def _best(by_words: Floats, by_meaning: Floats) -> Floats:
    return np.maximum(by_words.max(axis=1, initial=0), by_meaning.max(axis=1, initial=0))


def _with_unread(by_meaning: Floats, by_words: Floats, rows: Bools, columns: Bools) -> Floats:
    """Fill in the pairs that the model could not read.

    Compare by words where it could read neither. Where it could read one, the two are in different languages and words
    tell nothing: such a pair counts as the mean of the mentee's others, so that the language of a sign-up neither helps
    nor harms.
    """
    if rows.all() and columns.all():
        return by_meaning
    found = np.where(rows[:, None], by_meaning, by_words)
    alike = rows[:, None] == columns
    count = alike.sum(axis=1, keepdims=True)
    mean = np.where(alike, found, 0).sum(axis=1, keepdims=True) / np.maximum(count, 1)
    return np.where(alike, found, np.where(count, mean, by_words))
