"""Forms for contributions and their entries."""

from typing import Any

from django import forms

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from partners.models import Contribution
from partners.records.forms import CurrencyField, day_input


class ContributionForm(forms.ModelForm):
    """A contribution that a partner pledges."""

    currency = CurrencyField(max_length=3, required=False, help_text="Of money only.")
    value_currency = CurrencyField(max_length=3, required=False)

    class Meta:
        model = Contribution
        fields = ("cohort", "kind", "what", "pledged", "currency", "licence", "link", "value", "value_currency")
        labels = {"pledged": "How much", "value": "Worth about", "value_currency": "Currency of that"}

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]
        self.fields["cohort"].empty_label = None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Contribution.Kind.MONEY and not data.get("currency"):
            self.add_error("currency", "Money needs a currency.")
        return data

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "partner", "currency"}  # type: ignore[misc]


class GivenForm(forms.Form):
    """A record of something given."""

    quantity = forms.DecimalField(label="How much", min_value=0, max_digits=12, decimal_places=3)
    on = forms.DateField(label="On", widget=day_input())
    note = forms.CharField(max_length=200, required=False)
    person = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="nobody in particular",
        help_text="Who gave it, such as somebody whom the partner lends: they confirm it, too.",
    )

    def __init__(self, *args: Any, contribution: Contribution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helping = Enrollment.objects.filter(cohort=contribution.cohort).occupying_place().exclude(role="mentee")
        people = User.objects.filter(enrollments__in=helping)
        self.fields["person"].queryset = people.distinct()  # type: ignore[attr-defined]
