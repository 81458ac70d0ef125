"""Form for a speed mentoring event."""

from typing import Any

from django import forms
from django.utils import timezone

from matching.models import SpeedEvent
from mentorship.core.timezones import zone_name


class EventForm(forms.ModelForm):
    """A speed mentoring event. The start is typed on the reader's own clock."""

    class Meta:
        model = SpeedEvent
        fields = ("name", "place", "starts_at", "rounds", "minutes", "seats", "tables", "mails_by_itself")
        widgets = {
            "starts_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = zone_name(timezone.get_current_timezone_name())
        self.fields["starts_at"].help_text = f"On your own clock ({zone})."
        self.fields["rounds"].help_text = "Nobody meets the same mentor twice, so no more rounds than mentors."
