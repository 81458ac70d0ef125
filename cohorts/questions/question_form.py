"""The form field of a question, and the base form in which coordinators write one."""

from typing import Any

from django import forms

from cohorts.models import Question
from cohorts.models.question_kinds import QUESTION_KINDS


def build_field(question: Question) -> forms.Field:
    """The field that asks a question."""
    field = question.behaviour.make_field(
        question, label=question.text, help_text=question.help_text, required=question.required
    )
    field.error_messages["required"] = f"Answer “{question.text.strip()}”."
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
