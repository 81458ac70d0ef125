"""What coordinators type about waves, surveys and their questions."""

from typing import Any

from django import forms
from django.utils.text import slugify

from checkins.models import Case, CheckInWave, Survey, SurveyQuestion
from checkins.services.waves import PLAN, was_sent

Kind = SurveyQuestion.Kind
# The answer that opens a case of a kind; conduct concerns have a page of their own on every check-in.
FLAGS = {
    Case.Kind.NOT_MET: "Which answer means “we have not met”?",
    Case.Kind.OTHER_MENTOR: "Which answer means “I want another match”?",
    Case.Kind.HELP: "Which answer means “I need help”?",
}
HOW_TO_FLAG = (
    "Who gives this answer, or one of the next two, gets a case with an owner and a date. "
    "Write it as above: one of the choices, Yes or No, or 1 to 5. Empty: none."
)


class WaveForm(forms.ModelForm):
    """When a cohort is asked, whom, and what."""

    class Meta:
        model = CheckInWave
        fields = (
            "name", "survey", "audience", "anchor", "offset", "unit", "reminders", "reminder_every", "window_days",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survey"].queryset = Survey.objects.filter(programme=self.instance.cohort.programme)  # type: ignore[attr-defined]
        if self.instance.pk and was_sent(self.instance):
            for name in PLAN:
                self.fields[name.removesuffix("_id")].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        anchor, offset = cleaned.get("anchor"), cleaned.get("offset")
        if offset is not None and offset < 0 and anchor != CheckInWave.Anchor.ENDS:
            self.add_error("offset", "Only the end of the cohort can be counted back from.")
        if offset is not None and cleaned.get("unit") == "months" and abs(offset) > 24:
            self.add_error("offset", "At most 24 months.")
        facilitators = cleaned.get("audience") == CheckInWave.Audience.FACILITATORS
        if facilitators and anchor == CheckInWave.Anchor.INTRO:
            self.add_error("anchor", "Facilitators are in no pair: count from the start or the end of the cohort.")
        name = cleaned.get("name")
        others = CheckInWave.objects.filter(cohort=self.instance.cohort, name=name).exclude(pk=self.instance.pk)
        if name and others.exists():
            self.add_error("name", "This cohort has a check-in of this name.")
        return cleaned


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
        for kind, label in FLAGS.items():
            self.fields[f"flag_{kind}"] = forms.CharField(
                label=label, required=False, initial=meant.get(kind, ""), max_length=80,
                help_text=HOW_TO_FLAG if kind == Case.Kind.NOT_MET else "",
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        labels = list(dict.fromkeys(filter(None, map(str.strip, cleaned.get("choices", "").splitlines()))))
        if kind in SurveyQuestion.WITH_CHOICES and len(labels) < 2:
            self.add_error("choices", "Give at least two choices, one a line.")
        if len(labels) > 30 or any(len(label) > 120 for label in labels):
            self.add_error("choices", "At most 30 choices of at most 120 characters.")
        self.instance.options = self._options(labels) if kind in SurveyQuestion.WITH_CHOICES else []
        if kind == Kind.SECTION:
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
        for kind in FLAGS:
            words = cleaned.get(f"flag_{kind}", "")
            if not words:
                continue
            if words.casefold() not in values:
                self.add_error(f"flag_{kind}", "This is not one of the choices.")
            else:
                self.instance.flags[values[words.casefold()]] = kind
