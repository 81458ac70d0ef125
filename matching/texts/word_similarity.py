"""Compare what both sides wrote by its words and pieces of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from matching.profiles import Bools, Floats, MatchProfile
from matching.texts.products import SparseProduct
from matching.texts.scale import BeyondCrowd, ShareOfBest
from matching.texts.word_counts import count_pieces, count_words, tfidf


def own_text(person: MatchProfile) -> str:
    """Join what a person wrote. Chosen topics say more than running text, so they count twice."""
    return " ".join([*person.topics, *person.topics, person.text])


@dataclass(frozen=True, eq=False)
class WordSimilarity:
    """The texts of both sides: whole words for the meaning, pieces of words for the spelling."""

    mentees: Sequence[MatchProfile]
    mentors: Sequence[MatchProfile]
    word: tuple[sparse.csr_matrix, sparse.csr_matrix]
    product: SparseProduct  # of words and pieces: three quarters and one
    crowd: Floats  # its mean for each mentor, over the mentees who wrote any words

    @classmethod
    def read(cls, mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile]) -> WordSimilarity:
        people = [*mentees, *mentors]
        own = [own_text(p) for p in people]
        history = ["\n".join(p.history) for p in people]
        counts, vocabulary = count_words([*own, *history])
        both = counts[: len(people)] + counts[len(people) :]
        # Counting the pieces of each different word once, then by how often the word occurs, equals counting the
        # pieces of all texts, and is many times faster.
        word, n = tfidf(both), len(mentees)
        pieces = tfidf(both @ count_pieces(vocabulary).matrix)
        pieces.data /= 2
        text = sparse.hstack([word * (np.sqrt(3) / 2), pieces], format="csr")
        del pieces
        return cls.of(mentees, mentors, (word[:n], word[n:]), (text[:n], text[n:]))

    @classmethod
    def of(
        cls,
        mentees: Sequence[MatchProfile],
        mentors: Sequence[MatchProfile],
        word: tuple[sparse.csr_matrix, sparse.csr_matrix],
        text: tuple[sparse.csr_matrix, sparse.csr_matrix],
    ) -> WordSimilarity:
        """Compare by `text`; whether somebody wrote anything is seen by `word`."""
        crowd = mean_product(*text, word[0].getnnz(axis=1) > 0)
        return cls(mentees, mentors, word, SparseProduct.of(*text), crowd)

    def cosine(self, rows: Any) -> Floats:
        """Return how alike the texts of some mentees and of all mentors are: words three quarters, pieces one."""
        return self.product.block(rows)

    @cached_property
    def told(self) -> tuple[Bools, Bools]:
        """For everybody on each side, whether they wrote any words."""
        return self.word[0].getnnz(axis=1) > 0, self.word[1].getnnz(axis=1) > 0


def mean_product(rows: sparse.csr_matrix, columns: sparse.csr_matrix, among: Bools) -> Floats:
    """The mean product of each column with some of the rows."""
    if not among.any():
        return np.zeros(columns.shape[0])
    mean = np.asarray(rows[among].mean(axis=0)).ravel()
    return np.asarray(columns @ mean).ravel()


def relative_rows(rows: sparse.csr_matrix, columns: sparse.csr_matrix) -> ShareOfBest:
    """Similarity as a share of the best in the row, for any block of rows; NaN if a side has no words."""
    told = rows.getnnz(axis=1) > 0
    beyond = BeyondCrowd(SparseProduct.of(rows, columns).block, mean_product(rows, columns, told))
    return ShareOfBest(beyond, told, columns.getnnz(axis=1) > 0)


def relative(rows: sparse.csr_matrix, columns: sparse.csr_matrix) -> Floats:
    """Return similarity as a share of the best in the row; NaN if a side has no words."""
    return relative_rows(rows, columns).of(slice(0, rows.shape[0]))
