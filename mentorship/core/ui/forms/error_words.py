"""Error messages of forms, in plain words. Django's own often leave open which field they mean.

Set once for every form when the app starts, so that inline errors and the summary above the form agree.
"""

from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as lazy

from mentorship.core.languages.current import current_language
from mentorship.core.languages.known import ENGLISH

_ADD_ERROR = forms.BaseForm.add_error
_REQUIRED = forms.Field.default_error_messages["required"]
# A label that begins with one of these follows the verb directly: "Enter your name", "Choose who pays".
_DETERMINED = frozenset(
    ("your", "my", "their", "our", "a", "an", "the", "how", "what", "which", "who", "whose", "whether")
)
_PREPOSITIONS = frozenset(("on", "at", "by", "from", "to", "until", "in", "with", "for", "as"))
_NO_NOUN = _PREPOSITIONS | {
    *(
        "why",
        "what",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "how",
        "which",
        "ask",
        "it",
        "do",
        "did",
        "change",
        "new",
    ),
    *("may", "should", "will", "can", "is", "are", "starts", "ends", "leaves", "begins", "week", "day"),
}


def set_error_words() -> None:
    """Give every form these words."""
    forms.BaseForm.add_error = _add_error  # type: ignore[method-assign, assignment]
    validators.ProhibitNullCharactersValidator.message = lazy(
        "This holds a character that can’t be saved. Type it again."
    )
    validators.MaxLengthValidator.message = lazy(
        "Use at most %(limit_value)d characters. You have used %(show_value)d."
    )
    validators.MinLengthValidator.message = lazy(
        "Use at least %(limit_value)d characters. You have used %(show_value)d."
    )
    validators.MaxValueValidator.message = lazy("Enter %(limit_value)s or less.")
    validators.MinValueValidator.message = lazy("Enter %(limit_value)s or more.")
    validators.EmailValidator.message = lazy("Enter an email address like name@example.org.")
    # Django's words, in our own translations: they address the reader as the rest of the page does.
    forms.IntegerField.default_error_messages["invalid"] = lazy("Enter a whole number.")
    forms.FloatField.default_error_messages["invalid"] = lazy("Enter a number.")
    forms.DateField.default_error_messages["invalid"] = lazy("Enter a valid date.")
    choice = lazy("Select a valid choice. %(value)s is not one of the available choices.")
    forms.ChoiceField.default_error_messages["invalid_choice"] = choice
    forms.MultipleChoiceField.default_error_messages["invalid_choice"] = choice
    BaseFormSet.default_error_messages |= {
        "too_many_forms": lazy("Only %(num)d fit here. Leave out the others."),
        "too_few_forms": lazy("At least %(num)d needed here. Add more."),
        "missing_management_form": lazy(
            "A part of this page was missing when it was sent. Reload the page and try again."
        ),
    }


def required_words(label: str, field: forms.Field) -> str:
    """The message for an empty field: "Enter your name.", "Choose the country."."""
    text = " ".join(label.split()).strip(" *:")
    if not text:
        return gettext("Fill this in.")
    if current_language() != ENGLISH:  # a sentence can't be made of a label in a language with cases and genders
        return gettext("Fill in “{label}”.").format(label=text)
    first, last = text.partition(" ")[0].casefold(), text.rpartition(" ")[2].casefold()
    chosen = _is_chosen(field)
    if isinstance(field.widget, forms.CheckboxInput):
        return f"Tick “{text}”."
    if text.endswith("?"):
        return f"Choose an answer to “{text}”." if chosen else f"Answer “{text}”."
    is_no_noun = first in _NO_NOUN and (first not in _DETERMINED or first == last)
    if is_no_noun or last in _PREPOSITIONS:
        return f"Choose an option for “{text}”." if chosen else f"Fill in “{text}”."
    phrase = text if text[1:2].isupper() else f"{text[0].lower()}{text[1:]}"
    article = "" if first in _DETERMINED else "the "
    return f"{'Choose' if chosen else 'Enter'} {article}{phrase}."


def words_if_missing(field: forms.Field) -> str:
    """The message of a labelled field that is empty, its own or that of `required_words`."""
    own = str(field.error_messages["required"])
    return required_words(str(field.label or ""), field) if own == str(_REQUIRED) else own


def _is_chosen(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.Select | forms.RadioSelect | forms.CheckboxSelectMultiple | forms.FileInput)


def _add_error(form: forms.BaseForm, field: str | None, error: Any) -> None:
    """`BaseForm.add_error` with the message of `required_words` if a field has none of its own."""
    empty = isinstance(error, ValidationError) and getattr(error, "code", "") == "required"
    if empty and field in form.fields and str(error.message) == str(_REQUIRED):
        words = required_words(str(form[field].label or capfirst(field or "")), form.fields[field])
        error = ValidationError(words, code="required")
    _ADD_ERROR(form, field, error)
