"""The form for a graduation criterion."""

from typing import Any

from django import forms

from checkins.graduation.suggested_criteria import SUGGESTED
from checkins.models import GraduationCriterion, PairFarewell


class SuggestedCriteriaForm(forms.Form):
    """A suggested set of criteria."""

    suggested = forms.ChoiceField(
        label="Start from a suggestion",
        choices=[(name, f"{one.label}. {one.in_words}") for name, one in SUGGESTED.items()],
        widget=forms.RadioSelect,
    )


class FarewellForm(forms.ModelForm):
    """A goodbye: what became of the goal, and thanks to the others."""

    goal = forms.ChoiceField(
        choices=PairFarewell.Goal.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what became of your goal."},
    )

    class Meta:
        model = PairFarewell
        fields = ("goal", "thanks")
        widgets = {"thanks": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, others: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goal"].label = "What became of the goal that you worked on?"
        self.fields["thanks"].label = f"Thank {others}"
        self.fields["thanks"].help_text = "Optional. We email it to them; coordinators don’t read it on their pages."


class CriterionForm(forms.ModelForm):
    """One criterion."""

    class Meta:
        model = GraduationCriterion
        fields = ("kind", "name", "number", "wave")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohort = self.instance.cohort
        self.fields["wave"].queryset = cohort.waves.all()  # type: ignore[attr-defined]
        self.fields["wave"].help_text = "For a check-in answered only."
        self.fields["number"].initial = 1

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == GraduationCriterion.Kind.SURVEY and not cleaned.get("wave"):
            self.add_error("wave", "Choose the check-in.")
        elif cleaned.get("kind") != GraduationCriterion.Kind.SURVEY:
            cleaned["wave"] = None
        others = self.instance.cohort.graduation_criteria.filter(name=cleaned.get("name")).exclude(pk=self.instance.pk)
        if others.exists():
            self.add_error("name", "There is a criterion of this name.")
        return cleaned
