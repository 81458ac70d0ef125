"""Form for a speed mentoring event."""

from typing import Any

from django import forms

from matching.models import SpeedEvent
from mentorship.core.ui.forms.time_zone_field import LocalMomentField, TimeZoneField, clean_own_zone


class EventForm(forms.ModelForm):
    """A speed mentoring event. The start is in the event's own time zone, whatever the coordinator's is."""

    starts_at = LocalMomentField(label="Starts", help_text="In the time zone below.")
    time_zone = TimeZoneField(
        required=False, help_text="The venue’s time zone. For a call, the zone in which you announce it."
    )

    class Meta:
        model = SpeedEvent
        fields = ("name", "place", "starts_at", "time_zone", "rounds", "minutes", "seats", "tables", "mails_by_itself")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.instance
        self.initial["time_zone"] = event.tz.key
        if event.starts_at:
            self.initial["starts_at"] = event.starts_at.astimezone(event.tz)
        programme = event.cohort.programme
        mentor, mentors = programme.mentor_label, programme.mentors_word
        self.fields["rounds"].help_text = f"Nobody meets the same {mentor} twice, so no more rounds than {mentors}."
        self.fields["seats"].label = f"Seats for {programme.mentees_word}"
        self.fields["tables"].label = f"Tables, one for each {mentor}"

    def clean(self) -> dict[str, Any]:
        super().clean()
        clean_own_zone(self, "starts_at", self.instance.tz.key)
        return self.cleaned_data
