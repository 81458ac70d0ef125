"""Every write about training: sessions and seats."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from mentorship.accounts.models import User
from mentorship.audit.services import record
from training.models import Provider, Training, TrainingBooking, TrainingSession


class TrainingError(ValueError):
    """What was asked is not possible; the text says why, in a sentence for the person who asked."""


@transaction.atomic
def create_session(
    *, cohort: Cohort, provider: str, training: str, starts_at: datetime, by: User | None, **fields: Any
) -> TrainingSession:
    """Add a slot; provider and training are found by name within the programme, or made."""
    of = Provider.objects.get_or_create(workspace_id=cohort.workspace_id, name=provider.strip())[0]
    what = Training.objects.get_or_create(provider=of, name=training.strip())[0]
    session = TrainingSession.objects.create(training=what, cohort=cohort, starts_at=starts_at, **fields)
    record(verb="created", target=session, workspace_id=cohort.workspace_id, by=by)
    return session


@transaction.atomic
def save_session(*, session: TrainingSession, provider: str, training: str, by: User) -> TrainingSession:
    """Save what a form changed. Raises TrainingError where fewer seats are left than are taken."""
    locked = TrainingSession.objects.select_for_update().get(pk=session.pk)
    if session.seats < locked.taken:
        raise TrainingError(f"{locked.taken} people booked already; it can't have fewer seats.")
    of = Provider.objects.get_or_create(workspace_id=session.cohort.workspace_id, name=provider.strip())[0]
    session.training = Training.objects.get_or_create(provider=of, name=training.strip())[0]
    session.save(update_fields=["training", "starts_at", "minutes", "seats", "joining_link"])
    record(verb="edited", target=session, workspace_id=session.cohort.workspace_id, by=by)
    return session


def book_seat(*, session: TrainingSession, enrollment: Enrollment, by: User) -> TrainingBooking:
    """Take a seat for an accepted mentor; asking twice takes one. Raises TrainingError where it is full or over."""
    if enrollment.cohort_id != session.cohort_id or enrollment.role != "mentor" or enrollment.status != "accepted":
        raise TrainingError("Only accepted mentors of this cohort can book.")
    if session.starts_at <= timezone.now():
        raise TrainingError("This session has begun.")
    try:
        with transaction.atomic():
            booking = TrainingBooking.objects.create(session=session, enrollment=enrollment)
            # One statement takes the seat: two people can't both take the last one.
            taken = TrainingSession.objects.filter(pk=session.pk, taken__lt=F("seats")).update(taken=F("taken") + 1)
            if not taken:
                raise TrainingError("The last seat of this session is taken. Choose another slot.")
            record(verb="booked", target=booking, workspace_id=session.cohort.workspace_id, by=by)
    except IntegrityError:
        return TrainingBooking.objects.get(session=session, enrollment=enrollment)
    return booking


@transaction.atomic
def cancel_booking(*, booking: TrainingBooking, by: User) -> None:
    """Give a seat back. Cancelling twice gives back one."""
    # Filtering, not `booking.delete()`: that would take the id which the audit entry needs.
    deleted, _ = TrainingBooking.objects.filter(pk=booking.pk).delete()
    if deleted:
        TrainingSession.objects.filter(pk=booking.session_id).update(taken=F("taken") - 1)
        record(verb="cancelled", target=booking, workspace_id=booking.session.cohort.workspace_id, by=by)
