"""Forms for the lists of meeting tools."""

from django import forms

from mentorship.core.sheets.fields import SheetField
from training.meeting_list.reader import LIMITS


class MeetingListForm(forms.Form):
    file = SheetField(
        limits=LIMITS,
        label="Attendance list",
        help_text="CSV, XLSX or ODS from Zoom, Google Meet, Teams, Webex, BigBlueButton or others; up to 2 MB.",
    )


class MinimumForm(forms.Form):
    """How long somebody has to be there to count as attending."""

    minutes = forms.IntegerField(label="Minutes needed for credit", min_value=0, max_value=600)
