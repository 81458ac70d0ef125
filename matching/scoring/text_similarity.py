"""Compare what both sides wrote by its words and pieces of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
            return cls(mentees, mentors, sides, sides)
        vocabulary = counter.get_feature_names_out()
        own_counts, history_counts = counts[: len(people)], counts[len(people) :]
        # Counting the pieces of each different word once, then by how often the word occurs, equals counting the
        # pieces of all texts, and is many times faster.
        pieces = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit_transform(vocabulary)
        word = TfidfTransformer(sublinear_tf=True).fit_transform(own_counts + history_counts)
        piece = TfidfTransformer(sublinear_tf=True).fit_transform((own_counts + history_counts) @ pieces)
        n = len(mentees)
        return cls(mentees, mentors, (word[:n], word[n:]), (piece[:n], piece[n:]))

    def cosine(self) -> Floats:
        """Return how alike the texts are: three quarters by words, one by pieces of words."""
        words, pieces = ((rows @ columns.T).toarray() for rows, columns in (self.word, self.piece))
        return (3 * words + pieces) / 4

    @property
    def told(self) -> tuple[Bools, Bools]:
        """For everybody on each side, whether they wrote any words."""
        return self.word[0].getnnz(axis=1) > 0, self.word[1].getnnz(axis=1) > 0


def relative(rows: sparse.csr_matrix, columns: sparse.csr_matrix) -> Floats:
    """Return similarity as a share of the best in the row; NaN if a side has no words."""
    return share_of_best((rows @ columns.T).toarray(), rows.getnnz(axis=1) > 0, columns.getnnz(axis=1) > 0)
