"""What a pair types. Input only; services write."""

from typing import Any

from django import forms

from matching.models import PairGoal, PairNote


class GoalForm(forms.ModelForm):
    """One goal, in a sentence."""

    class Meta:
        model = PairGoal
        fields = ("text",)
        labels = {"text": "A goal"}
        help_texts = {"text": "Something that you will notice when it is reached, such as “give one talk”."}


class NoteForm(forms.ModelForm):
    """A note, with the version that its writer saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    class Meta:
        model = PairNote
        fields = ("met_on", "text")
        labels = {"text": "Note", "met_on": "Day of the meeting"}
        widgets = {
            "met_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "text": forms.Textarea(attrs={"rows": 10}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.version
