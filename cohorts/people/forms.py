"""Forms about the people of a cohort: decisions and notes. Input only."""

from typing import Any

from django import forms

from cohorts.models import Enrollment
from mentorship.core.accounts.field_access import Audience, reads_in_words


class DecisionForm(forms.Form):
    """A decision about one or many applicants."""

    to = forms.ChoiceField(
        choices=[
            (s.value, s.label)
            for s in (Enrollment.Status.ACCEPTED, Enrollment.Status.WAITLISTED, Enrollment.Status.DECLINED)
        ]
    )
    message = forms.CharField(
        label="Your own paragraph",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Goes into every one of these emails. Leave it empty for the email as it is.",
    )
    mail = forms.BooleanField(label="Send the emails", required=False, initial=True)


class DepartureForm(forms.Form):
    """Why somebody is withdrawn or removed, and the message to them."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"For your records. {reads_in_words(Audience.COORDINATORS)}",
        error_messages={"required": "Enter the reason, so that you can look it up later."},
    )
    message = forms.CharField(
        label="Your own paragraph (optional)",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It’s added to the email to them.",
    )
    mail = forms.BooleanField(
        label="Email them",
        required=False,
        initial=True,
        help_text="Anybody they’re matched with is told either way.",
    )


class NoteForm(forms.Form):
    """The coordinators' own note."""

    note = forms.CharField(required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5}))


class MergeAnswerForm(forms.Form):
    """Whether two accounts belong to one person. It takes two actions, so link scanners answer nothing."""

    answer = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an answer.", "invalid_choice": "Choose an answer."},
    )

    def __init__(self, *args: Any, question: str, yes: str, no: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = question
        self.fields["answer"].choices = [("yes", yes), ("no", no)]  # type: ignore[attr-defined]
