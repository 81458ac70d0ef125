"""Agreed, billed and paid amounts of each payer, by currency."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value, Window
from django.db.models.functions import Coalesce, Lower, RowNumber

from mentorship.core.ui.search import every_word
from partners.models import CostShare, Fund, Invoice, Partner
from partners.querysets import CostQuerySet

NOTHING = Decimal(0)
# How many of a payer's shares a page names, the latest first.
SHARES_SHOWN = 5
AGREED = ~Q(status=CostShare.Status.PROPOSED)  # declined ones are left out before
SUMS = {
    "agreed": AGREED,
    "asked": ~AGREED,
    "billed": AGREED & Q(invoice__status__in=[*Invoice.OPEN, Invoice.Status.PAID]),
    "paid": AGREED & Q(invoice__status=Invoice.Status.PAID),
}


@dataclass
class Outstanding:
    """The cost shares of one payer in one currency, added up. Declined shares don't count."""

    name: str
    partner_id: int | None
    fund_id: int | None
    currency: str
    number: int  # of shares
    agreed: Decimal = NOTHING
    asked: Decimal = NOTHING  # proposed and not answered yet
    billed: Decimal = NOTHING  # the part of the agreed amount that is on an issued invoice
    paid: Decimal = NOTHING  # the part of the billed amount on invoices that are paid in full
    shares: list[CostShare] = field(default_factory=list)  # the latest ones, where `with_shares` read them

    @property
    def is_fund(self) -> bool:
        """Whether the payer is a fund, which pays from its budget and is not billed."""
        return self.partner_id is None

    @property
    def left(self) -> Decimal:
        """The agreed amount that a partner has not paid yet."""
        return NOTHING if self.is_fund else self.agreed - self.paid

    @property
    def payer(self) -> Partner | Fund | None:
        """The payer, where `with_shares` read it."""
        return self.shares[0].payer if self.shares else None

    @property
    def more_shares(self) -> int:
        return self.number - len(self.shares)


def payers_of(costs: CostQuerySet, text: str = "") -> Any:
    """The payers of these costs whose names hold `text`, partners first, by name: rows of `is_fund`, name and id.

    A page is cut out of them before anything is added up.
    """

    def of(model: type[Partner] | type[Fund], role: str) -> Any:
        rows: Any = model._default_manager.filter(Exists(_counted(costs).filter(**{role: OuterRef("pk")})))
        rows = (
            every_word(rows, text, "name").order_by().annotate(is_fund=Value(role == "fund"), sorted_by=Lower("name"))
        )
        return rows.values_list("is_fund", "sorted_by", "pk")

    return of(Partner, "partner").union(of(Fund, "fund")).order_by("is_fund", "sorted_by", "pk")


def outstanding_by_payer(costs: CostQuerySet, text: str = "", *, payers: Any = None) -> list[Outstanding]:
    """The payers of these costs whose names hold `text`, by name, with a row for each currency. One query.

    Only of these `payers`, where given.
    """
    found = every_word(_counted(costs).alias(name=_NAME), text, "name")
    if payers is not None:
        funds, partners = ([pk for is_fund, _, pk in payers if is_fund == one] for one in (True, False))
        found = found.filter(Q(partner__in=partners) | Q(fund__in=funds))
    groups = found.values("partner", "fund", "payer_currency", called=_NAME)
    sums = {name: Sum("payer_amount", filter=condition, default=NOTHING) for name, condition in SUMS.items()}
    rows = [
        Outstanding(row["called"], row["partner"], row["fund"], row["payer_currency"], **{n: row[n] for n in _COLUMNS})
        for row in groups.annotate(number=Count("pk"), **sums)
    ]
    return sorted(rows, key=lambda o: (o.is_fund, o.name.casefold(), o.currency))


def with_shares(rows: Sequence[Outstanding], costs: CostQuerySet) -> None:
    """Read the payers of a page of rows, and the latest of their shares. One query."""
    of = Q(partner__in={o.partner_id for o in rows} - {None}) | Q(fund__in={o.fund_id for o in rows} - {None})
    latest = Window(RowNumber(), partition_by=["partner", "fund", "payer_currency"], order_by=["-cost__paid_on", "-pk"])
    shares = _counted(costs).filter(of).annotate(place=latest).filter(place__lte=SHARES_SHOWN)
    by_payer = {(o.partner_id, o.fund_id, o.currency): o for o in rows}
    for share in shares.select_related("partner", "fund", "invoice", "cost__cohort").order_by("place"):
        if one := by_payer.get((share.partner_id, share.fund_id, share.payer_currency)):
            one.shares.append(share)


def costs_without_payer(costs: CostQuerySet) -> CostQuerySet:
    """Costs without a payer."""
    return costs.exclude(pk__in=CostShare.objects.exclude(status="declined").values("cost"))


_NAME = Coalesce(F("partner__name"), F("fund__name"))
_COLUMNS = ("number", *SUMS)


def _counted(costs: CostQuerySet) -> Any:
    return CostShare.objects.filter(cost__in=costs).exclude(status=CostShare.Status.DECLINED).order_by()
