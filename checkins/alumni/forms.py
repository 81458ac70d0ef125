"""Forms for opportunities, the digest's plan and consent to stay in touch."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from checkins.models import AlumniConsent, DigestPlan, Opportunity
from checkins.waves.forms import PauseUntilForm
from cohorts.models import Programme
from mentorship.core.ui.forms.date_inputs import DayInput


class OpportunityForm(forms.ModelForm):
    """A job, an event or funding."""

    class Meta:
        model = Opportunity
        fields = ("kind", "title", "text", "url", "closes_on")
        labels = {"url": "Link"}
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "closes_on": DayInput()}

    def clean_closes_on(self) -> date | None:
        closes: date | None = self.cleaned_data["closes_on"]
        if closes and closes < timezone.localdate():
            raise forms.ValidationError("This day has passed: nobody would hear of it.")
        return closes


class BreakForm(PauseUntilForm):
    """The day until which a person is not asked to help."""


class DigestPlanForm(forms.ModelForm):
    """The schedule of the digest."""

    class Meta:
        model = DigestPlan
        fields = ("every", "day")


class StayForm(forms.Form):
    """Whether a person stays in touch, and the roles in which they would return."""

    stays = forms.ChoiceField(
        label="May we write to you now and then?",
        choices=[("yes", "Yes, stay in touch"), ("no", "No, thank you")],
        widget=forms.RadioSelect,
    )
    roles = forms.MultipleChoiceField(
        label="I would come back as",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="We ask you when a new round begins. It binds you to nothing.",
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["roles"]
        roles.choices = [(role, programme.label_of(role)) for role in AlumniConsent.RETURNS_AS]
