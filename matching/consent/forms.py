"""Forms for the confirmation settings and for declining a pair."""

from typing import Any

from django import forms

from matching.models import AskedSide, ConfirmPolicy
from mentorship.core.accounts.field_access import Audience, reads_in_words


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


class DeclineForm(forms.Form):
    """Decline a pair, with a reason."""

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
        help_text=f"{reads_in_words(Audience.COORDINATORS)} You may leave it empty.",
    )
