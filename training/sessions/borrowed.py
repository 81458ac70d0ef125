"""Sessions of other cohorts that a cohort may use: who of its people takes part."""

from collections.abc import Iterable

from django.db import transaction

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from training.attendance.roll import people_for, people_without_seat, read_keys
from training.attendance.services import save_attendance
from training.models import SeatHold, TrainingBooking, TrainingSession
from training.querysets import TrainingBookingQuerySet


def bookings_of_borrower(session: TrainingSession, cohort: Cohort) -> TrainingBookingQuerySet:
    """The bookings of a cohort's own people in a session of somebody else."""
    return TrainingBooking.objects.filter(session=session, enrollment__cohort=cohort)


def people_who_may_walk_in(session: TrainingSession, cohort: Cohort) -> list[tuple[str, User, str]]:
    """The cohort's people whom the session is for and who have no booking, each with their key and team."""
    booked = bookings_of_borrower(session, cohort).values("enrollment")
    own = people_for(session).filter(cohort=cohort).exclude(pk__in=booked)
    return [one for enrollment in own for one in people_without_seat(enrollment)]


@transaction.atomic
def note_walk_ins(*, session: TrainingSession, cohort: Cohort, keys: Iterable[str], by: User) -> int:
    """Record that people of the borrowing cohort came without a seat. Returns how many.

    Nobody else’s attendance changes.

    Raises ServiceError before the session begins, and for a session that is not open to the cohort.
    """
    if not SeatHold.objects.lent_to(cohort).filter(session=session).exists():
        raise ServiceError("This session isn’t open to your cohort any more.")
    allowed = {key for key, *_ in people_who_may_walk_in(session, cohort)}
    leads, members = read_keys(allowed.intersection(keys))
    save_attendance(session=session, came=(), walked_in=leads, walked_in_members=members, by=by, final=False)
    return len(leads) + len(members)
