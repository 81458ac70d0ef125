"""Create, edit and cancel sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.calendar.clashes import busy_people
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from training.booking.calendar import event_of
from training.booking.mails import mail_booking, when_words
from training.booking.seats import availability_of
from training.booking.services import fill_from_waitlist, lock_sessions
from training.catalogue.services import get_or_create_training
from training.models import Training, TrainingBooking, TrainingSession

# The fields of a session in its form, without its training.
FIELDS = (
    "starts_at",
    "time_zone",
    "place",
    "minutes",
    "credit_minutes",
    "seats",
    "minimum",
    "host",
    "joining_link",
    "price",
    "currency",
    "change_hours",
    "answer_hours",
    "notes_link",
    "recording_link",
)


@transaction.atomic
def create_session(
    *,
    cohort: Cohort,
    provider: str = "",
    training: str,
    starts_at: datetime,
    by: User | None,
    kind: str = Training.Kind.TRAINING,
    **fields: Any,
) -> TrainingSession:
    """Add a slot or a call. Provider and training are found by name within the programme, or created.

    Without a provider the programme itself gives it. `kind` applies to a new training.
    """
    what = get_or_create_training(cohort, provider, training, kind)
    fields = {"time_zone": cohort.time_zone, **fields}
    session = TrainingSession.objects.create(training=what, cohort=cohort, starts_at=starts_at, **fields)
    record(verb=Verb.CREATED, target=session, workspace_id=cohort.workspace_id, by=by)
    return session


@transaction.atomic
def create_slots(*, cohort: Cohort, starts: Sequence[datetime], by: User, **fields: Any) -> list[TrainingSession]:
    """Add a slot at each of these moments, all else the same: people take the one that suits them."""
    return [create_session(cohort=cohort, starts_at=at, by=by, **fields) for at in starts]


@transaction.atomic
def save_session(*, session: TrainingSession, provider: str = "", training: str, by: User) -> TrainingSession:
    """Save a changed session: mail people if time, place or link changed, and offer new seats in order.

    Raises ServiceError if fewer seats are left than are taken or held.
    """
    now = timezone.now()
    before = lock_sessions(session.pk)[session.pk]
    booked = availability_of(before, now)
    taken, kept = sum(booked.taken.values()), sum(booked.kept.values())
    if session.seats < taken:
        raise ServiceError(f"{taken} people booked already; it can't have fewer seats.")
    if session.seats < taken + kept:
        raise ServiceError(f"{taken} people booked and {kept} seats are held for others; it can't have fewer seats.")
    session.training = get_or_create_training(session.cohort, provider, training, before.training.kind)
    session.sequence = before.sequence + 1
    session.save(update_fields=["training", "sequence", *FIELDS])
    record(verb=Verb.EDITED, target=session, workspace_id=session.cohort.workspace_id, by=by)
    moved = before.starts_at != session.starts_at or before.minutes != session.minutes
    moved = moved or before.training_id != session.training_id
    if session.cancelled_at is None and session.starts_at > now:
        if moved or (before.place, before.joining_link) != (session.place, session.joining_link):
            _tell_changed(session, before)
        fill_from_waitlist(session, now)
    return session


def busy_when_moved(session: TrainingSession) -> list[User]:
    """People with a seat who are busy at the session's new time. The session is not saved yet."""
    before = TrainingSession.objects.get(pk=session.pk)
    if before.starts_at == session.starts_at and session.minutes <= before.minutes:
        return []
    found = []
    for booking in _concerned(session):
        booking.session = session
        if booking.enrollment and booking.status == TrainingBooking.Status.BOOKED:
            found += [(person, event_of(booking)) for person in booking.enrollment.people]
    return busy_people(found)


@transaction.atomic
def cancel_session(*, session: TrainingSession, reason: str, by: User) -> TrainingSession:
    """Cancel a session and mail everybody with a seat or on the waitlist; calendars remove it. Idempotent."""
    locked = lock_sessions(session.pk)[session.pk]
    if locked.cancelled_at:
        return locked
    if locked.starts_at <= timezone.now():
        raise ServiceError("It has begun; what took place can't be cancelled.")
    locked.cancelled_at, locked.cancel_reason = timezone.now(), reason
    locked.sequence += 1
    locked.save(update_fields=["cancelled_at", "cancel_reason", "sequence"])
    record(verb=Verb.CANCELLED, target=locked, workspace_id=locked.cohort.workspace_id, by=by, reason=reason)
    for booking in _concerned(locked):
        mail_booking(
            booking, "session_cancelled", key=f"{booking.pk}:{locked.sequence}", why=f"{locked} does not take place."
        )
    return locked


def _tell_changed(session: TrainingSession, before: TrainingSession) -> None:
    for booking in _concerned(session):
        booking.session = session
        mail_booking(
            booking,
            "changed",
            key=f"{booking.pk}:{session.sequence}",
            why=f"{session} was changed.",
            before=when_words(before, booking.zone) if before.starts_at != session.starts_at else "",
        )


def _concerned(session: TrainingSession) -> list[TrainingBooking]:
    """People with a seat or on the waitlist who are still in their cohort."""
    return list(TrainingBooking.objects.filter(session=session).active().taking_part().with_people())
