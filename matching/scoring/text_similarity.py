"""Compare what both sides wrote by its words and pieces of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from matching.scoring.measures import share_of_best
from matching.scoring.profiles import Bools, Floats, MatchProfile

TOKEN = r"\w[\w+#]*"  # a word; R, C++ and C# are words too


def own_text(person: MatchProfile) -> str:
    """Join what a person wrote. Chosen topics say more than running text, so they count twice."""
    return " ".join([*person.topics, *person.topics, person.text])


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
        history = ["\n".join(p.history) for p in people]
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
    return share_of_best((rows @ columns.T).toarray(), rows.getnnz(axis=1) > 0, columns.getnnz(axis=1) > 0)
