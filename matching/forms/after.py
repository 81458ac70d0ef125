"""What people type between a proposal and the end of a match. Input only; services write."""

from typing import Any

from django import forms

from matching.models import AskedSide, ConfirmPolicy


class ConfirmPolicyForm(forms.ModelForm):
    """How a cohort confirms its pairs."""

    class Meta:
        model = ConfirmPolicy
        fields = ("grace_minutes", "ask", "mentor_first", "answer_days", "silence_declines", "confirms_itself")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The word for "nobody" comes from the model; Django would put dashes before it.
        self.fields["ask"] = forms.ChoiceField(
            choices=ConfirmPolicy.Ask.choices, required=False, label="Who is asked before a pair is confirmed"
        )


class AnswerForm(forms.Form):
    """A no, with its reason."""

    reason_kind = forms.ChoiceField(
        choices=AskedSide.Reason.choices,
        widget=forms.RadioSelect,
        label="Why not?",
        error_messages={"required": "Choose what comes closest: it helps us to find somebody better."},
    )
    reason = forms.CharField(
        max_length=300,
        required=False,
        label="In your words",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only the coordinators read it. You may leave it empty.",
    )


class RematchForm(forms.Form):
    """Who takes over, and what both sides are told beside the usual words."""

    mentor = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose who takes over, or that nobody does for now."}
    )
    reason = forms.CharField(
        max_length=300, required=False, label="Why", help_text="Kept in the history; neither side reads it."
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


class WishForm(forms.Form):
    """Somebody would like another match."""

    words = forms.CharField(
        max_length=1000,
        required=False,
        label="What should be different?",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only the coordinators read it. You may leave it empty.",
    )


class PauseForm(forms.Form):
    """Until when a mentor takes nobody new."""

    until = forms.DateField(
        required=False,
        label="Back on",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: until the pause is ended by hand.",
    )
    reason = forms.CharField(max_length=300, required=False, label="Why", help_text="Only the coordinators read it.")
    current_too = forms.BooleanField(
        required=False,
        label="I can't go on with those I mentor now, either",
        help_text="The coordinators then look for somebody else for them; until then nothing changes.",
    )

    def __init__(self, *args: Any, asks_current: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_current:
            del self.fields["current_too"]
