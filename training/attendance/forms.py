"""Forms for attendance lists and feedback."""

from django import forms


class MeetingListForm(forms.Form):
    file = forms.FileField(
        label="The meeting tool's list",
        help_text="CSV, as Zoom, Teams, Meet and others export it. Nobody is noted yet.",
    )


class FeedbackForm(forms.Form):
    """Two questions."""

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
