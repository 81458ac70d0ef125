"""Forms for choosing another mentor and for requesting one."""

from typing import Any

from django import forms

from mentorship.core.accounts.field_access import Audience, reads_in_words


class RematchForm(forms.Form):
    """The new mentor, and messages to both sides besides the standard text."""

    mentor = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": "Choose somebody, or nobody for now."},
    )
    reason = forms.CharField(
        max_length=300, required=False, label="Why", help_text="Kept in the history. Neither side sees it."
    )
    to_mentee = forms.CharField(
        max_length=2000, required=False, label="A paragraph for the mentee", widget=forms.Textarea(attrs={"rows": 3})
    )
    to_mentor = forms.CharField(
        max_length=2000, required=False, label="A paragraph for the mentor", widget=forms.Textarea(attrs={"rows": 3})
    )

    NOBODY = "nobody"

    def __init__(self, *args: Any, candidates: list[int], pool: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(pk), str(pk)) for pk in candidates]
        self.fields["mentor"].choices = [*choices, *([(self.NOBODY, "nobody")] if pool else [])]  # type: ignore[attr-defined]


class RematchWishForm(forms.Form):
    """A participant's request for another match."""

    words = forms.CharField(
        max_length=1000,
        required=False,
        label="What should be different?",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"{reads_in_words(Audience.COORDINATORS)} You may leave it empty.",
    )
