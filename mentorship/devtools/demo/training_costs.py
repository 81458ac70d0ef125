"""Payers of the trainings of the completed cohort: one slot whole, one half and half, one with an odd cent."""

from datetime import timedelta
from decimal import Decimal

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from partners.costs.services import Payer, add_cost, add_fund, agree_share, propose_split
from partners.models import Cost, Fund, Partner
from partners.records.services import create_partner
from training.models import TrainingSession

HALF, WHOLE = Decimal(50), Decimal(100)
PRICES = (Decimal("640.00"), Decimal("640.00"), Decimal("652.85"))
CURRENCY = "GBP"


def share_costs(*, past: Cohort, sister: str, fellows: str, by: User) -> None:
    """Put the three slots on record: `fellows`, the other programme, pays from the round's fund; `sister` shares."""
    fund, partner = _payers(past, sister, fellows, by)
    day = past.starts_on
    dollars, euros = (Decimal("1.27"), day), (Decimal("1.16"), day)
    splits = (
        [Payer(fund, "percent", WHOLE, *dollars)],
        [Payer(fund, "percent", HALF, *dollars), Payer(partner, "percent", HALF, *euros)],
        # 652.85 has no half: one of them pays the odd penny.
        [
            Payer(partner, "percent", HALF, *euros),
            Payer(Fund.objects.get(name="Discretionary fund"), "percent", HALF, *euros),
        ],
    )
    for number, (slot, price, payers) in enumerate(zip(_slots(past), PRICES, splits, strict=True)):
        cost = Cost(
            cohort=past,
            session=slot,
            what=f"Mentor training of {past.name}, slot {number + 1}",
            amount=price,
            currency=CURRENCY,
            paid_on=slot.starts_at.astimezone(past.tz).date(),
            provider=slot.training.provider.name,
            invoice_number=f"TLC-{number + 104}",
            invoice_date=slot.starts_at.date() + timedelta(days=3),
        )
        for share in propose_split(cost=add_cost(cost=cost, by=by), payers=payers, by=by):
            agree_share(share=share, by=by)


def _slots(past: Cohort) -> list[TrainingSession]:
    slots = past.training_sessions.filter(training__kind="training").order_by("starts_at")
    slots.update(currency=CURRENCY, price=PRICES[0])
    found = list(slots.select_related("training__provider"))
    TrainingSession.objects.filter(pk=found[2].pk).update(price=PRICES[2])
    return found


def _payers(past: Cohort, sister: str, fellows: str, by: User) -> tuple[Fund, Partner]:
    workspace = past.programme.workspace
    partner = create_partner(
        workspace=workspace,
        name=sister,
        by=by,
        street="Werkstraat 8",
        postcode="1013 AA",
        city="Amsterdam",
        country="NL",
        currency="EUR",
    )
    other = create_partner(workspace=workspace, name=fellows, by=by, country="US", currency="USD")
    fund = add_fund(
        workspace=workspace,
        by=by,
        name=f"{fellows}: discretionary fund of the round",
        kind="discretionary",
        partner=other,
        purpose="Mentor training",
        budget=Decimal("1500.00"),
        currency="USD",
        starts_on=past.starts_on - timedelta(weeks=8),
        ends_on=past.ends_on + timedelta(weeks=8),
    )
    return fund, partner
