"""Input of the matching pages."""

from typing import Any

from django import forms

from matching.board.planning import PLANS, Wish
from matching.models import Match


class WishForm(forms.Form):
    """A change on the board, by the ids of enrollments, with the version of the board that its maker saw."""

    do = forms.ChoiceField(choices=[(name, name) for name in PLANS])
    mentee = forms.IntegerField(required=False, min_value=0)
    mentor = forms.IntegerField(required=False, min_value=0)
    other = forms.IntegerField(required=False, min_value=0)
    theirs = forms.IntegerField(required=False, min_value=0)

    @property
    def wish(self) -> Wish:
        return Wish(**{name: self.cleaned_data[name] or (0 if name != "do" else "") for name in self.fields})


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=0)


class RunNameForm(forms.Form):
    """What coordinators call a run."""

    name = forms.CharField(max_length=60, required=False, label="Name")


class MatchStatusForm(forms.Form):
    """The next status of a match."""

    to = forms.ChoiceField(label="It is now")
    reason = forms.CharField(max_length=300, required=False, help_text="Kept in the history; nobody is mailed.")

    def __init__(self, *args: Any, match: Match, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Another mentor has a page of its own, which tells both sides.
        self.fields["to"].choices = [s for s in match.next_statuses if s[0] != Match.Status.REMATCHED]  # type: ignore[attr-defined]
