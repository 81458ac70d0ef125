"""The form field of a question, and the base form in which coordinators write one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext

from cohorts.models import Question
from cohorts.models.question_kinds import QUESTION_KINDS
from mentorship.core.errors import ServiceError


def build_field(question: Question) -> forms.Field:
    """The field that asks a question."""
    field = question.behaviour.make_field(
        question, label=question.text, help_text=question.help_text, required=question.required
    )
    field.error_messages["required"] = gettext("Answer “{question}”.").format(question=question.text.strip())
    return field


class BaseQuestionForm(forms.ModelForm):
    """One question: its words, its kind and, if the kind has them, its choices."""

    choices = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Choices",
        help_text="One a line, for “one of” and “many of”.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["choices"] = "\n".join(label for _, label in self.instance.options)

    @staticmethod
    def new_value(label: str) -> str:
        """The stored value of a new choice; it stays the same as long as the choice keeps its words."""
        return label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = QUESTION_KINDS.get(cleaned.get("kind", ""))
        labels = list(dict.fromkeys(filter(None, map(str.strip, cleaned.get("choices", "").splitlines()))))
        lists_choices = kind is not None and kind.lists_choices
        if lists_choices and len(labels) < 2:
            self.add_error("choices", "Give at least two choices, one a line.")
        self.instance.options = self._options(labels) if lists_choices else []
        if kind:
            self.instance.kind = kind.name
            cleaned["required"] = cleaned.get("required", False) and kind.is_asked
        return cleaned

    def _options(self, labels: list[str]) -> list[list[str]]:
        known = {label: value for value, label in self.instance.options}
        options: list[list[str]] = []
        for label in labels:
            value = known.get(label) or self.new_value(label)
            taken = {v for v, _ in options} | {v for other, v in known.items() if other != label}
            base, number = value, 2
            while value in taken:
                value, number = f"{base[:50]}-{number}", number + 1
            options.append([value, label])
        return options


class ConditionalQuestionForm(BaseQuestionForm):
    """A question that may depend on the answer to another one of the same form."""

    others: Sequence[Any] = ()

    def offer_conditions(self, asked: Sequence[Any]) -> None:
        """Offer the chosen questions among those that are `asked`, besides this one."""
        self.others = [q for q in asked if q.key != self.instance.key and q.behaviour.is_chosen]
        self.fields["shown_if"] = forms.ChoiceField(
            label="Asked only after",
            required=False,
            choices=[("", "always asked"), *((q.key, q.text) for q in self.others)],
        )
        self.fields["shown_if_value"].label = "was answered with"
        self.fields["shown_if_value"].help_text = "One of its choices; yes or no; 1 to 5."
        if other := next((q for q in self.others if q.key == self.instance.shown_if), None):
            value = self.instance.shown_if_value
            self.initial["shown_if_value"] = dict(other.choices).get(value, value)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_condition(cleaned)
        self._check_dependants()
        return cleaned

    def _check_dependants(self) -> None:
        """Raise an error if a choice that other questions depend on would disappear; renaming it in place is fine."""
        if self.instance.pk is None or {"kind", "choices"} & set(self.errors):
            return
        try:
            self.instance.new_conditions(self.instance.siblings().get(pk=self.instance.pk))
        except ServiceError as error:
            self.add_error("choices" if self.instance.behaviour.lists_choices else "kind", str(error))

    def _check_condition(self, cleaned: dict[str, Any]) -> None:
        other = next((q for q in self.others if q.key == cleaned.get("shown_if")), None)
        if other is None:
            cleaned["shown_if_value"] = ""
            return
        by_words = {words.casefold(): value for value, label in other.choices for words in (label, value)}
        typed = cleaned.get("shown_if_value", "").strip().casefold()
        if typed in by_words:
            cleaned["shown_if_value"] = by_words[typed]
        else:
            labels = ", ".join(label for _, label in other.choices)
            self.add_error("shown_if_value", f"Enter one of the choices of that question: {labels}.")
        # Circular conditions would hide all their questions for ever.
        by_key, seen = {q.key: q for q in self.others}, {self.instance.key}
        while other is not None:
            if other.key in seen or other.shown_if == self.instance.key != "":
                self.add_error("shown_if", "That question depends on this one.")
                return
            seen.add(other.key)
            other = by_key.get(other.shown_if)
