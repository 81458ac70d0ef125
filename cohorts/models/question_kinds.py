"""The base class of question kinds, and their registry. The kinds themselves are in cohorts.questions.kinds."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms

if TYPE_CHECKING:  # the models import this module
    from cohorts.models.questions import Question

QUESTION_KINDS: dict[str, "QuestionKind"] = {}
K = TypeVar("K", bound="type[QuestionKind]")


class QuestionKind(ABC):
    """One kind of question: its field, and how an answer is stored, shown, counted and read from a sheet.

    Everything in the product that depends on the kind of a question asks this class. An answer is stored as JSON in a
    sign-up, and as its `answer_values` in a survey.
    """

    name: ClassVar[str]  # stored with the question
    label: ClassVar[str]  # in the list from which coordinators choose
    # The input of a person, the stored value, and the text for readers. Tests ask, store and show it in every place.
    example: ClassVar[tuple[Any, Any, str]]

    is_asked: ClassVar[bool] = True  # False: a heading, which takes no answer
    lists_choices: ClassVar[bool] = False  # the coordinator writes the choices
    is_chosen: ClassVar[bool] = False  # every possible answer is known in advance
    takes_several: ClassVar[bool] = False  # one person may choose several
    in_surveys: ClassVar[bool] = True  # False: sign-up forms only
    is_file: ClassVar[bool] = False
    names_person: ClassVar[bool] = False  # the answer is somebody to be matched with
    compared_as: ClassVar[str] = ""  # how matching compares two answers, see matching.scoring; "": it doesn't

    @property
    def is_counted(self) -> bool:
        """Whether each person counts in exactly one row of the tally."""
        return self.is_chosen and not self.takes_several

    @abstractmethod
    def make_field(self, question: "Question", **common: Any) -> forms.Field:
        """The form field; `common` has label, help text and whether it is required."""

    def choices(self, question: "Question") -> list[tuple[str, str]]:
        """Value and label of every choice, in order."""
        return [(value, label) for value, label in question.options] if self.lists_choices else []

    def store(self, cleaned: Any) -> Any:
        """A cleaned answer as JSON; None, "" or [] if it is empty."""
        return cleaned

    def retype(self, stored: Any) -> Any:
        """A stored answer as the initial value of the form; surveys pass a text, or a list of texts if it takes
        several.
        """
        return stored

    def in_words(self, question: "Question", stored: Any) -> str:
        """An answer in words, for pages and exports; also for a single one of its `answer_values`."""
        labels = dict(self.choices(question))
        return ", ".join(labels.get(value, value) for value in answer_values(stored))

    def read_cell(self, question: "Question", text: str) -> Any:
        """An answer from a sheet, exported in words or not; None if the text is no valid answer."""
        try:
            stored = self.store(self.make_field(question, required=False).clean(text))
        except forms.ValidationError:
            return None
        return stored if answer_values(stored) else None


def answer_values(stored: Any) -> list[str]:
    """An answer as texts: "yes" or "no", a number, a date, or each of several choices; [] for an empty one."""
    if isinstance(stored, bool):
        return ["yes" if stored else "no"]
    if isinstance(stored, list | tuple):
        return [str(value) for value in stored if value not in ("", None)]
    return [] if stored in ("", None) else [str(stored)]


def register(kind: K) -> K:
    """Class decorator: add a kind to the registry."""
    QUESTION_KINDS[kind.name] = kind()
    return kind


def kind_names(wanted: Callable[[QuestionKind], bool]) -> tuple[str, ...]:
    """The names of those kinds, for a query."""
    return tuple(kind.name for kind in QUESTION_KINDS.values() if wanted(kind))


def kind_choices() -> list[tuple[str, str]]:
    """Name and label of every kind. The models name this function, so a new kind needs no migration."""
    return [(kind.name, kind.label) for kind in QUESTION_KINDS.values()]


def survey_kind_choices() -> list[tuple[str, str]]:
    """Name and label of the kinds that surveys offer."""
    return [(kind.name, kind.label) for kind in QUESTION_KINDS.values() if kind.in_surveys]
