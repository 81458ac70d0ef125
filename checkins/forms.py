"""The form of a survey, made from its questions. Input only; services write."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms

from checkins.models import Survey, SurveyQuestion

Kind = SurveyQuestion.Kind


class AnswerForm(forms.Form):
    """One field for each question, large enough for a thumb."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = {self.name_of(question): question for question in survey.questions.all()}
        for name, question in self.questions.items():
            self.fields[name] = _field(question)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            *(
                name if question.kind == Kind.TEXT else Field(name, wrapper_class="m-chips")
                for name, question in self.questions.items()
            )
        )

    @staticmethod
    def name_of(question: SurveyQuestion) -> str:
        """The field of a question; it can stand in an address: `?have-met=regularly`."""
        return question.key

    @property
    def answers(self) -> dict[int, str]:
        """What was said, by question id, empty ones included."""
        return {question.pk: self.cleaned_data[name] for name, question in self.questions.items()}


def _field(question: SurveyQuestion) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.text,
        "help_text": question.help_text,
        "required": question.required,
    }
    if question.kind == Kind.TEXT:
        return forms.CharField(max_length=8000, widget=forms.Textarea(attrs={"rows": 4}), **common)
    return forms.ChoiceField(choices=question.choices, widget=forms.RadioSelect, **common)
