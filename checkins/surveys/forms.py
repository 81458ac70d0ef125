"""Forms for answering a survey and for editing a survey and its questions."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout
from django import forms
from django.utils.html import format_html
from django.utils.text import slugify

from checkins.models import Case, Survey, SurveyQuestion
from checkins.surveys.services import asked_questions

QuestionKind = SurveyQuestion.Kind


class AnswerForm(forms.Form):
    """One field for each question that is asked now."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = asked_questions(survey)
        self.questions = {
            self.name_of(question): question for question in asked if question.kind != QuestionKind.SECTION
        }
        for name, question in self.questions.items():
            self.fields[name] = _answer_field(question)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*(self._shown(question) for question in asked))

    def _shown(self, question: SurveyQuestion) -> Any:
        if question.kind == QuestionKind.SECTION:
            return HTML(_section_html(question))
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


def _section_html(question: SurveyQuestion) -> str:
    html = format_html("<h2>{}</h2>", question.text)
    if question.help_text:
        html += format_html('<p class="text-body-secondary">{}</p>', question.help_text)
    # Nothing in it may be read as a tag of a template.
    return html.replace("{", "&#123;").replace("%}", "%&#125;")


def _answer_field(question: SurveyQuestion) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.text,
        "help_text": question.help_text,
        "required": question.required,
    }
    if question.kind == QuestionKind.TEXT:
        return forms.CharField(max_length=8000, widget=forms.Textarea(attrs={"rows": 4}), **common)
    if question.kind == QuestionKind.SHORT:
        return forms.CharField(max_length=500, **common)
    if question.kind == QuestionKind.MANY:
        return forms.MultipleChoiceField(choices=question.choices, widget=forms.CheckboxSelectMultiple, **common)
    return forms.ChoiceField(choices=question.choices, widget=forms.RadioSelect, **common)


# The answer that opens a case of a kind; conduct concerns have a page of their own on every check-in.
FLAG_LABELS = {
    Case.Kind.NOT_MET: "Which answer means “we have not met”?",
    Case.Kind.OTHER_MENTOR: "Which answer means “I want another match”?",
    Case.Kind.HELP: "Which answer means “I need help”?",
}


FLAG_HELP = (
    "Who gives this answer, or one of the next two, gets a case with an owner and a date. "
    "Write it as above: one of the choices, Yes or No, or 1 to 5. Empty: none."
)


class SurveyForm(forms.ModelForm):
    """Name, introduction, and whether it knows who answers."""

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


class QuestionForm(forms.ModelForm):
    """One question of a survey."""

    choices = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="Choices",
        help_text="One a line, for “one of” and “many of”.",
    )

    class Meta:
        model = SurveyQuestion
        fields = ("text", "kind", "help_text", "required")

    field_order = ("text", "kind", "choices", "help_text", "required")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["choices"] = "\n".join(label for _, label in self.instance.options)
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        labels = list(dict.fromkeys(filter(None, map(str.strip, cleaned.get("choices", "").splitlines()))))
        if kind in SurveyQuestion.WITH_CHOICES and len(labels) < 2:
            self.add_error("choices", "Give at least two choices, one a line.")
        if len(labels) > 30 or any(len(label) > 120 for label in labels):
            self.add_error("choices", "At most 30 choices of at most 120 characters.")
        self.instance.options = self._options(labels) if kind in SurveyQuestion.WITH_CHOICES else []
        if kind == QuestionKind.SECTION:
            cleaned["required"] = False
        self.instance.kind = kind or self.instance.kind
        self._set_flags(cleaned)
        return cleaned

    def _options(self, labels: list[str]) -> list[list[str]]:
        """A choice keeps its value as long as its words stay the same."""
        known = {label: value for value, label in self.instance.options}
        options: list[list[str]] = []
        for label in labels:
            value = known.get(label) or slugify(label)[:60] or "choice"
            taken = {v for v, _ in options} | {v for other, v in known.items() if other != label}
            number = 2
            while value in taken:
                value, number = f"{slugify(label)[:50] or 'choice'}-{number}", number + 1
            options.append([value, label])
        return options

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
