"""Forms for attendance lists and feedback."""

from django import forms

from mentorship.core.sheets.fields import SheetField
from training.attendance.meeting_list import LIMITS


class MeetingListForm(forms.Form):
    file = SheetField(
        limits=LIMITS,
        label="The meeting tool's list",
        help_text="CSV, XLSX or ODS, as Zoom, Teams, Meet and others export it; up to 2 MB. Nobody is noted yet.",
    )


class FeedbackForm(forms.Form):
    """The two questions of the feedback."""

    SCORES = ((5, "5: very much"), (4, "4"), (3, "3: so so"), (2, "2"), (1, "1: not at all"))

    score = forms.TypedChoiceField(
        label="Will it help you with your mentees?", choices=SCORES, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="What should we keep or change?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
