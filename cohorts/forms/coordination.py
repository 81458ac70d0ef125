"""What coordinators type about programmes, cohorts and their team. Input only; services write."""

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Programme
from mentorship.accounts.models import WorkspaceRole


def time_zone_choices() -> list[tuple[str, str]]:
    """Every place of the IANA database, with UTC first."""
    names = sorted(n for n in available_timezones() if "/" in n and not n.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((n, n.replace("_", " ")) for n in names)]


class ProgrammeForm(forms.ModelForm):
    """Name, wording and contact of a programme."""

    class Meta:
        model = Programme
        fields = ("name", "slug", "summary", "contact_email", "code_of_conduct_url", "mentor_label", "mentee_label")
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}


class CohortForm(forms.ModelForm):
    """Name and dates of a cohort. The closing time is typed as the cohort's own clock shows it."""

    time_zone = forms.ChoiceField(choices=time_zone_choices, help_text="The clock of all dates of this cohort.")
    signup_closes_at = forms.DateTimeField(
        label="Sign-up closes",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In the time zone above. Empty: sign-up stays open until you move the cohort on.",
    )

    class Meta:
        model = Cohort
        fields = ("name", "slug", "starts_on", "ends_on", "time_zone", "signup_closes_at", "suggested_topics")
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "suggested_topics": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.signup_closes_at:
            self.initial["signup_closes_at"] = self.instance.signup_closes_at.astimezone(self.instance.tz).replace(
                tzinfo=None
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        closes, zone = cleaned.get("signup_closes_at"), cleaned.get("time_zone")
        if closes and zone:
            # The field read the text on the reader's clock; what was meant is the cohort's.
            cleaned["signup_closes_at"] = timezone.make_naive(closes).replace(tzinfo=ZoneInfo(zone))
        return cleaned


class TeamForm(forms.Form):
    """Whom to give which role in the programme."""

    full_name = forms.CharField(max_length=200)
    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(
        choices=WorkspaceRole.Role.choices,
        initial=WorkspaceRole.Role.COORDINATOR,
        help_text="Owners also change the team. Viewers see everything and change nothing.",
    )


class DecisionForm(forms.Form):
    """An outcome of selection for one or many."""

    to = forms.ChoiceField(
        choices=[
            (s.value, s.label)
            for s in (Enrollment.Status.ACCEPTED, Enrollment.Status.WAITLISTED, Enrollment.Status.DECLINED)
        ]
    )
    message = forms.CharField(
        label="Your own paragraph",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Goes into every one of these mails. Leave it empty for the mail as it is.",
    )
    mail = forms.BooleanField(label="Send the mails", required=False, initial=True)


class NoteForm(forms.Form):
    """The coordinators' own note."""

    note = forms.CharField(required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5}))
