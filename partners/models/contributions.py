"""Partners' contributions that are not invoiced: hours, coaches, materials, logistics, advice, and donations."""

import re
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.models import Cohort
from partners.models.fields import money_field, validate_currency
from partners.models.records import Partner
from partners.querysets import ContributionQuerySet, EntryQuerySet

# Licences that let everybody use, change and pass on a work; “NC” and “ND” don't.
_OPEN = re.compile(
    r"\b(?:CC0|CC[ -]?BY|public domain|MIT|BSD|Apache|A?L?GPL|MPL|EUPL|GFDL|ODbL|OFL)\b",
    re.IGNORECASE,
)


def is_open(licence: str) -> bool:
    """Whether a text names an open licence."""
    return bool(_OPEN.search(licence)) and not re.search(r"[ -]N[CD]\b", licence, re.IGNORECASE)


class Contribution(models.Model):
    """A partner's pledge for a cohort; its entries record the quantities given."""

    class Kind(models.TextChoices):
        MONEY = "money", "money"
        MENTOR_HOURS = "mentor_hours", "paid mentor hours"
        COACHES = "coaches", "coaches"
        MATERIALS = "materials", "materials"
        LOGISTICS = "logistics", "logistics"
        ADVICE = "advice", "advice"
        DIVERSITY = "diversity", "support for diversity"

    UNITS = {
        "mentor_hours": "hours",
        "coaches": "people",
        "materials": "pieces",
        "logistics": "days",
        "advice": "hours",
        "diversity": "hours",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="contributions")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=20, choices=Kind)
    what = models.CharField(max_length=200, help_text="The exact thing, as it should be acknowledged.")
    pledged = models.DecimalField(
        max_digits=12, decimal_places=3, validators=[MinValueValidator(0)], help_text="Hours, people, pieces or money."
    )
    currency = models.CharField(max_length=3, blank=True, validators=[validate_currency], help_text="Of money only.")
    licence = models.CharField(max_length=60, blank=True, help_text="Of materials, such as CC BY 4.0.")
    licence_exception = models.CharField(
        "why not an open licence",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Who agreed to take materials without one, and why.",
    )
    link = models.URLField(blank=True)
    value = money_field(null=True, blank=True, help_text="An estimate of what it is worth; never added to cash.")
    value_currency = models.CharField(max_length=3, blank=True, validators=[validate_currency])
    acknowledged_on = models.DateField(null=True, blank=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(pledged__gte=0), name="contribution_positive"),
            models.CheckConstraint(
                condition=(Q(kind="money") & ~Q(currency="")) | (~Q(kind="money") & Q(currency="")),
                name="contribution_money_has_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    # Set by `with_given()`: the total of confirmed entries, and of all entries.
    given: Decimal
    stated: Decimal

    @property
    def left(self) -> Decimal:
        """The pledged amount not given yet, for rows with `with_given()`."""
        return self.pledged - self.given

    @property
    def lacks_licence(self) -> bool:
        """Whether these are materials without an open licence, and nobody said why that is all right."""
        return self.kind == self.Kind.MATERIALS and not is_open(self.licence) and not self.licence_exception

    @property
    def unit(self) -> str:
        """The unit of the numbers."""
        return self.currency or self.UNITS[self.kind]


class ContributionEntry(models.Model):
    """A quantity given on a day. It counts once the partner and the person who gave it (if any) have confirmed it."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="entries")
    on = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=3, validators=[MinValueValidator(0)])
    note = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributed"
    )
    has_person = models.BooleanField(default=False, editable=False)
    person_confirmed_at = models.DateTimeField(null=True, blank=True)
    partner_confirmed_at = models.DateTimeField(null=True, blank=True)
    partner_declined_at = models.DateTimeField(null=True, blank=True)
    partner_reason = models.CharField("why not", max_length=200, blank=True, db_default="")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name_plural = "contribution entries"
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="entry_is_something")]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.contribution}"

    @property
    def counts(self) -> bool:
        """Whether everybody who has to has confirmed it."""
        return bool(self.partner_confirmed_at and (self.person_confirmed_at or not self.has_person))
