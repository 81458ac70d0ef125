"""Seats of a cohort and its groups, and how long an offer holds them."""

from datetime import datetime, timedelta

from cohorts.models import Cohort, Enrollment
from mentorship.core.errors import ServiceError
from mentorship.core.timezones import end_of_day

# Once a cohort runs, a free place is no place in it any more.
OFFERS_PLACES = (Cohort.Status.ENROLLING, Cohort.Status.MATCHING)


def free_seats(cohort: Cohort, role: str) -> int | None:
    """How many more can be accepted in a role; None where there is no limit."""
    seats = cohort.seats_for(role)
    return None if seats is None else max(0, seats - cohort.enrollments.filter(role=role).occupying_place().count())


def check_seat(enrollment: Enrollment) -> None:
    """Raise ServiceError where no seat is left for them, in the cohort or in their group. Lock the cohort before."""
    cohort, role = enrollment.cohort, enrollment.role
    if free_seats(cohort, role) == 0:
        raise ServiceError(f"All {cohort.seats_for(role)} seats for {role}s are taken. {enrollment} could wait.")
    check_group_seat(enrollment)


def check_group_seat(enrollment: Enrollment) -> None:
    group = enrollment.group
    if group and group.seats is not None and enrollment.role == Enrollment.Role.MENTEE:
        of_group = enrollment.cohort.enrollments.filter(role=enrollment.role, group=group)
        taken = of_group.occupying_place().exclude(pk=enrollment.pk).count()
        if taken >= group.seats:
            raise ServiceError(f"All {group.seats} seats of {group} are taken. {enrollment} could wait.")


def offer_deadline(cohort: Cohort, now: datetime) -> datetime | None:
    """Until when somebody accepted now may say that they come: the end of a day by the cohort's clock."""
    if cohort.offer_days is None:
        return None
    day = now.astimezone(cohort.tz).date() + timedelta(days=cohort.offer_days)
    return end_of_day(day, cohort.tz)
