"""The kind of question that asks whom somebody would like to be matched with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import Question
from cohorts.models.question_kinds import QuestionKind, register
from mentorship.core.text import clean_name

LONGEST = 200
# Whoever asks for a stranger learns nothing about them.
PROMISE = lazy("Write a name or an email address. We can’t tell you whether they have signed up.")


@register
class NamedPerson(QuestionKind):
    """The name or address as it was typed. Coordinators see whom it means; see people/named_people.py."""

    name, label = "person", "Name of a person they would like to be matched with"
    example = ("Ada Obi", "Ada Obi", "Ada Obi")
    in_surveys = False
    names_person = True

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        common["help_text"] = f"{common.get('help_text', '')} {PROMISE}".strip()
        return forms.CharField(max_length=LONGEST, **common)

    def store(self, cleaned: Any) -> Any:
        return clean_name(cleaned) if isinstance(cleaned, str) else cleaned
