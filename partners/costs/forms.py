"""Forms for funds, costs and payers."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from cohorts.models import Cohort, Programme
from mentorship.core.ui.forms.date_inputs import DayInput
from mentorship.core.ui.forms.long_choice import LongChoiceField, offer_latest
from partners.costs.regions import people_of_rounds
from partners.costs.services import FILE_LIMIT, Payer
from partners.models import Cost, CostShare, Fund, Partner
from partners.records.forms import (
    CENT,
    AmountField,
    CommunitiesField,
    CurrencyField,
    PlacesField,
    ProgrammeChoice,
    offer_communities,
)
from training.models import TrainingSession

FILE_KINDS = (".pdf", ".png", ".jpg", ".jpeg", ".xml", ".csv", ".txt")


class FundForm(ProgrammeChoice, forms.ModelForm):
    """A budget with a term; a new one belongs to one of the coordinator's programmes."""

    budget = AmountField()
    currency = CurrencyField(max_length=3, initial="EUR")
    countries = PlacesField(required=False)
    communities = CommunitiesField(required=False)

    class Meta:
        model = Fund
        fields = (
            "name",
            "kind",
            "cohort",
            "partner",
            "purpose",
            "countries",
            "communities",
            "budget",
            "currency",
            "starts_on",
            "ends_on",
        )
        field_classes = {"cohort": LongChoiceField, "partner": LongChoiceField}
        labels = {"partner": "Given by", "starts_on": "From", "ends_on": "Until"}
        help_texts = {
            "partner": "",
            "cohort": "A fund of one round, such as its discretionary budget, pays costs of no other.",
        }
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}

    def __init__(self, *args: Any, programmes: QuerySet[Programme] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["programme", *self.Meta.fields])
        if programmes is None:
            workspaces: Any = [self.instance.workspace_id]
            del self.fields["programme"]
        else:
            workspaces = programmes.values("workspace")
            self.offer_programmes(programmes)
        self.fields["partner"].offer(Partner.objects.filter(workspace__in=workspaces))  # type: ignore[attr-defined]
        cohorts = Cohort.objects.filter(programme__workspace__in=workspaces)
        self.fields["cohort"].offer(latest_first(cohorts))  # type: ignore[attr-defined]
        self.fields["cohort"].empty_label = "the whole programme"  # type: ignore[attr-defined]
        offer_communities(self, cohorts)

    @property
    def workspace_id(self) -> int | None:
        """The workspace of the fund: its own, or that of the only or the chosen programme."""
        if self.instance.pk:
            return self.instance.workspace_id
        only = self.programmes[0] if len(self.programmes) == 1 else self.cleaned_data.get("programme")
        return only.workspace_id if only else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        same = Fund.objects.filter(workspace=self.workspace_id, name=data.get("name", "")).exclude(pk=self.instance.pk)
        if self.workspace_id and same.exists():
            self.add_error("name", "Another fund has this name.")
        if self.workspace_id and data.get("partner") and data["partner"].workspace_id != self.workspace_id:
            self.add_error("partner", "This partner belongs to another programme.")
        if self.workspace_id and data.get("cohort") and data["cohort"].workspace_id != self.workspace_id:
            self.add_error("cohort", "This round belongs to another programme.")
        return data


class CostForm(forms.ModelForm):
    """A cost, with the provider's invoice as a file."""

    amount = AmountField(least=CENT)
    currency = CurrencyField(max_length=3, initial="EUR")
    file = forms.FileField(required=False, label="Provider's invoice", help_text="PDF, picture or XML, 5 MB at most.")

    class Meta:
        model = Cost
        fields = (
            "cohort",
            "session",
            "what",
            "purpose",
            "person",
            "amount",
            "currency",
            "paid_on",
            "provider",
            "invoice_number",
            "invoice_date",
        )
        field_classes = {"cohort": LongChoiceField, "person": LongChoiceField}
        widgets = {"paid_on": DayInput(), "invoice_date": DayInput()}

    def __init__(self, *args: Any, cohorts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].offer(latest_first(cohorts))  # type: ignore[attr-defined]
        self.fields["person"].offer(people_of_rounds(cohorts))  # type: ignore[attr-defined]
        self.fields["person"].empty_label = "everybody in the round"  # type: ignore[attr-defined]
        sessions = TrainingSession.objects.for_cohorts(cohorts).select_related("training", "cohort")
        chosen = (self.instance.session_id, self.initial.get("session"), self.data.get(self.add_prefix("session")))
        offer_latest(self.fields["session"], sessions.order_by("-starts_at", "-pk"), *chosen)
        self.fields["session"].empty_label = "no training session"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        cohort, person = data.get("cohort"), data.get("person")
        if (
            cohort
            and person
            and not people_of_rounds(Cohort.objects.filter(pk=cohort.pk)).filter(pk=person.pk).exists()
        ):
            self.add_error("person", f"{person} is not in {cohort}.")
        return data

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and (file.size > FILE_LIMIT or not file.name.lower().endswith(FILE_KINDS)):
            raise forms.ValidationError("Choose a PDF, picture or XML of 5 MB at most.")
        return file

    def save(self, commit: bool = False) -> Cost:
        """The cost, not saved, with the file in it."""
        cost: Cost = super().save(commit=False)
        if file := self.cleaned_data.get("file"):
            cost.file_name, cost.file_data = file.name[-200:], file.read()
        return cost


class PayerForm(forms.Form):
    """One payer and their part."""

    who = forms.ChoiceField(label="Who pays")
    kind = forms.ChoiceField(label="How", choices=CostShare.Kind, initial=CostShare.Kind.PERCENT)
    value = forms.DecimalField(
        label="How much", min_value=0, max_digits=15, decimal_places=3, help_text="Per cent, amount, or people."
    )
    rate = forms.DecimalField(
        label="Rate",
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=8,
        help_text="Of their currency for one of the cost's.",
    )
    rate_on = forms.DateField(label="Of which day", required=False, widget=DayInput())

    def __init__(self, *args: Any, who: dict[str, Partner | Fund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payers = who
        self.fields["who"].choices = [("", "…"), *((k, f"{p} ({p.currency})") for k, p in who.items())]  # type: ignore[attr-defined]

    def payer(self) -> Payer:
        """The payer for the service."""
        fields = self.cleaned_data
        return Payer(
            self.payers[fields["who"]], fields["kind"], fields["value"], fields["rate"] or PAR, fields["rate_on"]
        )


PAR = Payer.rate
PayerFormSet = forms.formset_factory(PayerForm, extra=0, min_num=1, validate_min=True, max_num=20)


def payers_for(cost: Cost) -> dict[str, Partner | Fund]:
    """The partners and funds of the programme, by their key in the form."""
    partners = Partner.objects.filter(workspace_id=cost.workspace_id)
    funds = Fund.objects.filter(Q(cohort=None) | Q(cohort=cost.cohort_id), workspace_id=cost.workspace_id)
    return {**{f"partner:{p.pk}": p for p in partners}, **{f"fund:{f.pk}": f for f in funds}}


def cohorts_for(programmes: Any) -> Any:
    """The cohorts that a cost may belong to."""
    return Cohort.objects.filter(programme__in=programmes)


def latest_first(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Cohorts to choose from: mostly it is one of the latest."""
    return cohorts.select_related("programme").order_by("-starts_on", "-pk")
