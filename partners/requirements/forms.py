"""Forms for requirements: the list, and a contact's answer."""

from typing import Any

from django import forms

from partners.models import RequirementList


class RequirementsForm(forms.Form):
    """The sentences of the list."""

    items = forms.CharField(
        label="What you ask of partners",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="One point per line. Contacts tick each of them.",
    )

    def clean_items(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["items"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))


class AcceptForm(forms.Form):
    """The sentences that a contact accepts."""

    accepted = forms.MultipleChoiceField(label="We accept", required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(
        label="What you can’t accept, or would like to talk about",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    number = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, requirements: RequirementList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(place), item) for place, item in enumerate(requirements.items)]
        self.fields["accepted"].choices = choices  # type: ignore[attr-defined]
        self._items = requirements.items

    def clean_accepted(self) -> list[str]:
        return [self._items[int(place)] for place in self.cleaned_data["accepted"]]
