"""Forms for sponsorships, instalments and deliverables."""

from typing import Any

from django import forms

from cohorts.models import Group
from mentorship.core.ui.forms.date_inputs import DayInput
from partners.models import Agreement, AgreementScope, Deliverable, Sponsorship
from partners.records.forms import AmountField, CommunitiesField, CurrencyField, PlacesField, offer_communities


class SponsorshipForm(forms.ModelForm):
    """A partner's support and its terms."""

    scope = forms.CharField(label="With what", max_length=300, help_text="Such as: the time of 15 people.")
    amount = AmountField(required=False, help_text="Leave empty if there is no money.")
    currency = CurrencyField(max_length=3, required=False)
    seat_price = forms.DecimalField(
        label="Price of a seat", min_value=0, required=False, help_text="What one accepted person of its group costs."
    )
    countries = PlacesField(required=False)
    communities = CommunitiesField(required=False)

    class Meta:
        model = Sponsorship
        fields = (
            "cohort",
            "scope",
            "framework",
            "part",
            "starts_on",
            "ends_on",
            "amount",
            "currency",
            "po_number",
            "group",
            "seat_price",
            "countries",
            "communities",
            "draft",
        )
        labels = {"starts_on": "From", "ends_on": "Until", "draft": "Not agreed yet"}
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]
        self.fields["cohort"].empty_label = None  # type: ignore[attr-defined]
        groups = Group.objects.filter(cohort__in=cohorts).select_related("cohort")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        agreements = self.instance.partner.agreements.all()
        self.fields["framework"].queryset = agreements  # type: ignore[attr-defined]
        parts = AgreementScope.objects.filter(agreement__in=agreements).select_related("agreement")
        self.fields["part"].queryset = parts  # type: ignore[attr-defined]
        self.fields["part"].label_from_instance = lambda one: f"{one.agreement}: {one}"  # type: ignore[attr-defined]
        for name, empty in (("framework", "no agreement above the round"), ("part", "no scope")):
            self.fields[name].empty_label = empty  # type: ignore[attr-defined]
            if not self.fields[name].queryset.exists():  # type: ignore[attr-defined]
                del self.fields[name]
        offer_communities(self, cohorts)
        if self.instance.pk:
            del self.fields["cohort"]

    def clean_amount(self) -> Any:
        return self.cleaned_data["amount"] or 0

    def clean_seat_price(self) -> Any:
        return self.cleaned_data["seat_price"] or 0

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or "EUR"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "The end must not lie before the start.")
        part, framework = data.get("part"), data.get("framework")
        if part and framework and part.agreement_id != framework.pk:
            self.add_error("part", f"This is not a scope of {framework}.")
        return data

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "partner"}  # type: ignore[misc]


class AgreementForm(forms.ModelForm):
    """An agreement for several rounds or years."""

    amount = AmountField(required=False, help_text="The total. Leave empty if there is no money.")
    currency = CurrencyField(max_length=3, required=False)

    class Meta:
        model = Agreement
        fields = (
            "name",
            "starts_on",
            "ends_on",
            "amount",
            "currency",
            "decided_by",
            "decided_where",
            "note",
            "draft",
        )
        widgets = {
            "starts_on": DayInput(),
            "ends_on": DayInput(),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_amount(self) -> Any:
        return self.cleaned_data["amount"] or 0

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"] or self.instance.currency

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "The end must not lie before the start.")
        same = Agreement.objects.filter(partner=self.instance.partner, name=data.get("name", ""))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", "Another agreement with this partner has this name.")
        return data


class ScopeForm(forms.ModelForm):
    """One part of an agreement."""

    amount = AmountField(required=False, help_text="For the whole scope. Leave empty if it isn’t divided.")

    class Meta:
        model = AgreementScope
        fields = ("kind", "what", "number", "amount")

    def clean_amount(self) -> Any:
        return self.cleaned_data["amount"] or 0


class InstalmentForm(forms.Form):
    """One part of the money, or the rest in equal parts."""

    due_on = forms.DateField(label="Due on", widget=DayInput())
    amount = AmountField(required=False, help_text="Leave empty for everything without a date yet.")
    what = forms.CharField(label="What for", max_length=200, required=False, help_text="Such as: on signing.")
    parts = forms.IntegerField(
        label="In equal parts",
        min_value=1,
        max_value=36,
        initial=1,
        required=False,
        help_text="Splits what has no day yet, to the last cent.",
    )
    months = forms.IntegerField(label="Months between them", min_value=1, max_value=12, initial=3, required=False)


class DeliverableForm(forms.Form):
    """A service that the programme owes the partner."""

    what = forms.CharField(max_length=200, help_text="Such as: a report after the cohort.")
    due_on = forms.DateField(label="Until", required=False, widget=DayInput())


class DeliverableStatusForm(forms.ModelForm):
    """A deliverable, and how far it is."""

    class Meta:
        model = Deliverable
        fields = ("status", "link", "what", "due_on")
        labels = {"due_on": "Until"}
        widgets = {"due_on": DayInput()}
        help_texts = {"link": "Where it can be seen.", "status": "The partner’s contacts see it at once."}
