"""Forms for invoices, payments, the biller and bank statements."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from mentorship.core.sheets.fields import SheetField
from mentorship.core.ui.forms.date_inputs import DayInput
from partners.billing.bank.entries import BankQuestion
from partners.billing.bank.sheet import LIMITS
from partners.billing.credits import LineLeft
from partners.billing.journal import DATEV_FIELDS
from partners.documents import formatting
from partners.documents.identifiers import vat_number
from partners.models import Biller, CostShare, InstalmentDue, Invoice, InvoiceLine, Partner, Sponsorship
from partners.money.currency import rounded, short_price
from partners.records.forms import AmountField, CountryField, CurrencyField

NOT_VAT = "Enter a VAT number of your country with its letters, such as DE123456789. Enter any other number as {}."


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
    reminder_days = DaysField(
        required=False, help_text="Days past the due date, such as 3, 14, 30. Leave empty for none."
    )

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
            "registration_number",
            "email",
            "contact_name",
            "contact_phone",
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
        if data.get("vat_id"):
            data["vat_id"] = vat_number(data["vat_id"], data.get("country", ""))
            if not data["vat_id"]:
                self.add_error("vat_id", NOT_VAT.format("tax number or registration number"))
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
        of_round = Q(sponsorship__partner=partner, sponsorship__draft=False)
        of_agreement = Q(framework__partner=partner, framework__draft=False)
        open_parts = InstalmentDue.objects.filter(of_round | of_agreement, invoice=None)
        shares = partner.shares.filter(status="agreed", invoice=None).select_related("cost__cohort")
        seats = partner.sponsorships.filter(draft=False, group__isnull=False, seat_price__gt=0)
        self.fields["instalments"].queryset = open_parts.select_related("sponsorship__cohort", "framework")  # type: ignore[attr-defined]
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
            "service_from",
            "service_to",
            "po_number",
            "buyer_reference",
            "tax_category",
            "tax_percent",
            "exempt_reason",
            "language",
            "terms_days",
            "note",
            "e_invoice",
            "e_format",
        )
        widgets = {"service_from": DayInput(), "service_to": DayInput()}
        labels = {"tax_percent": "VAT in per cent"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["e_format"].required = False

    def clean_e_format(self) -> str:
        return str(self.cleaned_data["e_format"] or self.instance.e_format)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("service_from") and not data.get("service_to"):
            data["service_to"] = data["service_from"]
        if data.get("service_to") and not data.get("service_from"):
            self.add_error("service_from", "Enter the first day of the service.")
        elif data.get("service_to") and data["service_to"] < data["service_from"]:
            self.add_error("service_to", "Enter the first day or a later one.")
        if data.get("tax_category") == Invoice.Tax.STANDARD and not data.get("tax_percent"):
            self.add_error("tax_percent", "Enter the percentage of VAT.")
        return data


# The total of 200 such lines, with VAT, still fits its column.
MOST_OF_A_LINE = 4_000_000_000


class LineForm(forms.Form):
    """One line of an invoice; without a VAT of its own it has that of the invoice."""

    text = forms.CharField(label="What", max_length=300)
    quantity = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, initial=1)
    price = forms.DecimalField(min_value=0, max_digits=18, decimal_places=InvoiceLine.MAX_PRICE_DECIMALS)
    tax_category = forms.ChoiceField(
        label="VAT", required=False, choices=[("", "Same as the invoice"), *Invoice.Tax.choices]
    )
    tax_percent = forms.DecimalField(label="Per cent", required=False, min_value=0, max_digits=5, decimal_places=2)
    credits = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def clean_quantity(self) -> Any:
        if not self.cleaned_data["quantity"]:
            raise forms.ValidationError("Enter a quantity above zero.")
        return self.cleaned_data["quantity"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("quantity") or 0) * (data.get("price") or 0) > MOST_OF_A_LINE:
            self.add_error("price", f"A line can’t come to more than {MOST_OF_A_LINE:,}.")
        if data.get("tax_category") == Invoice.Tax.STANDARD and not data.get("tax_percent"):
            self.add_error("tax_percent", "Enter the percentage.")
        if data.get("tax_category") != Invoice.Tax.STANDARD:
            data["tax_percent"] = Decimal(0) if data.get("tax_category") else None
        return data


class CreditLineForm(forms.Form):
    """How much of one line of an invoice a credit note takes back."""

    quantity = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, required=False)
    price = forms.DecimalField(
        min_value=0, max_digits=18, decimal_places=InvoiceLine.MAX_PRICE_DECIMALS, required=False
    )

    def __init__(self, *args: Any, left: LineLeft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.initial = {"quantity": left.quantity, "price": short_price(left.price)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        quantity, price = data.get("quantity") or Decimal(0), data.get("price") or Decimal(0)
        if rounded(quantity * price, self.left.currency) > self.left.amount:
            most = formatting.money(self.left.amount, self.left.currency)
            self.add_error("quantity", f"Only {most} of this line is left to credit.")
        return data


LineFormSet = forms.formset_factory(LineForm, extra=0, min_num=1, validate_min=True, max_num=200)


class PaymentForm(forms.Form):
    """A payment that was received."""

    amount = AmountField()
    on = forms.DateField(label="On", widget=DayInput())
    reference = forms.CharField(max_length=200, required=False)


class RefundForm(forms.Form):
    """Credit that was paid back."""

    amount = AmountField()
    on = forms.DateField(label="On", widget=DayInput())
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


class JournalForm(forms.Form):
    """The format of an export for bookkeeping, and the numbers of the accounts that it uses."""

    format = forms.ChoiceField(
        choices=[("csv", "CSV"), ("xlsx", "Excel"), ("datev", "DATEV (Buchungsstapel)")], initial="csv"
    )
    datev_consultant = forms.RegexField(r"^\d{4,7}$", required=False, label="DATEV consultant number")
    datev_client = forms.RegexField(r"^\d{1,5}$", required=False, label="DATEV client number")
    datev_year_start = forms.RegexField(
        r"^01\.(0[1-9]|1[0-2])\.?$",
        required=False,
        label="First day of the financial year",
        help_text="Day and month, such as 01.01. For DATEV.",
    )
    datev_account_length = forms.RegexField(
        r"^[4-8]$", required=False, label="Digits of an account", help_text="4 to 8. For DATEV."
    )

    def __init__(self, *args: Any, accounts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._accounts = accounts
        for key in accounts:
            self.fields[key] = forms.RegexField(
                r"^[\w.\-]{1,20}$", label=_account_in_words(key), help_text="The number in your bookkeeping."
            )
        self.order_fields(["format", *accounts])

    def knows_all(self, kind: str) -> bool:
        """Whether all numbers for an export of a kind are known from before."""
        needed = [*self._accounts, *(DATEV_FIELDS if kind == "datev" else ())]
        return kind in dict(self.fields["format"].choices) and all(self.initial.get(key) for key in needed)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("format") == "datev":
            for name in DATEV_FIELDS:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "DATEV needs this.")
        return data

    @property
    def accounts(self) -> dict[str, str]:
        """The numbers that were entered, to be remembered."""
        return {key: value for key, value in self.cleaned_data.items() if key != "format" and value}


def _account_in_words(key: str) -> str:
    if key in ("receivable", "bank"):
        return {"receivable": "Receivables account", "bank": "Bank account"}[key]
    use, _, kind = key.partition(" ")
    category, _, percent = kind.partition(" ")
    vat = f"{percent}% VAT" if percent else str(Invoice.Tax(category).label)
    return f"Revenue account, {vat}" if use == "revenue" else f"Account for {vat}"
