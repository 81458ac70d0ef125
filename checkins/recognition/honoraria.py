"""Offer, answer, pay and cancel honoraria."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from checkins.models import Honorarium
from checkins.recognition.links import honorarium_link
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import person_by_email
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.send_mail import send_mail
from mentorship.core.outbox.services import call_off

HonorariumStatus = Honorarium.Status
Guest = tuple[str, str] | None


@transaction.atomic
def offer_honoraria(
    *, cohort: Cohort, people: Sequence[User], what: str, amount: Decimal, currency: str, by: User, guest: Guest = None
) -> list[Honorarium]:
    """Offer each of these people the same amount, by mail; `guest` is the address and name of somebody else.

    People who were offered it for the same purpose before are left out.
    """
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    offered_before = cohort.honoraria.filter(what=what).exclude(status=HonorariumStatus.CANCELLED)
    known = set(offered_before.values_list("user", flat=True))
    wanted = list(dict.fromkeys(people))
    if guest:
        email, full_name = guest
        wanted = list(dict.fromkeys([*wanted, person_by_email(email=email, full_name=full_name)]))
    sender = cohort.sender
    new = []
    for person in wanted:
        if person.pk in known:
            continue
        one = Honorarium.objects.create(cohort=cohort, user=person, what=what, amount=amount, currency=currency, by=by)
        send_mail(
            "checkins/honorarium",
            {
                "person": person,
                "cohort": cohort,
                "programme": cohort.programme,
                "honorarium": one,
                "link": honorarium_link(one),
            },
            sender=sender,
            key=f"honorarium:{one.pk}",
            why=f"{by} offered {person} an honorarium for {what}.",
            to=[person],
        )
        _record(one, Verb.HONORARIUM_OFFERED, by)
        new.append(one)
    return new


@transaction.atomic
def answer_honorarium(*, honorarium: Honorarium, accept: bool, by: User | None = None) -> Honorarium:
    """Accept or decline an honorarium; the person may change it until it is paid. Raises ServiceError after that."""
    locked = _lock(honorarium)
    if locked.status not in Honorarium.ANSWERABLE:
        raise ServiceError(f"This honorarium is {locked.get_status_display()}; it can't be answered any more.")
    to = HonorariumStatus.ACCEPTED if accept else HonorariumStatus.DECLINED
    if locked.status != to:
        locked.status, locked.answered_at = to, timezone.now()
        locked.save(update_fields=["status", "answered_at"])
        _record(locked, Verb.HONORARIUM_ACCEPTED if accept else Verb.HONORARIUM_DECLINED, by or locked.user)
    return locked


@transaction.atomic
def pay_honoraria(*, honoraria: Collection[Honorarium], paid_on: date, by: User, reference: str = "") -> int:
    """Record payments. Raises ServiceError, and records nothing, if one was not accepted."""
    locked = [_lock(one) for one in sorted(honoraria, key=lambda h: h.pk)]
    if wrong := [one for one in locked if one.status != HonorariumStatus.ACCEPTED]:
        raise ServiceError(f"{wrong[0].user} has not accepted it, or it was paid. Only what was accepted can be paid.")
    for one in locked:
        one.status, one.paid_on, one.reference = HonorariumStatus.PAID, paid_on, reference
        one.save(update_fields=["status", "paid_on", "reference"])
        _record(one, Verb.HONORARIUM_PAID, by)
    return len(locked)


@transaction.atomic
def cancel_honoraria(*, honoraria: Collection[Honorarium], by: User) -> None:
    """Cancel several as `cancel_honorarium` does; none of them if one fails. Raises ServiceError."""
    for one in sorted(honoraria, key=lambda h: h.pk):
        cancel_honorarium(honorarium=one, by=by)


@transaction.atomic
def cancel_honorarium(*, honorarium: Honorarium, by: User) -> None:
    """Cancel an offer, or a payment recorded by mistake, which is then due again. Raises ServiceError otherwise."""
    locked = _lock(honorarium)
    if locked.status == HonorariumStatus.CANCELLED:
        raise ServiceError("It was taken back already.")
    was_paid = locked.status == HonorariumStatus.PAID
    locked.status, locked.paid_on = (HonorariumStatus.ACCEPTED if was_paid else HonorariumStatus.CANCELLED), None
    locked.save(update_fields=["status", "paid_on"])
    if not was_paid:
        call_off([f"honorarium:{locked.pk}"])
    _record(locked, Verb.HONORARIUM_PAYMENT_TAKEN_BACK if was_paid else Verb.HONORARIUM_TAKEN_BACK, by)


def honoraria_totals(honoraria: Any) -> list[tuple[str, dict[str, Decimal]]]:
    """The sum in each status, by currency. One query."""
    sums: dict[str, dict[str, Decimal]] = {}
    for currency, status, amount in honoraria.order_by("currency").values_list("currency", "status", "amount"):
        of = sums.setdefault(currency, dict.fromkeys(HonorariumStatus.values, Decimal(0)))
        of[status] += amount
    return sorted(sums.items())


def _lock(honorarium: Honorarium) -> Honorarium:
    found = Honorarium.objects.select_for_update(of=("self",)).select_related("cohort__programme", "user")
    return found.get(pk=honorarium.pk)


def _record(one: Honorarium, verb: Verb, by: User | None) -> None:
    record(
        verb=verb,
        target=one,
        workspace_id=one.cohort.workspace_id,
        by=by,
        amount=str(one.amount),
        currency=one.currency,
        what=one.what,
    )
