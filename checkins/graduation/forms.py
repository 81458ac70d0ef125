"""The form for a graduation criterion."""

from typing import Any

from django import forms

from checkins.models import GraduationCriterion


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
