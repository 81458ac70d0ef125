"""Book, change and cancel seats, and offer free seats to the waitlist. Callers lock the session first."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from training.booking.errors import FullError
from training.booking.mails import mail_booking
from training.booking.seats import availability_of, plan_offers
from training.models import SeatHold, TrainingBooking, TrainingGuest, TrainingSession

Status = TrainingBooking.Status


@transaction.atomic
def book_seat(
    *,
    session: TrainingSession,
    enrollment: Enrollment | None = None,
    guest: TrainingGuest | None = None,
    by: User | None,
    wait: bool = False,
) -> TrainingBooking:
    """Book a seat for an accepted person of the cohort, or of one that the session is open to. Idempotent.

    Of a training people have one slot: booking another one cancels the first. Booking accepts a seat that was offered.
    Raises FullError where it is full, or with `wait` puts them on the waitlist; ServiceError where they can't come.
    """
    now = timezone.now()
    before = _other_slot(session, enrollment, guest)
    locked = lock_sessions(session.pk, *([before.session_id] if before else []))
    session = locked[session.pk]
    _check_open(session, now)
    hold = resolve_access(session, enrollment, guest)
    booking = TrainingBooking.objects.filter(session=session, enrollment=enrollment, guest=guest).first()
    if booking and (booking.status == Status.BOOKED or (wait and booking.status == Status.WAITLISTED)):
        return booking
    booking = booking or TrainingBooking(session=session, enrollment=enrollment, guest=guest, status=Status.CANCELLED)
    booking.session, booking.hold = session, hold
    if booking.status != Status.OFFERED and not availability_of(session, now).free_for(hold.pk if hold else None):
        if not wait:
            raise FullError("The last seat of this session is taken. Choose another slot, or join the waitlist.")
        return set_booking_status(booking, Status.WAITLISTED, by=by)
    before = _other_slot(session, enrollment, guest)  # again: now that it is locked
    if before:
        _leave_slot(before, locked, by)
    set_booking_status(booking, Status.BOOKED, by=by)
    mail_booking(
        booking,
        "booked",
        key=f"{booking.pk}:{booking.sequence}",
        why=f"{booking.name} booked a seat.",
        moved_from=before.session.starts_at if before else None,
    )
    return booking


def _leave_slot(booking: TrainingBooking, locked: Mapping[int, TrainingSession], by: User | None) -> None:
    """Cancel the slot that somebody gives up for another one. Raises ServiceError where it is too late."""
    now = timezone.now()
    if booking.session_id not in locked:
        raise ServiceError("Your slot changed at this moment. Look at the page again.")
    if now > booking.session.change_until:
        raise ServiceError("It is too late to leave the slot that you have. Write to us.")
    set_booking_status(booking, Status.CANCELLED, by=by)
    fill_from_waitlist(locked[booking.session_id], now)


@transaction.atomic
def cancel_booking(*, booking: TrainingBooking, by: User | None, late: bool = False) -> TrainingBooking:
    """Cancel a seat, or leave the waitlist; the seat is offered to the next who waits. Idempotent.

    Raises ServiceError past the session's deadline, unless `late` (a coordinator does it).
    """
    now = timezone.now()
    session = lock_sessions(booking.session_id)[booking.session_id]
    locked = TrainingBooking.objects.with_people().get(pk=booking.pk)
    if locked.status not in (Status.BOOKED, Status.OFFERED, Status.WAITLISTED):
        return locked
    # People who wait, or were offered a seat, can decline at any time.
    if locked.status == Status.BOOKED and not late and now > session.change_until:
        raise ServiceError("It is too late to cancel by yourself. Write to us, so that we know.")
    was = locked.status
    set_booking_status(locked, Status.CANCELLED, by=by)
    if was == Status.BOOKED and session.cancelled_at is None and session.starts_at > now:
        mail_booking(
            locked, "cancelled", key=f"{locked.pk}:{locked.sequence}", why=f"{locked.name} gave their seat back."
        )
    fill_from_waitlist(session, now)
    return locked


@transaction.atomic
def decline_call(
    *,
    session: TrainingSession,
    enrollment: Enrollment | None = None,
    guest: TrainingGuest | None = None,
    by: User | None,
) -> TrainingBooking:
    """Decline a call, also after saying yes. There is no deadline: better late than never.

    Raises ServiceError where the call is not for them, or has begun.
    """
    locked = lock_sessions(session.pk)[session.pk]
    _check_open(locked, timezone.now())
    hold = resolve_access(locked, enrollment, guest)
    booking = TrainingBooking.objects.filter(session=locked, enrollment=enrollment, guest=guest).first()
    if booking is None:
        booking = TrainingBooking(session=locked, enrollment=enrollment, guest=guest, hold=hold)
        return set_booking_status(booking, Status.CANCELLED, by=by)
    return cancel_booking(booking=booking, by=by, late=True)


def fill_from_waitlist(session: TrainingSession, now: datetime) -> list[TrainingBooking]:
    """Offer the free seats to those who wait, in order. The caller has locked the session."""
    waiting = TrainingBooking.objects.filter(session=session).waiting().taking_part().with_people()
    offered: list[TrainingBooking] = []
    for booking, until in plan_offers(session, availability_of(session, now), waiting):
        booking.session = session
        set_booking_status(booking, Status.OFFERED, by=None, offer_until=until)
        key = f"{booking.pk}:{booking.sequence}"
        mail_booking(booking, "offer", key=key, why=f"A seat became free for {booking.name}.")
        offered.append(booking)
    return offered


def resolve_access(
    session: TrainingSession, enrollment: Enrollment | None, guest: TrainingGuest | None
) -> SeatHold | None:
    """The hold by which somebody may come, None for people of the cohort. Raises ServiceError where they may not."""
    holds = SeatHold.objects.accepted().filter(session=session)
    if guest is not None:
        hold = holds.filter(guest=guest.organisation_id).first()
        if hold is None:
            raise ServiceError("This session is not open to your organisation.")
        return hold
    if enrollment is None:
        raise ServiceError("Nobody is to be booked.")
    roles = session.training.roles.split()
    if enrollment.role not in roles or not enrollment.occupies_place:
        words = session.training.role_words
        raise ServiceError(f"Only accepted {words} of this cohort, or of one it is open to, can book.")
    if enrollment.cohort_id == session.cohort_id:
        return None
    theirs = holds.filter(cohort=enrollment.cohort_id).first()
    theirs = theirs or holds.filter(programme=enrollment.cohort.programme_id).first()
    if theirs is None:
        raise ServiceError("Only accepted people of this cohort, or of one it is open to, can book.")
    return theirs


def lock_sessions(*ids: int) -> dict[int, TrainingSession]:
    """Lock sessions in the order of their ids, so that no two wait for each other.

    SQLite already serialises writers.
    """
    rows = TrainingSession.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {s.pk: s for s in rows.select_related("training__provider", "cohort__programme")}


def _other_slot(
    session: TrainingSession, enrollment: Enrollment | None, guest: TrainingGuest | None
) -> TrainingBooking | None:
    """The slot of the same training that they have already. Calls are taken one by one."""
    if session.training.is_call:
        return None
    same = TrainingBooking.objects.booked().filter(
        session__training=session.training_id,
        session__cohort=session.cohort_id,
        session__cancelled_at=None,
        session__starts_at__gt=timezone.now(),
        enrollment=enrollment,
        guest=guest,
    )
    return same.exclude(session=session).with_people().order_by("pk").first()


def _check_open(session: TrainingSession, now: datetime) -> None:
    if session.cancelled_at:
        raise ServiceError("This session is cancelled.")
    if session.starts_at <= now:
        raise ServiceError("This session has begun.")


def set_booking_status(
    booking: TrainingBooking, status: str, *, by: User | None, offer_until: datetime | None = None
) -> TrainingBooking:
    """Change the status of a booking; nothing else does. The caller has locked the session and checked its seats."""
    booking.status = status
    booking.offer_until = offer_until
    booking.changed_at = timezone.now()
    booking.sequence += 1 if booking.pk else 0
    booking.save()
    seated = TrainingBooking.objects.filter(session=booking.session_id).seated().count()
    TrainingSession.objects.filter(pk=booking.session_id).update(taken=seated)
    workspace_id = booking.session.cohort.workspace_id
    record(verb=Verb(status), target=booking, workspace_id=workspace_id, by=by, who=booking.name)
    return booking
