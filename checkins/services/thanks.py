"""What those who help get: honoraria, offered and answered and paid, and certificates of what they gave."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from checkins.links import honorarium_link, stay_link
from checkins.mails import Mails
from checkins.models import Honorarium, ServiceCertificate
from checkins.services.errors import CheckInError
from cohorts.models import Cohort, Enrollment
from matching.models import Match
from mentorship.accounts.models import User
from mentorship.audit.services import record
from mentorship.outbox.services import call_off
from training.models import TrainingBooking

Status = Honorarium.Status
HELPING = ("mentor", "facilitator", "expert")


# --- honoraria ---


@transaction.atomic
def offer_honoraria(
    *, cohort: Cohort, people: Sequence[User], what: str, amount: Decimal, currency: str, by: User
) -> list[Honorarium]:
    """Offer each of these people the same amount, by mail. Who was offered it for the same thing is left out."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    there = set(cohort.honoraria.filter(what=what).exclude(status=Status.CANCELLED).values_list("user", flat=True))
    new = [
        Honorarium.objects.create(cohort=cohort, user=person, what=what, amount=amount, currency=currency, by=by)
        for person in dict.fromkeys(people)
        if person.pk not in there
    ]
    mails = Mails("honorarium", programme=cohort.programme, cohort=cohort)
    for one in new:
        mails.write(
            one.user,
            key=f"honorarium:{one.pk}",
            why=f"{by} offered {one.user} an honorarium for {what}.",
            honorarium=one,
            link=honorarium_link(one),
        )
        _record(one, "offered", by)
    return new


@transaction.atomic
def answer_honorarium(*, honorarium: Honorarium, accept: bool, by: User | None = None) -> Honorarium:
    """The person takes it, or declines; they may change their mind until it is paid. Raises CheckInError after that."""
    locked = _lock(honorarium)
    if locked.status not in Honorarium.ANSWERABLE:
        raise CheckInError(f"This honorarium is {locked.get_status_display()}; it can't be answered any more.")
    to = Status.ACCEPTED if accept else Status.DECLINED
    if locked.status != to:
        locked.status, locked.answered_at = to, timezone.now()
        locked.save(update_fields=["status", "answered_at"])
        _record(locked, "accepted" if accept else "declined", by or locked.user)
    return locked


@transaction.atomic
def pay_honoraria(*, honoraria: Collection[Honorarium], paid_on: date, by: User, reference: str = "") -> int:
    """Note that these were paid. Raises CheckInError, with nothing noted, where one was not accepted."""
    locked = [_lock(one) for one in sorted(honoraria, key=lambda h: h.pk)]
    if wrong := [one for one in locked if one.status != Status.ACCEPTED]:
        raise CheckInError(f"{wrong[0].user} has not accepted it, or it was paid. Only what was accepted can be paid.")
    for one in locked:
        one.status, one.paid_on, one.reference = Status.PAID, paid_on, reference
        one.save(update_fields=["status", "paid_on", "reference"])
        _record(one, "paid", by)
    return len(locked)


@transaction.atomic
def take_back_honorarium(*, honorarium: Honorarium, by: User) -> None:
    """Take back an offer, or a payment that was noted by mistake: that is to be paid again. CheckInError for others."""
    locked = _lock(honorarium)
    if locked.status == Status.CANCELLED:
        raise CheckInError("It was taken back already.")
    was_paid = locked.status == Status.PAID
    locked.status, locked.paid_on = (Status.ACCEPTED if was_paid else Status.CANCELLED), None
    locked.save(update_fields=["status", "paid_on"])
    if not was_paid:
        call_off([f"honorarium:{locked.pk}"])
    _record(locked, "payment taken back" if was_paid else "taken back", by)


def totals_of(honoraria: Any) -> list[tuple[str, dict[str, Decimal]]]:
    """Currency by currency, how much is in which status. Sums of different currencies make no sense. One query."""
    sums: dict[str, dict[str, Decimal]] = {}
    for currency, status, amount in honoraria.order_by("currency").values_list("currency", "status", "amount"):
        of = sums.setdefault(currency, dict.fromkeys(Status.values, Decimal(0)))
        of[status] += amount
    return sorted(sums.items())


def _lock(honorarium: Honorarium) -> Honorarium:
    found = Honorarium.objects.select_for_update(of=("self",)).select_related("cohort__programme", "user")
    return found.get(pk=honorarium.pk)


def _record(one: Honorarium, verb: str, by: User | None) -> None:
    record(
        verb=f"honorarium {verb}", target=one, workspace_id=one.cohort.workspace_id, by=by,
        amount=str(one.amount), currency=one.currency, what=one.what,
    )  # fmt: skip


# --- certificates of what they gave ---


@dataclass(frozen=True)
class Gift:
    """What somebody who helps gave to a cohort: in words, with the hours that we would suggest."""

    enrollment: Enrollment
    what: str
    hours: int | None
    certificate: ServiceCertificate | None


def gifts_of(cohort: Cohort, role: str = "") -> list[Gift]:
    """Everybody who helped, by role and name, in a constant number of queries."""
    helpers = cohort.enrollments.accepted().filter(role__in=[role] if role in HELPING else HELPING)
    # A pair that ended was mentored, too; one that was put together anew counts where it went on.
    mentored = Match.objects.filter(mentee__cohort=cohort).exclude(status="rematched")
    pairs = Counter(mentored.values_list("mentor", flat=True))
    trained: Counter[int] = Counter()
    came = TrainingBooking.objects.attended().filter(enrollment__cohort=cohort, session__cancelled_at=None)
    for enrollment, minutes in came.values_list("enrollment", "session__minutes"):
        trained[enrollment] += minutes
    there = {one.enrollment_id: one for one in ServiceCertificate.objects.filter(enrollment__cohort=cohort)}
    months = max((cohort.ends_on - cohort.starts_on).days / 30.4, 0)
    found = []
    for one in helpers.select_related("user", "cohort__programme").order_by("role", "user__full_name", "pk"):
        number = pairs[one.pk]
        if one.role == "mentor":
            words = f"mentored {number} project{'' if number == 1 else 's'}" if number else "was ready to mentor"
        else:
            words = {"facilitator": "facilitated the round", "expert": "gave their expertise"}[one.role]
        said = round((one.hours_per_month or 0) * months) if number or one.role != "mentor" else 0
        hours = said + round(trained[one.pk] / 60)
        found.append(Gift(one, words, hours or None, there.get(one.pk)))
    return found


@transaction.atomic
def issue_service_certificates(
    *, cohort: Cohort, hours: Mapping[int, int | None], by: User, now: datetime | None = None
) -> int:
    """Give people, by the id of their enrollment, a certificate with so many hours, and mail its link.

    Who has one keeps its number: the hours are corrected, and no second mail is sent. Returns how many were mailed.
    """
    now = now or timezone.now()
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    mails = Mails("service", programme=cohort.programme, cohort=cohort, kind="certificate")
    sent = 0
    for gift in gifts_of(cohort):
        person = gift.enrollment.user
        if gift.enrollment.pk not in hours:
            continue
        certificate = gift.certificate or ServiceCertificate(enrollment=gift.enrollment)
        certificate.name, certificate.what = str(person), gift.what
        certificate.hours, certificate.by = hours[gift.enrollment.pk], by
        certificate.decided_on = now.astimezone(cohort.tz).date()
        new, certificate.issued_at = certificate.issued_at is None, certificate.issued_at or now
        certificate.save()
        if not new:
            continue
        mails.write(
            person,
            key=f"service-certificate:{certificate.pk}",
            why=f"{person} {gift.what} in {cohort}.",
            certificate=certificate,
            link=settings.SITE_URL + certificate.get_absolute_url(),
            stay=stay_link(cohort.programme_id, person.pk),
        )
        sent += 1
    record(verb="thanked", target=cohort, workspace_id=cohort.workspace_id, by=by, number=sent, changed=len(hours))
    return sent
