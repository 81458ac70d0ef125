"""Bank statements, their lines, and payments."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from mentorship.core.accounts.models import Workspace
from partners.models.billing import Invoice
from partners.models.fields import currency_field, money_field


class BankStatement(models.Model):
    """An uploaded bank statement with open questions, kept until they are answered and it is imported."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="bank_statements")
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    answers = models.JSONField(default=dict, help_text="What is known of the file, by the name of the question.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:bank-statement-detail", args=[self.pk])


class BankLayout(models.Model):
    """How a bank writes its sheets: what a coordinator answered once, for all sheets with the same columns."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="bank_layouts")
    key = models.CharField(max_length=64, help_text="A digest of the names of the columns.")
    columns = models.TextField(help_text="The names of the columns, to be recognised by people.")
    answers = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="bank_layout_once")]

    def __str__(self) -> str:
        return self.columns


class BankLine(models.Model):
    """A line of an imported bank statement. `amount` is negative where money went out."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="bank_lines")
    key = models.CharField(max_length=64, help_text="A line that comes twice is one.")
    on = models.DateField()
    amount = money_field()
    currency = currency_field()
    payer = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    is_return = models.BooleanField(
        default=False, db_default=False, help_text="The bank says that it takes another entry back."
    )
    ignored = models.BooleanField(default=False)

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="bank_line_once")]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.payer}"


class Payment(models.Model):
    """Money received for an invoice, returned by the bank or paid back, or credit carried over between two invoices.

    What was returned or paid back is negative: the invoice is open again by that amount, and both are on record.

    Carrying credit over makes two payments, one on each invoice: a negative one where the credit came from, a positive
    one where it went. Each names the other invoice as its `counterpart`.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", "received"
        CARRIED_OVER = "carried_over", "carried over"
        RETURNED = "returned", "returned by the bank"
        REFUNDED = "refunded", "paid back"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.RECEIVED, editable=False)
    counterpart = models.ForeignKey(
        Invoice,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="carried_payments",
        help_text="The other invoice, where credit was carried over.",
    )
    returned_payment = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="returns",
        help_text="The payment that the bank returned.",
    )
    amount = money_field()
    on = models.DateField()
    reference = models.CharField(max_length=200, blank=True)
    bank_line = models.OneToOneField(BankLine, null=True, blank=True, on_delete=models.PROTECT, related_name="payment")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="payment_is_some_money"),
            models.CheckConstraint(
                condition=Q(kind="received", counterpart__isnull=True, amount__gt=0)
                | Q(kind="carried_over", counterpart__isnull=False, bank_line__isnull=True)
                | Q(kind="returned", counterpart__isnull=True, returned_payment__isnull=False, amount__lt=0)
                | Q(kind="refunded", counterpart__isnull=True, amount__lt=0),
                name="payment_fits_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.invoice}"

    @property
    def description(self) -> str:
        """The reference, or the invoice to or from which credit was carried."""
        if self.kind == self.Kind.CARRIED_OVER:
            return f"carried over {'to' if self.amount < 0 else 'from'} {self.counterpart}"
        if self.kind == self.Kind.RECEIVED:
            return self.reference
        return ": ".join(filter(None, (self.get_kind_display(), self.reference)))

    @property
    def not_returned(self) -> Decimal:
        """The part of a payment that the bank has not returned."""
        return self.amount + sum((one.amount for one in self.returns.all()), Decimal(0))
