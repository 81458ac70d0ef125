"""What people do about their place: accept the offer, decline it, leave, put it off; and what time does about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts import links
from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError, offer_next_place, set_enrollment_status
from mentorship.accounts.models import User
from mentorship.audit.services import record
from mentorship.outbox.models import OutboxMessage
from mentorship.outbox.planned import put_off
from mentorship.outbox.services import enqueue, render_mail

REMIND_BEFORE = timedelta(hours=48)


@transaction.atomic
def accept_offer(*, enrollment: Enrollment, by: User | None) -> Enrollment:
    """They come. Saying it again changes nothing. Raises ServiceError where there is no offer any more."""
    locked = _lock(enrollment)
    if locked.status == Enrollment.Status.ACCEPTED and locked.confirmed_at:
        return locked
    if not locked.offer_is_open:
        raise ServiceError("This offer is not open any more. Write to us; perhaps there is still a place.")
    locked.confirmed_at = timezone.now()
    locked.save(update_fields=["confirmed_at", "updated_at"])
    record(verb="accepted the offer", target=locked, workspace_id=locked.cohort.workspace_id, by=by)
    return locked


@transaction.atomic
def leave(*, enrollment: Enrollment, by: User | None, reason: str = "", defer: bool = False) -> Enrollment:
    """They don't come, or leave: the place goes to the next. With `defer` they are asked again for the next cohort."""
    locked = _lock(enrollment)
    why = ("asked to be in the next cohort; " if defer else "") + reason
    left = set_enrollment_status(enrollment=locked, to=Enrollment.Status.WITHDRAWN, by=by, note=why.strip("; "))
    if defer:
        left.defers = True
        left.save(update_fields=["defers", "updated_at"])
    return left


@transaction.atomic
def save_comes_back(*, enrollment: Enrollment, roles: Sequence[str], by: User | None) -> None:
    """In which roles they would take part again."""
    enrollment.comes_back_as = sorted(set(roles))
    enrollment.save(update_fields=["comes_back_as", "updated_at"])
    record(verb="would come back", target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)


@transaction.atomic
def move_on_waitlist(*, enrollment: Enrollment, up: bool, by: User) -> None:
    """One place up or down; at the end it stays."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=enrollment.cohort_id)
    waiting = list(waitlist_of(enrollment.cohort, enrollment.role))
    place = [e.pk for e in waiting].index(enrollment.pk)
    to = place - 1 if up else place + 1
    if 0 <= to < len(waiting):
        waiting[place], waiting[to] = waiting[to], waiting[place]
        for number, one in enumerate(waiting, 1):
            one.waitlist_position = number
        Enrollment.objects.bulk_update(waiting, ["waitlist_position"])
        verb = "moved up the waitlist" if up else "moved down the waitlist"
        record(verb=verb, target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)


@transaction.atomic
def offer_places(*, cohort: Cohort, role: str, number: int, by: User) -> list[Enrollment]:
    """Offer places to the first on the waitlist, at most `number`. Returns who got one."""
    offered: list[Enrollment] = []
    while len(offered) < number and (got := offer_next_place(cohort=cohort, role=role, by=by)):
        offered.append(got)
    return offered


def waitlist_of(cohort: Cohort, role: str) -> Any:
    """Who waits, in order."""
    waiting = cohort.enrollments.filter(role=role, status=Enrollment.Status.WAITLISTED).with_people()
    return waiting.order_by("waitlist_position", "pk")


def sweep_offers(now: datetime) -> int:
    """Remind of offers that end within two days, and let those lapse that have ended. Returns how many it touched.

    Twice, late, or in two places at once it does nothing twice: the status decides, and each mail has its own key.
    """
    open_offers = Enrollment.objects.filter(
        status=Enrollment.Status.ACCEPTED, confirmed_at=None, offer_expires_at__isnull=False
    )
    touched = 0
    for enrollment in open_offers.filter(offer_expires_at__lte=now).order_by("pk"):
        touched += _lapse(enrollment, now)
    soon = open_offers.filter(offer_expires_at__gt=now, offer_expires_at__lte=now + REMIND_BEFORE)
    # Who has no more than two days in all needs no reminder.
    for enrollment in soon.filter(cohort__offer_days__gt=REMIND_BEFORE.days).with_people().order_by("pk"):
        if not put_off([offer_key("offer-reminder", enrollment)], now):
            touched += _mail(enrollment, "cohorts/offer_reminder", "offer-reminder")
    return touched


@transaction.atomic
def _lapse(enrollment: Enrollment, now: datetime) -> int:
    locked = _lock(enrollment)
    if not locked.offer_is_open or locked.offer_expires_at is None or locked.offer_expires_at > now:
        return 0  # they answered, or got more time, while we were coming
    ended = locked.offer_expires_at
    set_enrollment_status(enrollment=locked, to=Enrollment.Status.WITHDRAWN, by=None, note="the offer lapsed")
    locked.offer_expires_at = ended
    return _mail(locked, "cohorts/offer_lapsed", "offer-lapsed")


def _lock(enrollment: Enrollment) -> Enrollment:
    Cohort.objects.select_for_update(of=("self",)).get(pk=enrollment.cohort_id)
    return (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("cohort__programme", "user", "group")
        .get(pk=enrollment.pk)
    )


def offer_key(name: str, enrollment: Enrollment) -> str:
    """The key of a mail about an offer: its end is part of it, so that each offer has its own."""
    return f"{name}:{enrollment.pk}:{enrollment.offer_expires_at:%Y%m%dT%H%M}"


def offer_mail(enrollment: Enrollment, template: str, link: str = "") -> tuple[str, str, str]:
    """Subject, text and HTML of a mail about an offer. Writes nothing; `link` replaces that of the person."""
    cohort = enrollment.cohort
    return render_mail(
        template,
        {
            "enrollment": enrollment,
            "person": enrollment.user,
            "cohort": cohort,
            "programme": cohort.programme,
            "role": cohort.programme.label_of(enrollment.role),
            "offer_until": enrollment.offer_expires_at,
            "zone": cohort.time_zone,
            "link": link or links.place_link(enrollment.pk),
        },
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
    )


def _mail(enrollment: Enrollment, template: str, name: str) -> int:
    """Write to them, once for each offer."""
    cohort, key = enrollment.cohort, offer_key(name, enrollment)
    if OutboxMessage.objects.filter(key=key).exists():
        return 0
    subject, text, html = offer_mail(enrollment, template)
    enqueue(
        key=key,
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
        kind="decision",
        why=f"{enrollment} has an offer that {'lapsed' if 'lapsed' in key else 'ends soon'}.",
        to=[p.email for p in enrollment.people],
        subject=subject,
        text=text,
        html=html,
        reply_to=[cohort.programme.contact_email],
    )
    return 1
