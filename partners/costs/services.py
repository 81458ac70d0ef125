"""Record costs and funds, propose a split, agree to or decline a share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.costs.regions import check_region, set_origin
from partners.documents import formatting
from partners.models import Cost, CostShare, Fund, Partner
from partners.money.currency import converted, exact
from partners.money.split import SplitShare, split
from training.models import TrainingSession

FILE_LIMIT = 5 * 1024 * 1024  # bytes
# What payers agreed to: if it changes, they are asked again.
AGREED_TO = ("amount", "currency", "paid_on", "person_id")


@dataclass(frozen=True)
class Payer:
    """A payer and their part. `rate` is the worth of one unit of the cost's currency in the payer's."""

    who: Partner | Fund
    kind: str
    value: Decimal
    rate: Decimal = Decimal(1)
    rate_on: date | None = None


@dataclass(frozen=True)
class Part:
    """A payer's amount, in the cost's currency and in their own."""

    payer: Payer
    amount: Decimal
    payer_amount: Decimal


@transaction.atomic
def add_fund(*, workspace: Workspace, by: User, **fields: Any) -> Fund:
    """Add a fund. Raises ServiceError if its currency has fewer decimals than the amount."""
    fund = Fund(workspace=workspace, **fields)
    fund.budget = exact(fund.budget, fund.currency)
    fund.save()
    record(verb=Verb.CREATED, target=fund, workspace_id=workspace.pk, by=by, budget=f"{fund.budget} {fund.currency}")
    return fund


@transaction.atomic
def save_fund(*, fund: Fund, by: User) -> Fund:
    """Save a fund. Refuses a budget below the spent amount, and another currency once money is spent."""
    before = Fund.objects.select_for_update().get(pk=fund.pk)
    fund.budget = exact(fund.budget, fund.currency)
    spent = before.spent
    if spent and fund.currency != before.currency:
        raise ServiceError(f"{formatting.money(spent, before.currency)} are spent already: the currency stays.")
    if fund.budget < spent:
        raise ServiceError(f"{formatting.money(spent, fund.currency)} are spent already, more than the new budget.")
    if fund.cohort_id and before.shares.exclude(cost__cohort=fund.cohort_id).exists():
        raise ServiceError(f"It pays costs of other rounds already, so it can’t be for {fund.cohort} only.")
    if (fund.countries, fund.communities) != (before.countries, before.communities):
        for share in before.shares.filter(status="agreed").select_related("cost__cohort"):
            check_region(fund, share.cost, share.amount)
    fund.save()
    amounts = f"{before.budget} → {fund.budget} {fund.currency}"
    record(verb=Verb.EDITED, target=fund, workspace_id=fund.workspace_id, by=by, budget=amounts)
    return fund


@transaction.atomic
def add_cost(*, cost: Cost, by: User) -> Cost:
    """Record a cost. Raises ServiceError for a session of another cohort."""
    _check_cost(cost)
    cost.save()
    record(
        verb=Verb.CREATED, target=cost, workspace_id=cost.workspace_id, by=by, amount=f"{cost.amount} {cost.currency}"
    )
    return cost


@transaction.atomic
def save_cost(*, cost: Cost, by: User) -> Cost:
    """Save a cost. If its amount, currency, date or the person it is for change, all payers have to agree again."""
    before = Cost.objects.select_for_update(of=("self",)).get(pk=cost.pk)
    _check_cost(cost, before)
    matters = any(getattr(cost, name) != getattr(before, name) for name in AGREED_TO)
    shares = list(_locked_shares().filter(cost=cost).select_related("partner", "fund"))
    if matters and any(share.invoice_id for share in shares):
        raise ServiceError("A share of it is on an invoice. Credit that first.")
    cost.save()
    amounts = f"{before.amount} {before.currency} → {cost.amount} {cost.currency}"
    record(verb=Verb.EDITED, target=cost, workspace_id=cost.workspace_id, by=by, amount=amounts)
    if matters and shares:
        same = {share.payer_currency for share in shares} == {cost.currency} or before.currency == cost.currency
        if not same:
            cost.shares.all().delete()
            record(verb=Verb.DROPPED_THE_SHARES, target=cost, workspace_id=cost.workspace_id, by=by)
        else:
            propose_split(cost=cost, payers=[_as_payer(share) for share in shares], by=by)
    return cost


def preview_split(*, cost: Cost, payers: Sequence[Payer]) -> list[Part]:
    """Each payer's amount; writes nothing. Raises ServiceError if the parts don't add up to the cost."""
    if len({(type(p.who), p.who.pk) for p in payers}) < len(payers):
        raise ServiceError("A payer is named twice.")
    if any(p.who.workspace_id != cost.workspace_id for p in payers):
        raise ServiceError("A payer belongs to another programme.")
    for payer in payers:
        if isinstance(payer.who, Fund) and payer.who.cohort_id not in (None, cost.cohort_id):
            raise ServiceError(f"{payer.who} is for {payer.who.cohort} only.")
    amounts = split(cost.amount, cost.currency, [SplitShare(p.kind, p.value) for p in payers])
    for payer, amount in zip(payers, amounts, strict=True):
        if isinstance(payer.who, Fund):
            check_region(payer.who, cost, amount)
    return [_part(cost, payer, amount) for payer, amount in zip(payers, amounts, strict=True)]


def _part(cost: Cost, payer: Payer, amount: Decimal) -> Part:
    if payer.who.currency == cost.currency:
        return Part(payer, amount, amount)
    if payer.rate_on is None or payer.rate <= 0:
        raise ServiceError(
            f"{payer.who} pays in {payer.who.currency}: write how many {payer.who.currency} one {cost.currency} is, "
            "and of which day."
        )
    return Part(payer, amount, converted(amount, payer.rate, payer.who.currency))


@transaction.atomic
def propose_split(*, cost: Cost, payers: Sequence[Payer], by: User) -> list[CostShare]:
    """Replace the shares of a cost with proposals. An unchanged share keeps its answer."""
    locked = Cost.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=cost.pk)
    parts = preview_split(cost=locked, payers=payers)
    before = list(_locked_shares().filter(cost=locked).select_related("partner", "fund"))
    if any(share.invoice_id for share in before):
        raise ServiceError("A share of it is on an invoice. Credit that first.")
    locked.shares.all().delete()
    made = [_write(locked, part, before) for part in parts]
    record(
        verb=Verb.PROPOSED_WHO_PAYS,
        target=locked,
        workspace_id=locked.workspace_id,
        by=by,
        before=[_said(share) for share in before],
        after=[_said(share) for share in made],
    )
    return made


def _write(cost: Cost, part: Part, before: Sequence[CostShare]) -> CostShare:
    payer = part.payer
    share = CostShare(
        cost=cost,
        partner=payer.who if isinstance(payer.who, Partner) else None,
        fund=payer.who if isinstance(payer.who, Fund) else None,
        kind=payer.kind,
        value=payer.value,
        amount=part.amount,
        payer_amount=part.payer_amount,
        payer_currency=payer.who.currency,
        rate=payer.rate if payer.who.currency != cost.currency else Decimal(1),
        rate_on=payer.rate_on if payer.who.currency != cost.currency else None,
    )
    for old in before:
        same = (old.partner_id, old.fund_id, old.payer_amount, old.payer_currency) == (
            share.partner_id,
            share.fund_id,
            share.payer_amount,
            share.payer_currency,
        )
        # A fund's agreement also depends on the date of the cost, which may have changed.
        if same and old.partner_id and old.amount == share.amount:
            share.status, share.answered_at, share.answered_by_id = old.status, old.answered_at, old.answered_by_id
    share.save()
    return share


@transaction.atomic
def agree_share(*, share: CostShare, by: User) -> CostShare:
    """Agree to a share. A fund must cover the date and have enough money left. Idempotent.

    Raises ServiceError with the figures if the fund would be overspent.
    """
    locked = _lock_share(share)
    if locked.status == CostShare.Status.AGREED:
        return locked
    if locked.fund_id:
        _check_fund(Fund.objects.select_for_update().get(pk=locked.fund_id), locked)
    return _answer(locked, CostShare.Status.AGREED, by)


@transaction.atomic
def decline_share(*, share: CostShare, by: User) -> CostShare:
    """Decline a share, even an agreed one. Refuses one that is on an invoice."""
    locked = _lock_share(share)
    if locked.invoice_id:
        raise ServiceError("This share is on an invoice. Credit that first.")
    return locked if locked.status == CostShare.Status.DECLINED else _answer(locked, CostShare.Status.DECLINED, by)


def _lock_share(share: CostShare) -> CostShare:
    # Lock the cost first, in the same order as changes of the split.
    Cost.objects.select_for_update(of=("self",)).get(pk=share.cost_id)
    found = _locked_shares().select_related("cost__cohort__programme", "partner", "fund").filter(pk=share.pk).first()
    if found is None:
        raise ServiceError("Who pays what was changed in the meantime. Look at it again.")
    return found


def _locked_shares() -> QuerySet[CostShare]:
    """Shares to be changed, locked: whoever bills one locks it alone, without its cost."""
    return CostShare.objects.select_for_update(of=("self",))


def _answer(share: CostShare, status: str, by: User) -> CostShare:
    share.status, share.answered_at, share.answered_by = status, timezone.now(), by
    share.save(update_fields=["status", "answered_at", "answered_by"])
    record(
        verb=Verb.AGREED_TO_PAY if status == "agreed" else Verb.DECLINED_TO_PAY,
        target=share.cost,
        workspace_id=share.cost.workspace_id,
        by=by,
        share=_said(share),
    )
    return share


def _check_fund(fund: Fund, share: CostShare) -> None:
    check_region(fund, share.cost, share.amount)
    day, money = share.cost.paid_on, formatting.money
    if not fund.starts_on <= day <= fund.ends_on:
        raise ServiceError(
            f"{fund} runs from {formatting.day(fund.starts_on)} to {formatting.day(fund.ends_on)}; the cost is of "
            f"{formatting.day(day)}."
        )
    if share.payer_amount > fund.left:
        raise ServiceError(
            f"{fund} has {money(fund.left, fund.currency)} left of {money(fund.budget, fund.currency)}; this takes "
            f"{money(share.payer_amount, fund.currency)}, "
            f"{money(share.payer_amount - fund.left, fund.currency)} too much."
        )


def _check_cost(cost: Cost, before: Cost | None = None) -> None:
    cost.amount = exact(cost.amount, cost.currency)
    if (
        cost.session is not None
        and not TrainingSession.objects.for_cohort(cost.cohort).filter(pk=cost.session.pk).exists()
    ):
        raise ServiceError("This training session belongs to another cohort, which doesn’t share it with this one.")
    if cost.file_data and len(cost.file_data) > FILE_LIMIT:
        raise ServiceError("The file is larger than 5 MB.")
    set_origin(cost, before)


def _as_payer(share: CostShare) -> Payer:
    return Payer(share.payer, share.kind, share.value, share.rate, share.rate_on)


def _said(share: CostShare) -> str:
    own = "" if share.payer_currency == share.cost.currency else f" = {share.payer_amount} {share.payer_currency}"
    return f"{share.payer}: {share.get_kind_display()} {share.value:f}, {share.amount} {share.cost.currency}{own}"
