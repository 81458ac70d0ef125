"""Form for a mentor's pause."""

from typing import Any

from django import forms

from mentorship.core.accounts.field_access import Audience, reads_in_words
from mentorship.core.ui.forms.date_inputs import DayInput


class PauseForm(forms.Form):
    """How long a mentor takes no new mentees."""

    until = forms.DateField(
        required=False,
        label="Back on",
        widget=DayInput(),
        help_text="Leave empty for a pause without an end date.",
    )
    reason = forms.CharField(
        max_length=300, required=False, label="Why", help_text=reads_in_words(Audience.COORDINATORS)
    )
    current_too = forms.BooleanField(
        required=False,
        label="I can’t carry on with my current matches either",
        help_text="The coordinators will look for somebody else for them. Nothing changes until then.",
    )

    def __init__(self, *args: Any, asks_current: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_current:
            del self.fields["current_too"]
