"""Forms for invoices, payments, the biller and bank statements."""

from collections.abc import Sequence
from typing import Any

from django import forms

from mentorship.core.sheets.fields import SheetField
from partners.billing.bank.entries import BankQuestion
from partners.billing.bank.sheet import LIMITS
from partners.models import Biller, CostShare, InstalmentDue, Invoice, Partner, Sponsorship
from partners.records.forms import CountryField, CurrencyField, day_input


class DaysField(forms.CharField):
    """A list of numbers of days, written with commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        words = str(value or "").replace(",", " ").split()
        if not all(w.isascii() and w.isdigit() and 0 < int(w) <= 365 for w in words) or len(words) > 10:
            raise forms.ValidationError("Write days as numbers from 1 to 365, separated by commas.")
        return sorted({int(w) for w in words})

    def validate(self, value: Any) -> None:
        """Accept an empty list: no reminders."""


class StatementField(SheetField):
    """An uploaded bank statement."""

    kinds = ".xml,.zip,.sta,.mta,.940,.mt940,.csv,.tsv,.txt,.xlsx,.ods"


class BillerForm(forms.ModelForm):
    """The organisation that issues invoices, and its terms."""

    country = CountryField()
    reminder_days = DaysField(required=False, help_text="Days past the due date, such as 3, 14, 30. Empty: none.")

    class Meta:
        model = Biller
        fields = (
            "legal_name",
            "street",
            "postcode",
            "city",
            "country",
            "vat_id",
            "tax_number",
            "email",
            "bank",
            "iban",
            "bic",
            "vat_percent",
            "exempt_reason",
            "terms_days",
            "reminder_days",
            "invoice_prefix",
            "credit_prefix",
            "paper",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("vat_percent") and not data.get("exempt_reason"):
            self.add_error("exempt_reason", "Without VAT, invoices must say why.")
        if data.get("invoice_prefix") == data.get("credit_prefix"):
            self.add_error("credit_prefix", "Credit notes need numbers of their own.")
        return data


class BillForm(forms.Form):
    """Instalments, cost shares and seats to put on one invoice."""

    instalments = forms.ModelMultipleChoiceField(
        queryset=InstalmentDue.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    shares = forms.ModelMultipleChoiceField(
        label="Shares of costs", queryset=CostShare.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    seats = forms.ModelMultipleChoiceField(
        queryset=Sponsorship.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_parts = InstalmentDue.objects.filter(sponsorship__partner=partner, sponsorship__draft=False, invoice=None)
        shares = partner.shares.filter(status="agreed", invoice=None).select_related("cost__cohort")
        seats = partner.sponsorships.filter(draft=False, group__isnull=False, seat_price__gt=0)
        self.fields["instalments"].queryset = open_parts.select_related("sponsorship__cohort")  # type: ignore[attr-defined]
        self.fields["shares"].queryset = shares  # type: ignore[attr-defined]
        self.fields["seats"].queryset = seats.select_related("partner", "cohort")  # type: ignore[attr-defined]
        for name in list(self.fields):
            if not self.fields[name].queryset.exists():  # type: ignore[attr-defined]
                del self.fields[name]


class DraftForm(forms.ModelForm):
    """The fields of a draft besides its lines."""

    class Meta:
        model = Invoice
        fields = (
            "po_number",
            "language",
            "terms_days",
            "tax_category",
            "tax_percent",
            "exempt_reason",
            "e_invoice",
            "note",
        )


class LineForm(forms.Form):
    """One line of an invoice."""

    text = forms.CharField(label="What", max_length=300)
    quantity = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, initial=1)
    price = forms.DecimalField(min_value=0, max_digits=15, decimal_places=3)

    def clean_quantity(self) -> Any:
        if not self.cleaned_data["quantity"]:
            raise forms.ValidationError("Not zero.")
        return self.cleaned_data["quantity"]


LineFormSet = forms.formset_factory(LineForm, extra=0, min_num=1, validate_min=True, max_num=200)


class PaymentForm(forms.Form):
    """A payment that was received."""

    amount = forms.DecimalField(min_value=0)
    on = forms.DateField(label="On", widget=day_input())
    reference = forms.CharField(max_length=200, required=False)


class RefundForm(forms.Form):
    """Credit that was paid back."""

    amount = forms.DecimalField(min_value=0)
    on = forms.DateField(label="On", widget=day_input())
    reference = forms.CharField(max_length=200, required=False)


class BankForm(forms.Form):
    """A bank statement to import."""

    file = StatementField(
        limits=LIMITS,
        label="Statement from your bank",
        help_text="camt.053 (XML or ZIP), MT940 (.sta, .mta), CSV, XLSX or ODS; up to 10 MB.",
    )
    currency = CurrencyField(max_length=3, required=False, help_text="Only needed if the file doesn’t say it.")


class StatementForm(forms.Form):
    """The questions that a bank's file leaves open."""

    def __init__(self, *args: Any, questions: Sequence[BankQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.name] = (
                forms.ChoiceField(
                    label=question.label,
                    help_text=question.help,
                    choices=question.choices,
                    widget=forms.RadioSelect,
                    error_messages={"required": "Choose one."},
                )
                if question.choices
                else CurrencyField(max_length=3, label=question.label, help_text=question.help)
            )
