"""Form for feedback."""

from django import forms


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
