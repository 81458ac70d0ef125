"""Agreed, billed and paid amounts of each payer, by currency."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from partners.models import Cost, CostShare, Fund, Invoice, Partner

NOTHING = Decimal(0)


@dataclass
class Outstanding:
    """The cost shares of one payer in one currency, added up. Declined shares don't count."""

    payer: Partner | Fund
    currency: str
    agreed: Decimal = NOTHING
    asked: Decimal = NOTHING  # proposed and not answered yet
    billed: Decimal = NOTHING  # the part of the agreed amount that is on an issued invoice
    paid: Decimal = NOTHING  # the part of the billed amount on invoices that are paid in full
    shares: list[CostShare] = field(default_factory=list)

    @property
    def is_fund(self) -> bool:
        """Whether the payer is a fund, which pays from its budget and is not billed."""
        return isinstance(self.payer, Fund)

    @property
    def left(self) -> Decimal:
        """The agreed amount that a partner has not paid yet."""
        return NOTHING if self.is_fund else self.agreed - self.paid


def outstanding_by_payer(costs: Any) -> list[Outstanding]:
    """The payers of these costs (a queryset) by name, with a row for each currency."""
    shares = CostShare.objects.filter(cost__in=costs).exclude(status=CostShare.Status.DECLINED)
    shares = shares.select_related("partner", "fund", "invoice", "cost__cohort").order_by("cost__paid_on", "pk")
    found: dict[tuple[type, int, str], Outstanding] = {}
    for share in shares:
        payer = share.payer
        one = found.setdefault((type(payer), payer.pk, share.payer_currency), Outstanding(payer, share.payer_currency))
        _add(one, share)
    return sorted(found.values(), key=lambda o: (o.is_fund, o.payer.name.casefold(), o.currency))


def costs_without_payer(costs: Any) -> Iterable[Cost]:
    """Costs without a payer."""
    found: Iterable[Cost] = costs.exclude(pk__in=CostShare.objects.exclude(status="declined").values("cost"))
    return found


def _add(one: Outstanding, share: CostShare) -> None:
    one.shares.append(share)
    if share.status == CostShare.Status.PROPOSED:
        one.asked += share.payer_amount
        return
    one.agreed += share.payer_amount
    invoice = share.invoice
    if invoice is not None and invoice.status in (*Invoice.OPEN, Invoice.Status.PAID):
        one.billed += share.payer_amount
        one.paid += share.payer_amount if invoice.status == Invoice.Status.PAID else NOTHING
