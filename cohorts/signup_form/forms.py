"""Forms by which coordinators edit a sign-up form. Input only."""

from typing import Any

from django import forms

from cohorts.models import Cohort, SignupQuestion
from cohorts.models.question_kinds import QUESTION_KINDS
from cohorts.questions.question_form import ConditionalQuestionForm
from cohorts.signup_form.eligibility import ELIGIBILITY_RULES
from cohorts.signup_form.form_definition import (
    NEVER_REQUIRED,
    OFF,
    ON,
    REQUIRED,
    STANDARD,
    current_questions,
    standard_fields,
)
from cohorts.signup_form.labels import field_label
from cohorts.signup_form.topic_names import split_topics
from mentorship.core.accounts.people.addresses import AddressField
from mentorship.core.reference_data import countries, language_code, language_name


class StandardFieldsForm(forms.Form):
    """The standard fields of the form."""

    def __init__(self, *args: Any, cohort: Cohort, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = standard_fields(cohort, role)
        for name in STANDARD[role]:
            choices = [(ON, "Asked"), (REQUIRED, "Required"), (OFF, "Off")]
            if name in NEVER_REQUIRED:
                del choices[1]
            self.fields[name] = forms.ChoiceField(
                label=field_label(name, cohort, role), choices=choices, initial=states[name], required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("time_zone") == OFF and cleaned.get("availability") not in (OFF, "", None):
            self.add_error("availability", "This needs the time zone. Ask for that too, or switch this off.")
        return cleaned


class QuestionForm(ConditionalQuestionForm):
    """One question of the coordinators' own."""

    class Meta:
        model = SignupQuestion
        fields = ("kind", "text", "help_text", "required", "seen_by", "used_for_matching", "shown_if", "shown_if_value")
        widgets = {"help_text": forms.Textarea(attrs={"rows": 2})}

    field_order = (
        "text",
        "kind",
        "choices",
        "help_text",
        "required",
        "seen_by",
        "used_for_matching",
        "shown_if",
        "shown_if_value",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_conditions(current_questions(self.instance.cohort, self.instance.role))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("seen_by") == SignupQuestion.Seen.PRIVATE and cleaned.get("used_for_matching"):
            self.add_error("used_for_matching", "Private needs are never used for matching.")
        kind = QUESTION_KINDS.get(cleaned.get("kind", ""))
        if kind and kind.names_person:
            cleaned["used_for_matching"] = False  # wishes count by themselves, as the matching settings say
            if cleaned.get("seen_by") == SignupQuestion.Seen.PRIVATE:
                self.add_error("seen_by", "A wish for a person counts in the matching, so it can’t be a private need.")
        return cleaned


class EligibilityForm(forms.Form):
    """The eligibility rules of a role. Empty rules restrict nobody."""

    countries = forms.MultipleChoiceField(
        label="Only from",
        required=False,
        choices=countries,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text="None chosen: from everywhere.",
    )
    languages = forms.CharField(label="Works in one of", required=False, help_text="Such as: English, Swahili.")
    min_hours = forms.IntegerField(label="Hours a month at least", required=False, min_value=1, max_value=200)
    first_time = forms.BooleanField(label="Only those who were not in this role before", required=False)
    graduates = forms.BooleanField(label="Only those who finished an earlier round", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rule in ELIGIBILITY_RULES.items():
            self.fields[name] = forms.BooleanField(label=rule.label, required=False)

    def clean_languages(self) -> list[str]:
        codes = []
        for name in split_topics(self.cleaned_data["languages"]):
            code = language_code(name)
            if not code:
                raise forms.ValidationError(f"We don't know the language “{name}”.")
            codes.append(code)
        return codes

    @staticmethod
    def initial_of(rules: dict[str, Any]) -> dict[str, Any]:
        """The rules as initial values of the form."""
        return {**rules, "languages": ", ".join(language_name(c) for c in rules.get("languages", []))}


class EligibilityOverrideForm(forms.Form):
    """A person who may sign up without meeting the rules, and the reason."""

    email = AddressField(label="Email address")
    note = forms.CharField(label="Why", max_length=300)
