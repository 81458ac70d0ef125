"""Forms for contributions and their entries."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.ui.forms.date_inputs import DayInput
from mentorship.core.ui.forms.long_choice import LongChoiceField
from partners.models import Contribution, PartnerPerson
from partners.models.contributions import is_open
from partners.records.forms import CurrencyField

NO_LICENCE = "Enter an open licence, such as CC BY 4.0. If there is none, say below why you accept it anyway."


class ContributionForm(forms.ModelForm):
    """A contribution that a partner pledges."""

    currency = CurrencyField(max_length=3, required=False, help_text="Of money only.")
    value_currency = CurrencyField(max_length=3, required=False)

    class Meta:
        model = Contribution
        fields = (
            "cohort",
            "kind",
            "what",
            "pledged",
            "currency",
            "licence",
            "licence_exception",
            "link",
            "value",
            "value_currency",
        )
        labels = {"pledged": "How much", "value": "Worth about", "value_currency": "Currency of that"}

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]
        self.fields["cohort"].empty_label = None  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Contribution.Kind.MONEY and not data.get("currency"):
            self.add_error("currency", "Money needs a currency.")
        if (
            data.get("kind") == Contribution.Kind.MATERIALS
            and not is_open(data.get("licence") or "")
            and not data.get("licence_exception")
        ):
            self.add_error("licence", NO_LICENCE)
        return data

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "partner", "currency"}  # type: ignore[misc]


class OwnHoursForm(forms.Form):
    """Hours that a lent person gave on a day, or until a day."""

    person = forms.ModelChoiceField(label="For", queryset=PartnerPerson.objects.none(), empty_label="Choose one")
    quantity = forms.DecimalField(label="Hours", min_value=Decimal("0.1"), max_value=1000, decimal_places=2)
    on = forms.DateField(label="On", widget=DayInput())
    note = forms.CharField(
        label="What you did", max_length=200, required=False, help_text="Such as: four calls with my mentee."
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lent = PartnerPerson.objects.lent_hours_of(user)
        self.fields["person"].queryset = lent  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = lambda one: f"{one.partner}, {one.enrollment.cohort}"  # type: ignore[attr-defined]
        if len(only := list(lent[:2])) == 1:
            self.initial["person"] = only[0].pk

    def clean_on(self) -> date:
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError("Enter today or an earlier day.")
        return self.cleaned_data["on"]


class DeclineForm(forms.Form):
    """Why an entry isn't right."""

    reason = forms.CharField(
        label="What isn’t right",
        max_length=200,
        help_text="The person who gave the hours and the coordinators read this.",
    )


class GivenForm(forms.Form):
    """A record of something given."""

    quantity = forms.DecimalField(label="How much", min_value=0, max_digits=12, decimal_places=3)
    on = forms.DateField(label="On", widget=DayInput())
    note = forms.CharField(max_length=200, required=False)
    person = LongChoiceField(
        required=False,
        empty_label="nobody in particular",
        help_text="Who gave it, such as somebody whom the partner lends: they confirm it, too.",
    )

    def __init__(self, *args: Any, contribution: Contribution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helping = Enrollment.objects.filter(cohort=contribution.cohort).occupying_place().exclude(role="mentee")
        people = User.objects.filter(enrollments__in=helping)
        self.fields["person"].offer(people.distinct().order_by("full_name", "pk"))  # type: ignore[attr-defined]
