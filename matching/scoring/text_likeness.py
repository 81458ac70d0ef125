"""Likeness of words and of meaning on one scale, so that one rare word in common can't outvote what people mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.scoring.meaning_similarity import MeaningSimilarity
from matching.scoring.measures import beyond_crowd, share_of, unless_silent
from matching.scoring.profiles import Bools, Floats
from matching.scoring.text_similarity import WordSimilarity


@dataclass(frozen=True, eq=False)
class TextLikeness:
    """Both as shares of the best that a mentee reaches by either; NaN if a side wrote nothing."""

    words: Floats
    meaning: Floats

    @classmethod
    def compare(cls, words: WordSimilarity, meaning: MeaningSimilarity) -> TextLikeness:
        by_words = beyond_crowd(words.cosine(), words.told[0])
        by_meaning = beyond_crowd(meaning.cosine(), meaning.told[0])
        best = np.maximum(by_words.max(axis=1, initial=0), by_meaning.max(axis=1, initial=0))
        by_words, by_meaning = share_of(best, by_words), share_of(best, by_meaning)
        by_meaning = unless_silent(_with_unread(by_meaning, by_words, *meaning.told), *meaning.wrote)
        return cls(unless_silent(by_words, *words.told), by_meaning)


def _with_unread(by_meaning: Floats, by_words: Floats, rows: Bools, columns: Bools) -> Floats:
    """Fill in the pairs that the model could not read.

    By words where it could read neither. Where it could read one, words tell nothing, as they are in two languages:
    such a pair counts as the mean of the mentee's others, so that the language of a sign-up neither helps nor harms.
    """
    found = np.where(rows[:, None], by_meaning, by_words)
    alike = rows[:, None] == columns
    count = alike.sum(axis=1, keepdims=True)
    mean = np.where(alike, found, 0).sum(axis=1, keepdims=True) / np.maximum(count, 1)
    return np.where(alike, found, np.where(count, mean, by_words))
