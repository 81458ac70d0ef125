"""Forms for the status of a match and for a pair's goals and notes."""

from typing import Any

from django import forms

from matching.models import Match, PairGoal, PairMeeting, PairNote
from mentorship.core.ui.forms.date_inputs import DayInput
from mentorship.core.ui.forms.time_zone_field import ReaderMomentField


class MatchStatusForm(forms.Form):
    """The next status of a match."""

    to = forms.ChoiceField(label="New status")
    reason = forms.CharField(max_length=300, required=False, help_text="Kept in the history. Nobody gets an email.")

    def __init__(self, *args: Any, match: Match, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A rematch has a page of its own, which tells both sides.
        self.fields["to"].choices = [s for s in match.next_statuses if s[0] != Match.Status.REMATCHED]  # type: ignore[attr-defined]


class PairGoalForm(forms.ModelForm):
    """One goal of a pair."""

    class Meta:
        model = PairGoal
        fields = ("text",)
        labels = {"text": "A goal"}
        help_texts = {"text": "Something you’ll be able to see when you reach it, such as “give one talk”."}


class PairNoteForm(forms.ModelForm):
    """A note of a pair, with the version that its writer saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    class Meta:
        model = PairNote
        fields = ("met_on", "text")
        labels = {"text": "Note", "met_on": "Day of the meeting"}
        widgets = {
            "met_on": DayInput(),
            "text": forms.Textarea(attrs={"rows": 10}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.version


class PairMeetingForm(forms.ModelForm):
    """The time and place of a meeting, on the reader's clock."""

    starts_at = ReaderMomentField(label="Starts")

    class Meta:
        model = PairMeeting
        fields = ("starts_at", "minutes", "place")
        labels = {"minutes": "Minutes", "place": "Where"}
