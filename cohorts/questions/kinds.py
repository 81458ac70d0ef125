"""Every kind of question that sign-up forms and surveys can ask. CONTRIBUTING.md says how to add one."""

import math
import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext

from cohorts.models import Question
from cohorts.models.question_kinds import QuestionKind, register
from cohorts.questions.fields import KeptFileField
from cohorts.questions.files import sign_file_id
from mentorship.core.ui.forms.date_inputs import DayInput

SCALE = range(1, 6)
YES_WORDS = ("yes", "y", "true", "1", "x", "ja", "oui", "sí", "si", "sim", "✓", "✔")
NO_WORDS = ("no", "n", "false", "0", "nein", "non", "não", "nao", "-", "–")
# 05.10.2026 starts with the day; 05/10/2026 may start with the month, unless one of the numbers is above 12.
_DOTTED, _SLASHED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})"), re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


@register
class ShortText(QuestionKind):
    name, label = "short", "Short text"
    example = ("Because", "Because", "Because")
    compared_as = "text"

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.CharField(max_length=500, **common)

    def read_cell(self, question: Question, text: str) -> Any:
        return text  # a sheet may contain more than the form accepts


@register
class LongText(QuestionKind):
    name, label = "long", "Long text"
    example = ("Because\nof soil", "Because\nof soil", "Because\nof soil")
    compared_as = "text"

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.CharField(max_length=8000, widget=forms.Textarea(attrs={"rows": 4}), **common)

    def read_cell(self, question: Question, text: str) -> Any:
        return text


@register
class OneOf(QuestionKind):
    name, label = "one", "One of"
    example = ("Blue", "Blue", "Blue")
    lists_choices = is_chosen = True
    compared_as = "one"

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.ChoiceField(choices=self.choices(question), widget=forms.RadioSelect, **common)

    def read_cell(self, question: Question, text: str) -> Any:
        return _values_by_label(question).get(text.casefold())


@register
class Rating(OneOf):
    """A scale in words of one's own, from the lowest to the highest: results have an average."""

    name, label = "rating", "Rating in your own words, the lowest first"


@register
class ManyOf(QuestionKind):
    name, label = "many", "Many of"
    example = (["Blue", "Red"], ["Blue", "Red"], "Blue, Red")
    lists_choices = is_chosen = takes_several = True
    compared_as = "many"

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.MultipleChoiceField(choices=self.choices(question), widget=forms.CheckboxSelectMultiple, **common)

    def read_cell(self, question: Question, text: str) -> Any:
        known = _values_by_label(question)
        found = [known.get(part.strip().casefold()) for part in text.replace(";", ",").split(",") if part.strip()]
        return None if None in found else found


@register
class Scale(QuestionKind):
    name, label = "scale", "Scale from 1 to 5"
    example = ("4", 4, "4")
    is_chosen = True
    compared_as = "scale"

    def choices(self, question: Question) -> list[tuple[str, str]]:
        return [(str(number), str(number)) for number in SCALE]

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.TypedChoiceField(
            choices=self.choices(question), coerce=int, empty_value=None, widget=forms.RadioSelect, **common
        )

    def read_cell(self, question: Question, text: str) -> Any:
        number = _number(text)
        return number if number in SCALE else None


@register
class YesOrNo(QuestionKind):
    name, label = "yes_no", "Yes or no"
    example = ("no", False, "No")
    is_chosen = True
    compared_as = "yes_no"

    def choices(self, question: Question) -> list[tuple[str, str]]:
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.TypedChoiceField(
            choices=self.choices(question),
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=forms.RadioSelect,
            **common,
        )

    def retype(self, stored: Any) -> Any:
        return ("yes" if stored else "no") if isinstance(stored, bool) else stored

    def read_cell(self, question: Question, text: str) -> Any:
        return yes_or_no(text)


@register
class Number(QuestionKind):
    name, label = "number", "Number"
    example = ("2.5", 2.5, "2.5")
    compared_as = "number"

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.FloatField(**common)

    def store(self, cleaned: Any) -> Any:
        return int(cleaned) if isinstance(cleaned, float) and cleaned.is_integer() else cleaned

    def read_cell(self, question: Question, text: str) -> Any:
        return _number(text)


@register
class Date(QuestionKind):
    name, label = "date", "Date"
    example = ("2027-03-01", "2027-03-01", "2027-03-01")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return forms.DateField(widget=DayInput(), **common)

    def store(self, cleaned: Any) -> Any:
        return cleaned.isoformat() if cleaned else None

    def read_cell(self, question: Question, text: str) -> Any:
        return _day(text)


@register
class File(QuestionKind):
    """The id of a SignupFile. SignupForm stores the upload once it is checked."""

    name, label = "file", "File (PDF, image or text)"
    example = ("", "", "")  # tested separately with an upload
    in_surveys = False
    is_file = True

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return KeptFileField(**common)

    def retype(self, stored: Any) -> Any:
        return sign_file_id(stored)

    def in_words(self, question: Question, stored: Any) -> str:
        return "a file"

    def read_cell(self, question: Question, text: str) -> Any:
        return None


@register
class Section(QuestionKind):
    name, label = "section", "Heading with help"
    example = ("", None, "")
    is_asked = False

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        raise TypeError("A heading takes no answer.")

    def read_cell(self, question: Question, text: str) -> Any:
        return None


def _values_by_label(question: Question) -> dict[str, str]:
    return {label.casefold(): value for value, label in question.choices}


def yes_or_no(text: str) -> bool | None:
    """The boolean that a cell means; None for any other word."""
    word = text.casefold().strip(" .!")
    return True if word in YES_WORDS else False if word in NO_WORDS else None


def _day(text: str) -> str | None:
    """A day from a sheet in the stored format; None if it is not a day, or could be two."""
    text = text.partition(" ")[0].partition("T")[0] if text[:4].isdigit() else text
    try:
        if dotted := _DOTTED.fullmatch(text):
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1])).isoformat()
        if slashed := _SLASHED.fullmatch(text):
            one, two = int(slashed[1]), int(slashed[2])
            if one <= 12 and two <= 12 and one != two:
                return None
            return date(int(slashed[3]), min(one, two) if max(one, two) > 12 else one, max(one, two)).isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _number(text: str) -> int | float | None:
    try:
        number = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError:
        return None
    if not math.isfinite(number):  # programs write nan for an empty cell, which no database stores
        return None
    return int(number) if number.is_integer() else number
