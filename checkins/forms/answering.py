"""The form of a survey, made from its questions, large enough for a thumb."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout
from django import forms
from django.utils.html import format_html

from checkins.models import Survey, SurveyQuestion
from checkins.services.surveys import questions_of

Kind = SurveyQuestion.Kind


class AnswerForm(forms.Form):
    """One field for each question that is asked now."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = questions_of(survey)
        self.questions = {self.name_of(question): question for question in asked if question.kind != Kind.SECTION}
        for name, question in self.questions.items():
            self.fields[name] = _field(question)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(self._shown(question) for question in asked))

    def _shown(self, question: SurveyQuestion) -> Any:
        if question.kind == Kind.SECTION:
            return HTML(_literal(question))
        name = self.name_of(question)
        return name if question.kind in SurveyQuestion.IN_WORDS else Field(name, wrapper_class="m-chips")

    @staticmethod
    def name_of(question: SurveyQuestion) -> str:
        """The field of a question; it can stand in an address: `?have-met=regularly`."""
        return question.key

    def ticked(self, given: dict[str, str]) -> dict[str, str]:
        """What an address ticks: one of the choices of a question, and nothing else."""
        return {
            name: value
            for name, value in given.items()
            if name in self.questions and value in dict(self.questions[name].choices)
        }

    @property
    def answers(self) -> dict[int, Any]:
        """What was said, by question id, empty ones included."""
        return {question.pk: self.cleaned_data[name] for name, question in self.questions.items()}


class ConcernForm(forms.Form):
    """A concern about how people behave."""

    text = forms.CharField(
        label="What happened?",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Who was there, when, whether it goes on, and what you would like us to do. In your own words.",
    )


def _literal(question: SurveyQuestion) -> str:
    html = format_html("<h2>{}</h2>", question.text)
    if question.help_text:
        html += format_html('<p class="text-body-secondary">{}</p>', question.help_text)
    # Nothing in it may be read as a tag of a template.
    return html.replace("{", "&#123;").replace("%}", "%&#125;")


def _field(question: SurveyQuestion) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.text,
        "help_text": question.help_text,
        "required": question.required,
    }
    if question.kind == Kind.TEXT:
        return forms.CharField(max_length=8000, widget=forms.Textarea(attrs={"rows": 4}), **common)
    if question.kind == Kind.SHORT:
        return forms.CharField(max_length=500, **common)
    if question.kind == Kind.MANY:
        return forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
    return forms.ChoiceField(choices=question.choices, widget=forms.RadioSelect, **common)
