"""Book, change and cancel seats, and offer free seats to the waitlist. Callers lock the session first."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cohorts.calendar.clashes import ClashError, check_clashes, raise_if_clashing
from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from training.booking.calendar import event_of
from training.booking.errors import FullError
from training.booking.mails import mail_booking, when_words
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
    answered: Collection[str] = (),
) -> TrainingBooking:
    """Book a seat for an accepted person of the cohort, or of one that the session is open to. Idempotent.

    People have one slot of a training: booking another one cancels the first, or an offer of one. Booking accepts an
    offered seat. If the session is full, raises FullError, or with `wait` puts them on the waitlist. Raises ClashError
    if they are busy at that time and have not confirmed it (`answered`), and ServiceError if they may not book.
    """
    now = timezone.now()
    locked = lock_sessions(session.pk, *(one.session_id for one in _other_slots(session, enrollment, guest)))
    session = locked[session.pk]
    _check_open(session, now)
    hold = resolve_access(session, enrollment, guest)
    booking = _booking_of(session, enrollment, guest)
    if booking.status == Status.BOOKED or (wait and booking.status == Status.WAITLISTED):
        return booking
    booking.session, booking.hold = session, hold
    if booking.status != Status.OFFERED and not availability_of(session, now).free_for(hold.pk if hold else None):
        if not wait:
            raise FullError("The last seat of this session is taken. Choose another slot, or join the waitlist.")
        return set_booking_status(booking, Status.WAITLISTED, by=by)
    left = _other_slots(session, enrollment, guest)  # again, now under the lock
    _check_clashes(booking, left, answered)
    for other in left:
        _leave_slot(other, locked, by, session)
    set_booking_status(booking, Status.BOOKED, by=by)
    key, why = f"{booking.pk}:{booking.sequence}", f"{booking.name} booked a seat."
    moved_from = " and ".join(when_words(other.session, booking.zone) for other in left)
    mail_booking(booking, "booked", key=key, why=why, moved_from=moved_from)
    return booking


def _booking_of(
    session: TrainingSession, enrollment: Enrollment | None, guest: TrainingGuest | None
) -> TrainingBooking:
    """The person's booking of this session; a new one, not saved yet, if they have none."""
    whose = {"session": session, "enrollment": enrollment, "guest": guest}
    booking = TrainingBooking.objects.filter(**whose).first()
    return booking or TrainingBooking(**whose, status=Status.CANCELLED)


def _leave_slot(
    booking: TrainingBooking, locked: Mapping[int, TrainingSession], by: User | None, following: TrainingSession
) -> None:
    """Cancel the slot that somebody gives up for another one, also in calendars. Raises ServiceError if it is too late.

    A mail can carry the file of one event only, so this one is sent separately from that of the new slot.
    """
    now = timezone.now()
    if booking.session_id not in locked:
        raise ServiceError("Your slot changed at this moment. Look at the page again.")
    if booking.status == Status.BOOKED and now > booking.session.change_until:
        raise ServiceError("It is too late to leave the slot that you have. Write to us.")
    set_booking_status(booking, Status.CANCELLED, by=by)
    mail_booking(
        booking,
        "cancelled",
        key=f"{booking.pk}:{booking.sequence}",
        why=f"{booking.name} chose another slot.",
        moved_to=when_words(following, booking.zone),
    )
    fill_from_waitlist(locked[booking.session_id], now)


@transaction.atomic
def cancel_booking(*, booking: TrainingBooking, by: User | None, late: bool = False) -> TrainingBooking:
    """Cancel a seat, or leave the waitlist; the seat is offered to the next person waiting. Idempotent.

    Raises ServiceError past the session's deadline, unless `late` (a coordinator does it).
    """
    now = timezone.now()
    session = lock_sessions(booking.session_id)[booking.session_id]
    locked = TrainingBooking.objects.with_people().get(pk=booking.pk)
    if locked.status not in (Status.BOOKED, Status.OFFERED, Status.WAITLISTED):
        return locked
    # People on the waitlist, or with an offer, can decline at any time.
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

    Raises ServiceError if the call is not for them, or has begun.
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
    """Offer free seats to people on the waitlist, in order. The caller has locked the session."""
    waiting = TrainingBooking.objects.filter(session=session).waiting().taking_part().with_people()
    offered: list[TrainingBooking] = []
    for booking, until in plan_offers(session, availability_of(session, now), waiting):
        booking.session = session
        set_booking_status(booking, Status.OFFERED, by=None, offer_until=until)
        key = f"{booking.pk}:{booking.sequence}"
        theirs = [
            one for one in _other_slots(session, booking.enrollment, booking.guest) if one.status == Status.BOOKED
        ]
        given_up = " and ".join(when_words(other.session, booking.zone) for other in theirs)
        mail_booking(booking, "offer", key=key, why=f"A seat became free for {booking.name}.", given_up=given_up)
        offered.append(booking)
    return offered


def resolve_access(
    session: TrainingSession, enrollment: Enrollment | None, guest: TrainingGuest | None
) -> SeatHold | None:
    """The hold that admits somebody, None for people of the cohort. Raises ServiceError if they may not book."""
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
        words = session.role_words
        raise ServiceError(f"Only accepted {words} of this cohort, or of one it is open to, can book.")
    if enrollment.cohort_id == session.cohort_id:
        return None
    theirs = holds.filter(cohort=enrollment.cohort_id).first()
    theirs = theirs or holds.filter(programme=enrollment.cohort.programme_id).first()
    if theirs is None:
        raise ServiceError("Only accepted people of this cohort, or of one it is open to, can book.")
    return theirs


def lock_sessions(*ids: int) -> dict[int, TrainingSession]:
    """Lock sessions in the order of their ids, to prevent deadlocks.

    SQLite already serialises writers.
    """
    rows = TrainingSession.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    return {s.pk: s for s in rows.select_related("training__provider", "cohort__programme")}


def _other_slots(
    session: TrainingSession, enrollment: Enrollment | None, guest: TrainingGuest | None
) -> list[TrainingBooking]:
    """The person's existing slot of the same training, and other offers of it. Calls are booked one by one."""
    if session.training.is_call:
        return []
    same = TrainingBooking.objects.seated().filter(
        session__training=session.training_id,
        session__cohort=session.cohort_id,
        session__cancelled_at=None,
        session__starts_at__gt=timezone.now(),
        enrollment=enrollment,
        guest=guest,
    )
    return list(same.exclude(session=session).with_people().order_by("pk"))


def _check_clashes(booking: TrainingBooking, left: Sequence[TrainingBooking], answered: Collection[str]) -> None:
    """Ask before the person is double-booked, or gives up an offer in the same training for this slot."""
    zone = booking.zone
    offers = [event_of(other) for other in left if other.status == Status.OFFERED]
    if {offer.uid for offer in offers} - set(answered):
        listed = " and ".join(when_words(other.session, zone) for other in left if other.status == Status.OFFERED)
        words = f"We’re holding a seat for you on {listed}. If you book this slot instead, it goes to the next person."
        raise ClashError(words, offers)
    given_up = {event_of(other).uid for other in left}
    if booking.enrollment:
        team = booking.enrollment.people
        new = event_of(booking)
        check_clashes(team[0], new, team=team[1:], answered=answered, given_up=given_up, zone=zone)
    else:
        theirs = TrainingBooking.objects.booked().filter(guest=booking.guest_id, session__cancelled_at=None)
        others = [event for event in map(event_of, theirs.with_people()) if event.uid not in given_up]
        raise_if_clashing(others, event_of(booking), answered=answered, zone=zone)


def _check_open(session: TrainingSession, now: datetime) -> None:
    if session.cancelled_at:
        raise ServiceError("This session is cancelled.")
    if session.starts_at <= now:
        raise ServiceError("This session has begun.")


def set_booking_status(
    booking: TrainingBooking, status: str, *, by: User | None, offer_until: datetime | None = None
) -> TrainingBooking:
    """Change the status of a booking, the only way to do so. The caller has locked the session."""
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
