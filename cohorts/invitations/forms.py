"""The form of an invitation. Input only."""

from django import forms

# A speaker signs up with the form of an expert.
INVITED_AS = [
    ("mentor", "mentor"),
    ("mentee", "mentee"),
    ("facilitator", "facilitator"),
    ("expert", "expert or speaker"),
]


class InviteForm(forms.Form):
    """The roles and message for people of earlier rounds."""

    role = forms.ChoiceField(label="Ask them to come as", choices=INVITED_AS)
    message = forms.CharField(
        label="Your own paragraph", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
