"""Billers, invoices and credit notes, their numbers and documents."""

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from mentorship.core.accounts.models import Workspace
from partners.models.fields import LANGUAGES, currency_field, e_format_field, money_field
from partners.models.records import Partner
from partners.querysets import InvoiceQuerySet


class Biller(models.Model):
    """The organisation that issues a programme's invoices, and its terms."""

    class Paper(models.TextChoices):
        A4 = "a4", "A4"
        LETTER = "us-letter", "Letter"

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="biller")
    legal_name = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2, help_text="Two letters, such as DE.")
    vat_id = models.CharField(
        "VAT number", max_length=40, blank=True, help_text="With the letters of its country, such as DE123456789."
    )
    tax_number = models.CharField(
        "tax number", max_length=40, blank=True, help_text="Given by your tax office, such as 17/123/45678 or an EIN."
    )
    registration_number = models.CharField(
        max_length=40, blank=True, db_default="", help_text="Of your organisation’s register, such as SC012345."
    )
    email = models.EmailField(help_text="Stands on the invoices; answers go there.")
    contact_name = models.CharField(
        "who answers questions about invoices",
        max_length=100,
        blank=True,
        db_default="",
        help_text="A person or team. XRechnung needs it.",
    )
    contact_phone = models.CharField("their phone number", max_length=40, blank=True, db_default="")
    bank = models.CharField("name of the bank", max_length=100, blank=True)
    iban = models.CharField("IBAN or account number", max_length=40)
    bic = models.CharField("BIC", max_length=15, blank=True)
    vat_percent = models.DecimalField(
        "VAT in per cent", max_digits=5, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    exempt_reason = models.CharField(
        "why no VAT is charged", max_length=200, blank=True, help_text="Stands on every invoice without VAT."
    )
    terms_days = models.PositiveSmallIntegerField(
        "days to pay", default=30, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )
    reminder_days = models.JSONField(default=list, blank=True, help_text="Days past the due date, such as [3, 14, 30].")
    invoice_prefix = models.CharField(
        max_length=20, default="INV-", help_text="Numbers count on without a gap: INV-0001, INV-0002."
    )
    credit_prefix = models.CharField(max_length=20, default="CN-")
    accounts = models.JSONField(
        null=True, blank=True, editable=False, help_text="Account numbers of the bookkeeping, by what they are for."
    )
    paper = models.CharField(max_length=12, choices=Paper, default=Paper.A4)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(vat_percent__gt=0) | ~Q(exempt_reason=""), name="biller_no_vat_has_reason"
            ),
            models.CheckConstraint(condition=~Q(invoice_prefix=models.F("credit_prefix")), name="biller_two_series"),
        ]

    def __str__(self) -> str:
        return self.legal_name


class NumberSeries(models.Model):
    """The counter of a series of invoice numbers; locked while a number is assigned and its invoice written."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="number_series")
    prefix = models.CharField(max_length=20)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [models.UniqueConstraint(fields=["workspace", "prefix"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.last:04}"


class Invoice(models.Model):
    """An invoice or a credit note.

    Once issued, only its status and reminders may change; database triggers refuse other changes.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "invoice"
        CREDIT_NOTE = "credit_note", "credit note"

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        ISSUED = "issued", "issued"
        PART_PAID = "part_paid", "partly paid"
        PAID = "paid", "paid"
        CREDITED = "credited", "credited"

    class Tax(models.TextChoices):
        STANDARD = "S", "VAT"
        ZERO = "Z", "zero-rated (0 %)"
        EXEMPT = "E", "exempt from VAT"
        REVERSE = "AE", "reverse charge"
        OUTSIDE = "O", "not subject to VAT"

    OPEN = (Status.ISSUED, Status.PART_PAID)
    # Categories with a rate: no reason is given why none is charged.
    RATED = (Tax.STANDARD, Tax.ZERO)

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="invoices")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.INVOICE)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    credits = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes")
    prefix = models.CharField(max_length=20, blank=True, editable=False)
    sequence = models.PositiveIntegerField(null=True, editable=False)
    number = models.CharField(max_length=40, blank=True, editable=False)
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    currency = currency_field()
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    po_number = models.CharField("purchase order", max_length=60, blank=True)
    buyer_reference = models.CharField(
        max_length=80, blank=True, db_default="", help_text="What they want to read on it, such as a Leitweg-ID."
    )
    service_from = models.DateField("service given from", null=True, blank=True)
    service_to = models.DateField(
        "service given until", null=True, blank=True, help_text="The same day for a single day, such as a workshop."
    )
    terms_days = models.PositiveSmallIntegerField("days to pay", default=30, validators=[MaxValueValidator(180)])
    tax_category = models.CharField("VAT", max_length=2, choices=Tax, default=Tax.EXEMPT)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    exempt_reason = models.CharField("why no VAT is charged", max_length=200, blank=True)
    e_invoice = models.BooleanField(
        "with e-invoice data", default=True, help_text="Data by EN 16931 that their software can read."
    )
    e_format = e_format_field("format of the e-invoice")
    note = models.CharField("a sentence on the invoice", max_length=300, blank=True)
    net = money_field(default=0)
    tax = money_field(default=0)
    gross = money_field(default=0)
    seller = models.JSONField(default=dict, editable=False, help_text="Who issued it, as of that day.")
    buyer = models.JSONField(default=dict, editable=False, help_text="To whom, as of that day.")
    created_at = models.DateTimeField(auto_now_add=True)
    reminded = models.PositiveSmallIntegerField(default=0, editable=False)
    next_reminder_on = models.DateField(null=True, blank=True, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "prefix", "sequence"], condition=~Q(status="draft"), name="invoice_number_once"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", sequence__isnull=True, number="")
                | (~Q(status="draft") & Q(sequence__isnull=False, issued_on__isnull=False) & ~Q(number="")),
                name="invoice_number_when_issued",
            ),
            models.CheckConstraint(
                condition=(Q(tax_category="S") & Q(tax_percent__gt=0))
                | (Q(tax_category="Z") & Q(tax_percent=0))
                | (~Q(tax_category__in=["S", "Z"]) & Q(tax_percent=0) & ~Q(exempt_reason="")),
                name="invoice_vat_fits_category",
            ),
            models.CheckConstraint(
                condition=Q(service_from__isnull=True, service_to__isnull=True)
                | Q(service_from__isnull=False, service_to__gte=models.F("service_from")),
                name="invoice_service_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", credits__isnull=True) | Q(kind="credit_note", credits__isnull=False),
                name="invoice_credit_note_of_one",
            ),
        ]
        indexes = [models.Index(fields=["status", "next_reminder_on"], name="invoice_reminder_due")]

    def __str__(self) -> str:
        return self.number or f"draft {self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("partners:invoice-detail", args=[self.pk])

    @property
    def paid(self) -> Decimal:
        """Payments, minus credit carried to other invoices."""
        return sum((p.amount for p in self.payments.all()), Decimal(0))

    @property
    def credited(self) -> Decimal:
        """The total of issued credit notes."""
        return sum((c.gross for c in self.credit_notes.all() if c.status != self.Status.DRAFT), Decimal(0))

    @property
    def balance(self) -> Decimal:
        """The amount still to be paid; negative if too much was paid."""
        return self.gross - self.paid - self.credited

    def is_overdue(self, day: date) -> bool:
        """Whether it is not paid in full and the due date has passed."""
        return self.status in self.OPEN and self.kind == "invoice" and self.due_on is not None and self.due_on < day

    def status_on(self, day: date) -> tuple[str, str]:
        """The status and its word, "overdue" included, for a pill."""
        if self.is_overdue(day):
            return "overdue", "overdue" if self.status == self.Status.ISSUED else "partly paid, overdue"
        return self.status, self.get_status_display()


class InvoiceLine(models.Model):
    """One line of an invoice. `amount` is quantity times price, rounded, without VAT.

    Without a category of its own it has the VAT of its invoice.
    """

    MAX_PRICE_DECIMALS = 6

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=10, decimal_places=2, default=1)
    price = models.DecimalField(max_digits=18, decimal_places=MAX_PRICE_DECIMALS)
    amount = money_field()
    tax_category = models.CharField("VAT", max_length=2, choices=Invoice.Tax, blank=True, db_default="")
    tax_percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    credits = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="credited_by",
        help_text="The line of the invoice that a line of a credit note takes back.",
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, price__gte=0), name="line_positive"),
            models.CheckConstraint(
                condition=Q(tax_category="", tax_percent__isnull=True)
                | Q(tax_category="S", tax_percent__gt=0)
                | (~Q(tax_category__in=["", "S"]) & Q(tax_percent=0)),
                name="line_vat_fits_category",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def vat_of(self, invoice: Invoice) -> tuple[str, Decimal]:
        """The category and percentage of VAT: its own, or those of its invoice."""
        if self.tax_category:
            return self.tax_category, self.tax_percent or Decimal(0)
        return invoice.tax_category, invoice.tax_percent


class IssuedDocument(models.Model):
    """The PDF and e-invoice as sent. A database trigger refuses changes."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="document")
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    xml = models.TextField(blank=True, help_text="The e-invoice, inside the PDF or beside it.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.invoice}.pdf"
