"""The form of the sentence that a pair reads. Input only."""

from unicodedata import east_asian_width

from django import forms

from matching.models import PairSentence
from mentorship.core.text import printable

LONGEST = PairSentence._meta.get_field("text").max_length


class SentenceForm(forms.Form):
    """Why two people were matched, in a coordinator's words."""

    text = forms.CharField(
        label="What both of them read",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Write to both of them: “You both …”.",
        error_messages={"required": "Write a sentence, or leave it out with the button below."},
    )

    def clean_text(self) -> str:
        """One line that ends like a sentence: a letter gets a full stop, but not where other marks are in use."""
        text = " ".join(printable(str(self.cleaned_data["text"])).split())
        if not any(char.isalnum() for char in text):
            raise forms.ValidationError(self.fields["text"].error_messages["required"], code="required")
        last = text.rstrip("”’\"')]}>»")[-1:]
        if last.isalnum() and east_asian_width(last) not in "WF":
            text += "."
        if len(text) > (LONGEST or 0):
            raise forms.ValidationError(f"Use at most {LONGEST} characters.")
        return text
