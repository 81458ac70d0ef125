"""Agreements above rounds: create, edit, divide into scopes, and keep the sums of their rounds within them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError
from partners.documents.formatting import money
from partners.models import Agreement, AgreementScope, InstalmentDue, Sponsorship
from partners.money.currency import exact

NOTHING = Decimal(0)


@dataclass(frozen=True)
class ScopeUse:
    """A scope, the rounds that draw on it, and their amount."""

    scope: AgreementScope
    rounds: Sequence[Sponsorship]
    allotted: Decimal

    @property
    def left(self) -> Decimal:
        return self.scope.amount - self.allotted


@dataclass(frozen=True)
class AgreementUse:
    """How an agreement is used: its rounds by scope, those outside any scope, and sums in its currency."""

    scopes: Sequence[ScopeUse]
    others: Sequence[Sponsorship]
    in_scopes: Decimal
    allotted: Decimal
    scheduled: Decimal
    billed: Decimal
    left: Decimal


def use_of(agreement: Agreement) -> AgreementUse:
    """The rounds and the sums of an agreement, drafts included. Three queries."""
    rounds = list(agreement.sponsorships.select_related("cohort__programme", "partner").order_by("starts_on", "pk"))
    scopes = []
    for scope in agreement.scopes.all():
        own = [one for one in rounds if one.part_id == scope.pk]
        scopes.append(ScopeUse(scope, own, _total(own)))
    planned = list(instalments_of(agreement).values_list("amount", "invoice"))
    allotted = _total(rounds)
    return AgreementUse(
        scopes=scopes,
        others=[one for one in rounds if one.part_id is None],
        in_scopes=sum((one.scope.amount for one in scopes), NOTHING),
        allotted=allotted,
        scheduled=sum((amount for amount, _ in planned), NOTHING),
        billed=sum((amount for amount, invoice in planned if invoice), NOTHING),
        left=agreement.amount - allotted,
    )


@transaction.atomic
def save_agreement(*, agreement: Agreement, by: User) -> Agreement:
    """Create or save an agreement. Refuses less money than its rounds and scopes have, or another currency."""
    is_new = agreement.pk is None
    if agreement.ends_on < agreement.starts_on:
        raise ServiceError("The end must not lie before the start.")
    agreement.amount = exact(Decimal(agreement.amount), agreement.currency)
    if not is_new:
        before = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        use = use_of(before)
        least = max(use.allotted, use.in_scopes, use.scheduled)
        if agreement.amount < least:
            have = money(least, before.currency)
            raise ServiceError(f"Its rounds, scopes or instalments have {have}, more than the amount.")
        if least and agreement.currency != before.currency:
            raise ServiceError(f"Its rounds, scopes or instalments are in {before.currency}: the currency stays.")
    agreement.save()
    # Sponsorships carry its name as well, which the release before reads.
    agreement.sponsorships.update(agreement=agreement.name)
    amount = f"{agreement.amount} {agreement.currency}"
    verb = Verb.CREATED if is_new else Verb.EDITED
    record(verb=verb, target=agreement, workspace_id=agreement.partner.workspace_id, by=by, amount=amount)
    return agreement


@transaction.atomic
def delete_agreement(*, agreement: Agreement, by: User) -> None:
    """Delete an agreement on which no round draws."""
    record(verb=Verb.REMOVED, target=agreement, workspace_id=agreement.partner.workspace_id, by=by)
    delete_row(agreement)


@transaction.atomic
def save_scope(*, scope: AgreementScope, by: User) -> AgreementScope:
    """Create or save a scope. Refuses more money than the agreement has left, or less than its rounds have."""
    agreement = Agreement.objects.select_for_update(of=("self",)).select_related("partner").get(pk=scope.agreement_id)
    scope.amount = exact(Decimal(scope.amount), agreement.currency)
    others = agreement.scopes.exclude(pk=scope.pk).aggregate(s=Sum("amount"))["s"] or NOTHING
    if others + scope.amount > agreement.amount:
        left = money(agreement.amount - others, agreement.currency)
        raise ServiceError(f"Only {left} of {money(agreement.amount, agreement.currency)} are not in another scope.")
    used = _total(list(scope.sponsorships.all())) if scope.pk else NOTHING
    if scope.amount and used > scope.amount:
        raise ServiceError(f"Its rounds have {money(used, agreement.currency)} already.")
    verb = Verb.EDITED_A_SCOPE if scope.pk else Verb.ADDED_A_SCOPE
    scope.save()
    record(verb=verb, target=agreement, workspace_id=agreement.partner.workspace_id, by=by, what=scope.what)
    return scope


@transaction.atomic
def delete_scope(*, scope: AgreementScope, by: User) -> None:
    """Delete a scope; its rounds stay under the agreement."""
    agreement = scope.agreement
    workspace_id = agreement.partner.workspace_id
    record(verb=Verb.REMOVED_A_SCOPE, target=agreement, workspace_id=workspace_id, by=by, what=scope.what)
    scope.delete()


def check_within_agreement(sponsorship: Sponsorship) -> None:
    """Lock the agreement of a sponsorship; raise ServiceError where its round would take more than is agreed."""
    if sponsorship.part is not None and sponsorship.framework is None:
        sponsorship.framework = sponsorship.part.agreement
    if sponsorship.framework is None:
        return
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=sponsorship.framework.pk)
    if agreement.partner_id != sponsorship.partner_id:
        raise ServiceError(f"{agreement} is an agreement with another partner.")
    if sponsorship.part is not None and sponsorship.part.agreement_id != agreement.pk:
        raise ServiceError(f"{sponsorship.part} is not a scope of {agreement}.")
    sponsorship.agreement = agreement.name
    if not sponsorship.amount:
        return
    if sponsorship.currency != agreement.currency:
        raise ServiceError(f"{agreement} is in {agreement.currency}.")
    others = agreement.sponsorships.exclude(pk=sponsorship.pk)
    _check_left(sponsorship, str(agreement), agreement.amount, others)
    if sponsorship.part is not None and sponsorship.part.amount:
        of_scope = others.filter(part=sponsorship.part)
        _check_left(sponsorship, str(sponsorship.part), sponsorship.part.amount, of_scope)


def instalments_of(agreement: Agreement) -> QuerySet[InstalmentDue]:
    """The instalments of an agreement: its own, and those of rounds that draw on it."""
    return InstalmentDue.objects.filter(Q(framework=agreement) | Q(sponsorship__framework=agreement))


def check_left_to_schedule(agreement: Agreement, amount: Decimal) -> None:
    """Raise ServiceError if the instalments of an agreement and of its rounds would be more than it is about."""
    left = left_to_schedule(agreement)
    if amount > left:
        code = agreement.currency
        have = money(left, code)
        raise ServiceError(f"{agreement} is about {money(agreement.amount, code)}, and only {have} have no day yet.")


def left_to_schedule(agreement: Agreement) -> Decimal:
    """The part of an agreement's amount that is in no instalment yet."""
    return agreement.amount - (instalments_of(agreement).aggregate(s=Sum("amount"))["s"] or NOTHING)


def _check_left(sponsorship: Sponsorship, name: str, amount: Decimal, others: Any) -> None:
    left = amount - _total(list(others))
    if sponsorship.amount > left:
        code = sponsorship.currency
        raise ServiceError(f"{name} has {money(left, code)} left of {money(amount, code)}.")


def _total(rounds: Sequence[Sponsorship]) -> Decimal:
    return sum((one.amount for one in rounds), NOTHING)
