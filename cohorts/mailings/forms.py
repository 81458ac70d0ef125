"""Forms for mailings and the weekly mail. Input only."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cohorts.mailings.audience import allowed_growth, audience_in_words, clean_audience
from cohorts.mailings.letters import PLACEHOLDERS
from cohorts.models import Cohort, Mailing, WeeklyMail
from cohorts.people.filters import FilterError
from mentorship.core.outbox.mail_templates.placeholders import unknown_placeholders
from mentorship.core.ui.forms.date_inputs import TimeOfDayInput
from mentorship.core.ui.forms.time_zone_field import LocalMomentField, moment_in
from mentorship.core.wording import check_wording

MAX_TEXT = 20_000
# The most common audiences, as filters of the people list.
AUDIENCES = (
    "status=accepted",
    "role=mentor&status=accepted",
    "role=mentee&status=accepted",
    "status=applied",
    "status=waitlisted",
    "status=completed",
    "",
)
# The default: "" means everybody.
NOBODY_YET = "choose"


def check_placeholders(text: str) -> str:
    """The text with plain line ends. Raises ValidationError for unknown placeholders."""
    if len(text) > MAX_TEXT:
        raise ValidationError(f"This is too long for an email: {len(text)} characters of at most {MAX_TEXT}.")
    if unknown := unknown_placeholders(text, PLACEHOLDERS):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValidationError(f"{', '.join(unknown)} means nothing here. You can use {known}.")
    return "\n".join(text.splitlines())


class MailingForm(forms.ModelForm):
    """The audience and text of a mailing."""

    audience = forms.CharField(label="Who gets it", required=False, max_length=500, widget=forms.Select)

    class Meta:
        model = Mailing
        fields = ("audience", "subject", "body", "necessary")
        labels = {"body": "Text", "necessary": "It is necessary for taking part"}
        widgets = {"body": forms.Textarea(attrs={"rows": 14, "maxlength": MAX_TEXT})}
        help_texts = {"necessary": "Such as a change of dates. Reaches those, too, who want necessary emails only."}

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            asked = clean_audience(cohort, (self.data if self.is_bound else self.initial).get("audience") or "")
        except FilterError:
            # Any preselected choice would only guess who was meant.
            asked, self.initial["audience"] = NOBODY_YET, NOBODY_YET
        choices = AUDIENCES if asked in AUDIENCES else (asked, *AUDIENCES)
        words = [(a, "choose" if a == NOBODY_YET else audience_in_words(cohort, a)) for a in choices]
        self.fields["audience"].widget.choices = [(a, text[:1].upper() + text[1:]) for a, text in words]

    def clean_audience(self) -> str:
        if self.cleaned_data["audience"] == NOBODY_YET:
            raise ValidationError("Choose who gets this email.")
        try:
            audience = clean_audience(self.instance.cohort, self.cleaned_data["audience"])
        except FilterError as error:
            raise ValidationError(str(error)) from error
        if len(audience) > 500:
            raise ValidationError("This search is too long for an email. Search for less.")
        return audience

    def clean_subject(self) -> str:
        subject = self.cleaned_data["subject"]
        if len(subject.splitlines()) > 1:
            raise ValidationError("The subject is one line.")
        return check_placeholders(subject)

    def clean_body(self) -> str:
        return check_placeholders(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_wording(self, self.instance.cohort.workspace_id, "subject", "body")
        return data


class ScheduleForm(forms.Form):
    """When a mailing is sent, in the cohort's time zone, and how many people it may reach by then."""

    send_at = LocalMomentField(label="Day and time")
    most = forms.IntegerField(
        label="Maximum number of recipients",
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text="If more people would get it by then, nothing is sent and Today asks you to look at it.",
    )

    def __init__(self, *args: Any, cohort: Cohort, reached: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        self.initial.setdefault("most", allowed_growth(reached))
        self.fields["send_at"].help_text = f"In the cohort’s time zone: {cohort.zone_name}."

    def clean_send_at(self) -> datetime:
        send_at = moment_in(self.cohort.time_zone, self.cleaned_data["send_at"])
        if send_at < timezone.now() - timedelta(minutes=1):
            raise ValidationError("This moment has passed. Choose a later one.")
        return send_at


class WeeklyForm(forms.ModelForm):
    """The day and time of the weekly mail, and the text of the next one."""

    class Meta:
        model = WeeklyMail
        fields = ("on", "weekday", "time", "words")
        widgets = {
            "time": TimeOfDayInput(),
            "words": forms.Textarea(attrs={"rows": 8, "maxlength": MAX_TEXT}),
        }

    def clean_words(self) -> str:
        return check_placeholders(self.cleaned_data["words"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_wording(self, self.instance.cohort.workspace_id, "words")
        return data
