"""Compare what both sides wrote: whole words, pieces of words, and fields of work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from matching.scoring import fields_of_work
from matching.scoring.profiles import Bools, Floats, MatchProfile

TOKEN = r"\w[\w+#]*"  # a word; R, C++ and C# are words too
CROWD = 0.5  # how much of the similarity that a mentor has with everybody is taken off


def own_text(person: MatchProfile) -> str:
    """Join what a person wrote. Chosen topics say more than running text, so they count twice."""
    return " ".join([*person.topics, *person.topics, person.text])


@dataclass(frozen=True, eq=False)
class FieldSimilarity:
    """The fields of work of each side: of their own words alone, and of these with earlier projects."""

    own: tuple[Floats, Floats]
    whole: tuple[Floats, Floats]

    @classmethod
    def read(cls, mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile]) -> FieldSimilarity:
        people = [*mentees, *mentors]
        counted = fields_of_work.counts([own_text(p) for p in people])
        # What somebody says about themselves counts three times what their earlier projects were about.
        whole = fields_of_work.counts([f"{own_text(p)} {own_text(p)} {own_text(p)} {p.history}" for p in people])
        n = len(mentees)
        own_sides = fields_of_work.weigh(counted[:n], counted[n:])
        whole_sides = fields_of_work.weigh(whole[:n], whole[n:])
        return cls((own_sides[0], own_sides[1]), (whole_sides[0], whole_sides[1]))

    def similarity(self) -> Floats:
        parts = [_relative_dense(*self.own), _relative_dense(*self.whole)]
        told = np.array([~np.isnan(part) for part in parts])
        count = told.sum(axis=0)
        return np.where(count, np.nansum(parts, axis=0) / np.maximum(count, 1), np.nan)

    def shared(self, i: int, j: int, most: int = 3) -> list[str]:
        """List the fields that both are about, the most specific first."""
        product = self.whole[0][i] * self.whole[1][j]
        return [fields_of_work.NAMES[k] for k in np.argsort(-product, kind="stable")[:most] if product[k] > 0.02]


@dataclass(frozen=True, eq=False)
class WordSimilarity:
    """The texts of both sides: whole words for the meaning, pieces of words for the spelling."""

    mentees: Sequence[MatchProfile]
    mentors: Sequence[MatchProfile]
    vocabulary: NDArray[np.str_]
    word: tuple[sparse.csr_matrix, sparse.csr_matrix]
    piece: tuple[sparse.csr_matrix, sparse.csr_matrix]

    @classmethod
    def read(cls, mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile]) -> WordSimilarity:
        people = [*mentees, *mentors]
        own = [own_text(p) for p in people]
        history = [p.history for p in people]
        counter = CountVectorizer(stop_words="english", token_pattern=TOKEN)
        try:
            counts = counter.fit_transform([*own, *history])
        except ValueError:  # no words at all on either side
            empty = sparse.csr_matrix((len(people), 1))
            sides = (empty[: len(mentees)], empty[len(mentees) :])
            return cls(mentees, mentors, np.array([""]), sides, sides)
        vocabulary = counter.get_feature_names_out().astype(str)
        own_counts, history_counts = counts[: len(people)], counts[len(people) :]
        # Counting the pieces of each different word once, then by how often the word occurs, equals counting the
        # pieces of all texts, and is many times faster.
        pieces = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit_transform(vocabulary)
        word = TfidfTransformer(sublinear_tf=True).fit_transform(own_counts + history_counts)
        piece = TfidfTransformer(sublinear_tf=True).fit_transform((own_counts + history_counts) @ pieces)
        n = len(mentees)
        return cls(mentees, mentors, vocabulary, (word[:n], word[n:]), (piece[:n], piece[n:]))

    def similarity(self) -> Floats:
        """Return similarity, three quarters by words and one by pieces of words; NaN if a side is silent."""
        words, pieces = relative(*self.word), relative(*self.piece)
        both = (3 * words + pieces) / 4
        return np.where(np.isnan(words), pieces, np.where(np.isnan(pieces), words, both))

    def shared(self, i: int, j: int, most: int = 3) -> list[str]:
        """List topics in common, then words: those from a topic of either side first, then the most specific."""
        mentee, mentor = self.mentees[i], self.mentors[j]
        named = {topic.strip().casefold() for topic in mentee.topics} - {""}
        found = [topic.strip() for topic in mentor.topics if topic.strip().casefold() in named]
        spelt = {word.lower(): word for p in (mentee, mentor) for t in p.topics for word in re.findall(TOKEN, t)}
        product = self.word[0][i].multiply(self.word[1][j]).tocsr()
        words = [
            (str(self.vocabulary[column]) not in spelt, -weight, str(self.vocabulary[column]))
            for column, weight in zip(product.indices.tolist(), product.data.tolist(), strict=True)
            if str(self.vocabulary[column]) in spelt or self.telling[column]
        ]
        for _, _, word in sorted(words):
            if not any(word in re.findall(TOKEN, topic.lower()) for topic in found):
                found.append(spelt.get(word, word))
        return list(dict.fromkeys(found))[:most]

    @cached_property
    def telling(self) -> Bools:
        """Words worth showing although nobody chose them as a topic: not short, and used by few people."""
        used_by = sum(side.getnnz(axis=0) for side in self.word)
        few = max(2, sum(side.shape[0] for side in self.word) // 5)
        return (used_by <= few) & (np.char.str_len(self.vocabulary) > 3)


def relative(rows: sparse.csr_matrix, columns: sparse.csr_matrix) -> Floats:
    """Return similarity as a share of the best in the row; NaN if a side has no words."""
    told = rows.getnnz(axis=1) > 0
    values = (rows @ columns.T).toarray()
    near = values[told].mean(axis=0) if told.any() else 0  # see `apart`, which would make the rows dense
    return scaled(values - CROWD * near, told, columns.getnnz(axis=1) > 0)


def _relative_dense(rows: Floats, columns: Floats) -> Floats:
    return scaled(apart(rows) @ columns.T, (rows != 0).any(axis=1), (columns != 0).any(axis=1))


def apart(rows: Floats) -> Floats:
    """Take off the rows a part of what all of them have in common.

    A mentor whose words are near to everybody's tells little by being near: a part of the mentor's mean similarity is
    taken off, which is the same as taking a part of the mean row off every row.
    """
    told = (rows != 0).any(axis=1)
    if not told.any():
        return rows
    less: Floats = np.where(told[:, None], rows - CROWD * rows[told].mean(axis=0), 0)
    return less


def scaled(values: Floats, rows_told: Bools, columns_told: Bools) -> Floats:
    """Scale similarities to the best in the row, 0 if there is none; NaN if a side is silent.

    The best of the median row is the least that counts as good: who fits nobody has a low best, not 1.
    """
    values = np.maximum(values, 0)
    best = values.max(axis=1, keepdims=True, initial=0)
    best = np.maximum(best, np.median(best)) if best.size else best
    values = np.divide(values, best, out=np.zeros_like(values), where=best > 0)
    values[~rows_told, :] = np.nan
    values[:, ~columns_told] = np.nan
    return np.minimum(values, 1)
