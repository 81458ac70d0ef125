"""Agreements above rounds: a framework over years, with scopes of which rounds take their part."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from partners.models.fields import currency_field, money_field
from partners.models.records import Partner
from partners.querysets import AgreementQuerySet


class Agreement(models.Model):
    """An agreement with a partner for several rounds or years; each sponsorship of a round draws on it."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="agreements")
    name = models.CharField(max_length=120)
    draft = models.BooleanField("not agreed yet", default=False, help_text="Only coordinators see it.")
    starts_on = models.DateField("from")
    ends_on = models.DateField("until")
    amount = money_field(default=0, validators=[MinValueValidator(0)], help_text="In all. Empty: no money.")
    currency = currency_field(default="EUR")
    decided_by = models.CharField("who decided", max_length=160, blank=True)
    decided_where = models.CharField(
        "where it was decided", max_length=160, blank=True, help_text="Such as the local team, or the meeting."
    )
    note = models.TextField(blank=True, help_text="The coordinators' own note.")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "name"], name="agreement_name_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="agreement_ends_after_start"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="agreement_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:agreement-detail", args=[self.pk])


class AgreementScope(models.Model):
    """One part of an agreement, such as two cohorts of two months for one community."""

    class Kind(models.TextChoices):
        TWO_MONTHS = "two_months", "cohort of two months"
        FOUR_MONTHS = "four_months", "cohort of four months"
        CURRICULUM = "curriculum", "extra curriculum"
        OPEN_CALL = "open_call", "open call across communities"
        OTHER = "other", "something else"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="scopes")
    kind = models.CharField(max_length=20, choices=Kind)
    what = models.CharField(max_length=300, help_text="Such as: two cohorts for the marine community.")
    number = models.PositiveSmallIntegerField("how many", default=1, help_text="Rounds, or courses.")
    amount = money_field(default=0, validators=[MinValueValidator(0)], help_text="Of the whole. Empty: not divided.")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="scope_amount_positive")]

    def __str__(self) -> str:
        return self.what
