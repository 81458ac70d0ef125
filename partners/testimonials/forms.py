"""Forms for quotes: the coordinators' note, and the answer of the person."""

from typing import Any

from django import forms

from mentorship.core.ui.forms.long_choice import LongChoiceField
from partners.models import Quote
from partners.testimonials.services import people_to_quote


class QuoteForm(forms.ModelForm):
    """A quote to ask about, or somebody to ask for a few words."""

    person = LongChoiceField(
        label="Whose words",
        empty_label="Choose a person",
        help_text="They get an email with exactly these words and this name. Nothing is published before they agree.",
    )

    class Meta:
        model = Quote
        fields = ("person", "text", "attribution")
        labels = {"text": "Words", "attribution": "Name below them"}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people_to_quote(self.instance.cohort))  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The person's own words and name, and their consent."""

    text = forms.CharField(
        label="Your words", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text="You can change them."
    )
    attribution = forms.CharField(
        label="Name below them",
        max_length=160,
        required=False,
        help_text="Such as: Ana, a mentor in spring 2027. Leave it empty to stay unnamed.",
    )
    agreed = forms.BooleanField(
        label="You may publish these words with this name",
        error_messages={"required": "Tick the box if you agree. Otherwise choose “No, thank you”."},
    )
