"""Forms to answer a survey, and to edit a survey and its questions."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout
from django import forms
from django.utils.html import format_html
from django.utils.text import slugify

from checkins.models import Case, Survey, SurveyQuestion
from checkins.surveys.services import asked_questions
from cohorts.models.question_kinds import answer_values
from cohorts.questions.conditions import asked_keys, condition_of
from cohorts.questions.question_form import ConditionalQuestionForm, build_field

MAX_CHOICES, MAX_CHOICE_LENGTH = 30, 120


class AnswerForm(forms.Form):
    """One field for each current question."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = asked_questions(survey)
        self.questions = {self.name_of(question): question for question in asked if question.behaviour.is_asked}
        by_key = {question.key: question for question in asked}
        for name, question in self.questions.items():
            self.fields[name] = build_field(question)
            if parent := condition_of(question, by_key):
                condition = {"data-shown-if": self.name_of(parent), "data-shown-value": question.shown_if_value}
                self.fields[name].widget.attrs |= condition
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(self._shown(question) for question in asked))

    def _shown(self, question: SurveyQuestion) -> Any:
        if not question.behaviour.is_asked:
            return HTML(_section_html(question))
        name = self.name_of(question)
        return Field(name, wrapper_class="m-chips") if question.behaviour.is_chosen else name

    @staticmethod
    def name_of(question: SurveyQuestion) -> str:
        """The field name of a question, usable in an address: `?have-met=regularly`."""
        return question.key

    def ticked(self, given: dict[str, str]) -> dict[str, str]:
        """Answers preselected by an address: choices of questions only."""
        return {
            name: value
            for name, value in given.items()
            if name in self.questions and value in dict(self.questions[name].choices)
        }

    def clean(self) -> dict[str, Any]:
        """Refuse an empty form: it would end the reminders without any answer.

        A question hidden by other answers is empty, and not an error.
        """
        cleaned = super().clean() or self.cleaned_data
        said = {q.key: q.behaviour.store(cleaned.get(name)) for name, q in self.questions.items()}
        asked = asked_keys(list(self.questions.values()), said)
        for name, question in self.questions.items():
            if question.key not in asked:
                self.errors.pop(name, None)
                cleaned[name] = None
        stored = (q.behaviour.store(cleaned.get(name)) for name, q in self.questions.items())
        if self.questions and not self.errors and not any(map(answer_values, stored)):
            raise forms.ValidationError("Answer at least one question.")
        return cleaned

    @property
    def answers(self) -> dict[int, Any]:
        """The answers by question id, including empty ones."""
        return {q.pk: q.behaviour.store(self.cleaned_data[name]) for name, q in self.questions.items()}


def _section_html(question: SurveyQuestion) -> str:
    html = format_html("<h2>{}</h2>", question.text)
    if question.help_text:
        html += format_html('<p class="text-body-secondary">{}</p>', question.help_text)
    # crispy renders this as a template: braces must not become tags.
    return html.replace("{", "&#123;").replace("%}", "%&#125;")


# The answer that opens a case of a kind; conduct concerns have a separate page on every check-in.
FLAG_LABELS = {
    Case.Kind.NOT_MET: "Which answer means “we have not met”?",
    Case.Kind.OTHER_MENTOR: "Which answer means “I want another match”?",
    Case.Kind.HELP: "Which answer means “I need help”?",
}
FLAG_HELP = (
    "Who gives this answer, or one of the next two, gets a case with an owner and a date. "
    "Write it as above: one of the choices, Yes or No, or 1 to 5. Leave empty for none."
)


class SurveyForm(forms.ModelForm):
    """Name, introduction, and whether answers are anonymous."""

    class Meta:
        model = Survey
        fields = ("name", "intro", "anonymous")
        widgets = {"intro": forms.Textarea(attrs={"rows": 3})}
        labels = {"anonymous": "Anonymous"}

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = Survey.objects.filter(programme=self.instance.programme, name=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("There is a survey of this name.")
        return name


class SurveyQuestionForm(ConditionalQuestionForm):
    """One question of a survey."""

    class Meta:
        model = SurveyQuestion
        fields = ("text", "kind", "help_text", "required", "shown_if", "shown_if_value")
        widgets = {"help_text": forms.TextInput}

    field_order = ("text", "kind", "choices", "help_text", "required", "shown_if", "shown_if_value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_conditions(asked_questions(self.instance.survey))
        if self.instance.survey.anonymous:
            return
        meant = {kind: self.instance.in_words(value) for value, kind in self.instance.flags.items()}
        for kind, label in FLAG_LABELS.items():
            self.fields[f"flag_{kind}"] = forms.CharField(
                label=label,
                required=False,
                initial=meant.get(kind, ""),
                max_length=80,
                help_text=FLAG_HELP if kind == Case.Kind.NOT_MET else "",
            )

    @staticmethod
    def new_value(label: str) -> str:
        return slugify(label)[:60] or "choice"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        options = self.instance.options
        if len(options) > MAX_CHOICES or any(len(label) > MAX_CHOICE_LENGTH for _, label in options):
            self.add_error("choices", f"At most {MAX_CHOICES} choices of at most {MAX_CHOICE_LENGTH} characters.")
        self._set_flags(cleaned)
        return cleaned

    def _set_flags(self, cleaned: dict[str, Any]) -> None:
        values = {label.casefold(): value for value, label in self.instance.choices}
        self.instance.flags = {}
        for kind in FLAG_LABELS:
            words = cleaned.get(f"flag_{kind}", "")
            if not words:
                continue
            if words.casefold() not in values:
                self.add_error(f"flag_{kind}", "This is not one of the choices.")
            else:
                self.instance.flags[values[words.casefold()]] = kind
