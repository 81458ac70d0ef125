"""The base class of a factor of the score, and its input. The factors themselves are in factors.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from matching.profiles import Floats, MatchProfile, MatchQuestion, SharedAnswers
from matching.scoring import measures
from matching.scoring.measures import hours
from matching.texts.meaning_similarity import MeaningSimilarity
from matching.texts.scale import ShareOfBest

if TYPE_CHECKING:
    from matching.texts.likeness import LikenessBlock, TextLikeness
    from matching.texts.word_similarity import WordSimilarity


Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class ScoringInput:
    """The data that the factors of a market can read."""

    mentees: Sequence[MatchProfile]
    mentors: Sequence[MatchProfile]
    questions: Sequence[MatchQuestion] = ()
    preferences: Mapping[tuple[int, int], float] = field(default_factory=dict)  # by row and column, 0 to 1
    wish_words: Mapping[tuple[int, int], str] = field(default_factory=dict)  # who wished for what, for coordinators
    vectors: Mapping[str, Floats] = field(default_factory=dict)  # text → its meaning, if the sentence model can read it
    whole: ScoringInput | None = None  # of which these mentees are some
    first: int = 0  # the row of the first of them there
    former: frozenset[tuple[int, int]] = frozenset()  # pairs of earlier rounds, by row and column
    subject: str = ""  # the name of the programme and its round
    say: Callable[..., str] = str.format  # puts a sentence of ours into the words of a programme

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.mentees), len(self.mentors)

    def facts(self, name: str) -> tuple[list[Any], list[Any]]:
        """The results of `Factor.read` for each mentee and each mentor; None without a result."""
        return [p.facts.get(name) for p in self.mentees], [p.facts.get(name) for p in self.mentors]

    def part(self, rows: slice) -> ScoringInput:
        """The input for some of the mentees. What depends on all of them is read from `whole`."""
        inside = {(i - rows.start, j): x for (i, j), x in self.preferences.items() if rows.start <= i < rows.stop}
        mentees = self.mentees[rows]
        return ScoringInput(mentees, self.mentors, self.questions, inside, {}, self.vectors, self, rows.start)

    @property
    def everybody(self) -> Sequence[MatchProfile]:
        """All mentees and mentors of the market."""
        return (*(self.whole or self).mentees, *self.mentors)

    @cached_property
    def waking(self) -> Floats:
        """The share of waking hours in common; NaN if a time zone is unknown."""
        return hours(self.mentees, self.mentors)

    @cached_property
    def words(self) -> WordSimilarity:
        from matching.texts.word_similarity import WordSimilarity  # noqa: PLC0415 slow library: SciPy, which only the worker needs

        return WordSimilarity.read(self.mentees, self.mentors)

    @cached_property
    def meaning(self) -> MeaningSimilarity:
        return MeaningSimilarity.read(self.mentees, self.mentors, self.vectors)

    @cached_property
    def texts(self) -> LikenessBlock:
        """How alike all that both wrote is."""
        return (self.whole or self).likeness.of(self._rows)

    @cached_property
    def likeness(self) -> TextLikeness:
        from matching.texts.likeness import TextLikeness  # noqa: PLC0415 slow library: SciPy, which only the worker needs

        return TextLikeness(self.words, self.meaning)

    def answers_to(self, question: MatchQuestion) -> Floats:
        """How similar the answers to one question are."""
        if question.kind != "text":
            return measures.answers(self.mentees, self.mentors, question, everybody=self.everybody)
        found, whole = (self.whole or self)._text_answers, self.whole or self
        if question.key not in found:
            found[question.key] = measures.text_answers(whole.mentees, whole.mentors, question)
        return found[question.key].of(self._rows)

    @cached_property
    def _text_answers(self) -> dict[str, ShareOfBest]:
        return {}

    @property
    def _rows(self) -> slice:
        return slice(self.first, self.first + len(self.mentees))


@dataclass(frozen=True)
class FactorPair:
    """One pair as a factor describes it. `value` is the factor's value for the pair, 0 to 1, and known.

    Factors share what they find about the same pair.
    """

    data: ScoringInput
    row: int
    column: int
    value: float
    _found: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, find: Callable[[], Found]) -> Found:
        """Return the result of `find`, which is called once for each pair, whichever factor asks first."""
        if name not in self._found:
            self._found[name] = find()
        found: Found = self._found[name]
        return found

    def say(self, text: str, **theirs: str) -> str:
        """A text of ours in the programme's words for roles; `{…}` in it takes other people's words."""
        return self.data.say(text, **theirs)

    @property
    def mentee(self) -> MatchProfile:
        return self.data.mentees[self.row]

    @property
    def mentor(self) -> MatchProfile:
        return self.data.mentors[self.column]


class Factor(ABC):
    """One thing that makes a mentor suit a mentee more or less.

    Policies and runs store a factor by its `name`, so a name never changes its meaning. A cohort whose policy was saved
    before a factor existed gives it no weight until a coordinator does.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]  # what makes the value high, as a sentence for coordinators
    default_weight: ClassVar[float]  # 0 to 10
    visible: ClassVar[bool] = True  # whether coordinators see it and can weigh it
    good_from: ClassVar[float] = 0.5  # from this value on it speaks for a pair
    alone: ClassVar[bool] = True  # whether that is a reason without another one

    def read(self, enrollment: Any, answers: SharedAnswers) -> Any:
        """Read the facts of a sign-up that a `MatchProfile` does not hold; see `ScoringInput.facts`.

        Called for everybody, so it asks the database for nothing: `answers` are read for all of them at once.
        """
        return None

    @abstractmethod
    def values(self, data: ScoringInput) -> Floats:
        """Mentees by mentors, each from 0 to 1; NaN if it is not known, which adds nothing.

        Asked for a block of the mentees at a time: what depends on all of them is in `data.whole` and `data.everybody`.
        """

    @abstractmethod
    def phrase(self, pair: FactorPair) -> str:
        """A few words about the pair, such as `both speak English`."""

    @abstractmethod
    def reason(self, pair: FactorPair) -> str:
        """The reason for the pair, to follow "They", such as `both speak English`.

        The intro mail says it to both sides after "You": it is true, and tells only what each may read of the other.
        """

    def objection(self, pair: FactorPair) -> str:
        """The objection to the pair, a clause to follow "but"; "" if a low value is no objection."""
        return ""

    def note(self, pair: FactorPair) -> str:
        """A sentence for coordinators beside the reason; "" for none. Nobody is mailed it."""
        return ""

    def supports(self, pair: FactorPair) -> bool:
        """Whether the factor speaks for the pair."""
        return pair.value >= self.good_from
