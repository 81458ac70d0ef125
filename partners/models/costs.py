"""Costs of a cohort or a training session, and how they are shared."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cohorts.models import Cohort
from mentorship.core.accounts.models import Workspace
from partners.models.fields import communities_field, countries_field, currency_field, money_field
from partners.models.records import Partner
from partners.money.regions import Region, region
from partners.querysets import CostQuerySet, FundQuerySet
from training.models import TrainingSession


class Fund(models.Model):
    """Money that a programme may spend: a grant, or a discretionary budget."""

    class Kind(models.TextChoices):
        GRANT = "grant", "grant"
        DISCRETIONARY = "discretionary", "discretionary"

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="funds")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.GRANT)
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="funds", help_text="Who gave it."
    )
    cohort = models.ForeignKey(
        Cohort,
        verbose_name="round",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="funds",
        help_text="Of a fund for one round only, such as its discretionary budget: it pays costs of no other.",
    )
    purpose = models.CharField(max_length=200, blank=True, help_text="What it may be spent on.")
    countries = countries_field()
    communities = communities_field()
    budget = money_field(validators=[MinValueValidator(0)])
    currency = currency_field(default="EUR")
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = FundQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="fund_name_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="fund_ends_after_start"),
            models.CheckConstraint(condition=Q(budget__gte=0), name="fund_budget_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spent(self) -> Decimal:
        """The total of agreed shares; for lists, use `with_spent()`."""
        known = getattr(self, "spent_sum", None)
        if known is None:
            known = self.shares.filter(status="agreed").aggregate(s=models.Sum("payer_amount"))["s"] or Decimal(0)
        return known

    @property
    def left(self) -> Decimal:
        return self.budget - self.spent

    @property
    def region(self) -> Region:
        """For whose people it may be spent; empty: for everybody."""
        return region(self.countries, self.communities)


class Cost(models.Model):
    """An expense: a training session, or anything else for a cohort."""

    class Purpose(models.TextChoices):
        TRAINING = "training", "training"
        HONORARIA = "honoraria", "honoraria"
        MICROGRANTS = "microgrants", "microgrants"
        STAFF = "staff", "staff time"
        INFRASTRUCTURE = "infrastructure", "infrastructure"
        EVENTS = "events", "events"
        OTHER = "other", "other"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="costs")
    session = models.ForeignKey(TrainingSession, null=True, blank=True, on_delete=models.PROTECT, related_name="costs")
    what = models.CharField(max_length=200)
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.TRAINING)
    amount = money_field(validators=[MinValueValidator(0)])
    currency = currency_field(default="EUR")
    paid_on = models.DateField("date of the cost", help_text="Must lie in the term of a fund that pays.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="for whom",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="costs",
        help_text="Such as whose headset it is, or whose stipend. Empty: for everybody in the round.",
    )
    # Where they were from when it was paid; stays when their account goes.
    country = models.CharField(max_length=2, blank=True, editable=False, default="", db_default="")
    community = models.CharField(max_length=120, blank=True, editable=False, default="", db_default="")
    provider = models.CharField(max_length=160, blank=True)
    invoice_number = models.CharField("provider's invoice number", max_length=60, blank=True)
    invoice_date = models.DateField("provider's invoice date", null=True, blank=True)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    file_data = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CostQuerySet.as_manager()

    class Meta:
        ordering = ["-paid_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="cost_is_some_money")]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("partners:cost-detail", args=[self.pk])

    @property
    def workspace_id(self) -> int:
        return self.cohort.programme.workspace_id


class CostShare(models.Model):
    """One payer's share of a cost. `amount` is in the cost's currency, `payer_amount` in the payer's."""

    class Kind(models.TextChoices):
        FIXED = "fixed", "a fixed amount"
        PERCENT = "percent", "per cent"
        HEAD = "head", "by head"

    class Status(models.TextChoices):
        PROPOSED = "proposed", "proposed"
        AGREED = "agreed", "agreed"
        DECLINED = "declined", "declined"

    cost = models.ForeignKey(Cost, on_delete=models.CASCADE, related_name="shares")
    partner = models.ForeignKey(Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="shares")
    fund = models.ForeignKey(Fund, null=True, blank=True, on_delete=models.PROTECT, related_name="shares")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PERCENT)
    value = models.DecimalField(max_digits=15, decimal_places=3, help_text="The amount, per cent, or people.")
    amount = money_field()
    payer_amount = money_field()
    payer_currency = currency_field()
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1, help_text="Units of theirs for one of ours.")
    rate_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PROPOSED)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    invoice = models.ForeignKey(
        "partners.Invoice", null=True, blank=True, on_delete=models.SET_NULL, related_name="shares"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(partner__isnull=False, fund__isnull=True) | Q(partner__isnull=True, fund__isnull=False),
                name="cost_share_one_payer",
            ),
            models.UniqueConstraint(fields=["cost", "partner"], name="cost_share_partner_once"),
            models.UniqueConstraint(fields=["cost", "fund"], name="cost_share_fund_once"),
            models.CheckConstraint(condition=Q(amount__gte=0, value__gte=0), name="cost_share_positive"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="cost_share_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.payer}: {self.cost}"

    @property
    def payer(self) -> Partner | Fund:
        payer = self.partner or self.fund
        assert payer is not None  # noqa: S101  (a constraint of the database)
        return payer
