"""What coordinators type for impact reports, quotes and contributions."""

from typing import Any

from django import forms

from cohorts.models import Cohort
from mentorship.accounts.models import User
from partners.forms.records import UpperField, day_input
from partners.models import Contribution, ImpactReport, Partner, Quote


class ReportForm(forms.ModelForm):
    """A report in the making."""

    blocks = forms.MultipleChoiceField(
        choices=list(ImpactReport.BLOCKS.items()), widget=forms.CheckboxSelectMultiple, label="What it tells"
    )
    year = forms.IntegerField(
        required=False, min_value=2000, max_value=2100, help_text="Instead of one cohort: all that started in it."
    )

    class Meta:
        model = ImpactReport
        fields = ("title", "partner", "cohort", "year", "words", "blocks")
        labels = {"partner": "For", "words": "Your own words"}
        widgets = {"words": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, workspaces: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("partner", "cohort", "year"):
                del self.fields[name]
            return
        self.fields["partner"].queryset = Partner.objects.filter(workspace_id__in=workspaces)  # type: ignore[attr-defined]
        self.fields["partner"].empty_label = "everybody"  # type: ignore[attr-defined]
        cohorts = Cohort.objects.filter(programme__workspace_id__in=workspaces)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]
        self.fields["cohort"].empty_label = "a whole year"  # type: ignore[attr-defined]
        self.initial.setdefault("blocks", list(ImpactReport.BLOCKS))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.instance.pk and bool(data.get("cohort")) == bool(data.get("year")):
            self.add_error("year", "A report is about one cohort or about one year.")
        return data


class ShareForm(forms.Form):
    """A secret link."""

    days = forms.IntegerField(label="Days that the link works", min_value=1, max_value=365, initial=30)


class QuoteForm(forms.ModelForm):
    """What somebody said."""

    class Meta:
        model = Quote
        fields = ("text", "attribution", "consented_on")
        labels = {"consented_on": "They agreed to print it on"}
        widgets = {"text": forms.Textarea(attrs={"rows": 3}), "consented_on": day_input()}


class ContributionForm(forms.ModelForm):
    """What a partner promises besides money that is billed."""

    currency = UpperField(max_length=3, required=False, help_text="Of money only.")
    value_currency = UpperField(max_length=3, required=False)

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
    """Something that was given."""

    quantity = forms.DecimalField(label="How much", min_value=0, max_digits=12, decimal_places=3)
    on = forms.DateField(label="On", widget=day_input())
    note = forms.CharField(max_length=200, required=False)
    person = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, empty_label="nobody in particular",
        help_text="Who gave it, such as a mentor whom the partner lends: they confirm it, too.",
    )  # fmt: skip

    def __init__(self, *args: Any, contribution: Contribution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(
            enrollments__cohort=contribution.cohort, enrollments__status__in=["accepted", "completed"],
            enrollments__role__in=["mentor", "expert", "facilitator"],
        )  # fmt: skip
        self.fields["person"].queryset = people.distinct()  # type: ignore[attr-defined]
