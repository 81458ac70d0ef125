"""Input of the matching pages."""

from typing import Any

from django import forms

from matching.factors import FACTORS
from matching.models import Match, MatchPin


class WeightsForm(forms.Form):
    """One weight for each factor; only how they compare matters."""

    require_common_language = forms.BooleanField(
        required=False,
        label="Only pairs with a language in common",
        help_text="Where both sides named their languages and share none, they are never proposed.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in FACTORS.items():
            self.fields[key] = forms.IntegerField(label=label, min_value=0, max_value=10)
        self.order_fields([*FACTORS, "require_common_language"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned[key] for key in FACTORS):
            raise forms.ValidationError("At least one weight must be more than 0.")
        return cleaned

    @property
    def weights(self) -> dict[str, float]:
        return {key: self.cleaned_data[key] for key in FACTORS}


class PairForm(forms.Form):
    """A pair of a cohort, by the ids of its enrollments."""

    mentee = forms.IntegerField()
    mentor = forms.IntegerField()


class PinForm(PairForm):
    """What becomes of the pair: locked, forbidden, or free again."""

    kind = forms.ChoiceField(choices=[*MatchPin.Kind.choices, ("none", "free")])


class MatchStatusForm(forms.Form):
    """The next status of a match."""

    to = forms.ChoiceField(label="It is now")
    reason = forms.CharField(max_length=300, required=False, help_text="Kept in the history; nobody is mailed.")

    def __init__(self, *args: Any, match: Match, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Another mentor has a page of its own, which tells both sides.
        self.fields["to"].choices = [s for s in match.next_statuses if s[0] != Match.Status.REMATCHED]  # type: ignore[attr-defined]
