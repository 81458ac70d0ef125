"""The form of the sentence that a pair reads. Input only."""

from django import forms

from matching.models import PairSentence

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
        """One line that ends like a sentence."""
        text = " ".join(str(self.cleaned_data["text"]).split())
        text = text if text[-1] in ".!?…。！？" else f"{text}."
        if len(text) > (LONGEST or 0):
            raise forms.ValidationError(f"Use at most {LONGEST} characters.")
        return text
