"""The form about name and address. Input only."""

from typing import Any

from django import forms


class SharingForm(forms.Form):
    """The name of a person, and whether their match may have their address."""

    full_name = forms.CharField(
        label="Your name",
        max_length=200,
        help_text="Write it the way you do, in any script. The people you meet in the programme will see it.",
        error_messages={"required": "Enter the name you’d like others to know you by."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    shares = forms.ChoiceField(
        label="May the people you are matched with see your email address?",
        choices=[
            ("yes", "Yes, share it with the people I’m matched with"),
            ("no", "No, pass messages on to me instead"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether they may see your email address."},
    )

    def __init__(self, *args: Any, match_word: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if match_word:
            self.fields["shares"].label = f"May {match_word} see your email address?"
