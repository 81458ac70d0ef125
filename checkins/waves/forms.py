"""Forms for waves and for the day on which a pause ends."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from checkins.models import CheckInWave, Survey
from checkins.waves.services import FIXED_ONCE_SENT, wave_was_sent
from mentorship.core.ui.forms.date_inputs import DayInput


class PauseUntilForm(forms.Form):
    """The day on which a pause or break ends."""

    until = forms.DateField(
        label="Ask me again from",
        required=False,
        widget=DayInput(),
        help_text="Leave empty to be asked again only when you say so.",
    )

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until and until <= timezone.localdate():
            raise forms.ValidationError("Choose a day that is still to come.")
        return until


class WaveForm(forms.ModelForm):
    """A wave: its dates, its audience and its survey."""

    class Meta:
        model = CheckInWave
        fields = (
            "name",
            "survey",
            "audience",
            "anchor",
            "offset",
            "unit",
            "reminders",
            "reminder_every",
            "window_days",
            "mails_who_did_not_meet",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survey"].queryset = Survey.objects.filter(programme=self.instance.cohort.programme)  # type: ignore[attr-defined]
        if self.instance.pk and wave_was_sent(self.instance):
            for name in FIXED_ONCE_SENT:
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
