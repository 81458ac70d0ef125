"""Seats of a cohort and its groups, and how long an offer holds one."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count

from cohorts.models import Cohort, Enrollment
from mentorship.core.errors import ServiceError
from mentorship.core.timezones import end_of_day


class SeatCount:
    """How many seats of cohorts and their groups are taken, counted with one query and kept up to date in memory.

    Groups limit the seats of mentees only. `without` leaves out an enrollment that asks for a seat itself.
    """

    def __init__(self, cohorts: Iterable[int], *, without: Enrollment | None = None) -> None:
        self._in_role: Counter[tuple[int, str]] = Counter()
        self._in_group: Counter[tuple[int | None, str]] = Counter()
        occupying = Enrollment.objects.occupying_place().filter(cohort__in=list(cohorts))
        if without is not None:
            occupying = occupying.exclude(pk=without.pk)
        rows = occupying.order_by().values_list("cohort", "role", "group").annotate(number=Count("pk"))
        for cohort, role, group, number in rows:
            self._in_role[cohort, role] += number
            self._in_group[group, role] += number

    def take(self, enrollment: Enrollment) -> None:
        """Count somebody who gets a seat."""
        self._in_role[enrollment.cohort_id, enrollment.role] += 1
        self._in_group[enrollment.group_id, enrollment.role] += 1

    def release(self, enrollment: Enrollment) -> None:
        """Stop counting somebody who gives up a seat."""
        self._in_role[enrollment.cohort_id, enrollment.role] -= 1
        self._in_group[enrollment.group_id, enrollment.role] -= 1

    def free(self, cohort: Cohort, role: str) -> int | None:
        """How many more can be accepted in a role of a cohort; None if there is no limit."""
        seats = cohort.seats_for(role)
        return None if seats is None else max(0, seats - self._in_role[cohort.pk, role])

    def refusal(self, enrollment: Enrollment) -> str:
        """Why there is no seat for somebody, as a sentence for coordinators; "" if there is one."""
        cohort, role = enrollment.cohort, enrollment.role
        if self.free(cohort, role) == 0:
            return f"All {cohort.seats_for(role)} seats for {role}s are taken. {enrollment} could wait."
        return self.group_refusal(enrollment)

    def group_refusal(self, enrollment: Enrollment) -> str:
        """Why there is no seat for somebody in their group; "" if there is one."""
        group, role = enrollment.group, enrollment.role
        if group is None or group.seats is None or role != Enrollment.Role.MENTEE:
            return ""
        if self._in_group[group.pk, role] >= group.seats:
            return f"All {group.seats} seats of {group} are taken. {enrollment} could wait."
        return ""


def free_seats(cohort: Cohort, role: str) -> int | None:
    """How many more can be accepted in a role; None if there is no limit."""
    return SeatCount([cohort.pk]).free(cohort, role)


def check_seat(enrollment: Enrollment) -> None:
    """Raise ServiceError if there is no seat left in the cohort or in their group. The caller has locked the cohort."""
    if refusal := SeatCount([enrollment.cohort_id], without=enrollment).refusal(enrollment):
        raise ServiceError(refusal)


def check_group_seat(enrollment: Enrollment) -> None:
    """Raise ServiceError if there is no seat left in their group. The caller has locked the cohort."""
    if refusal := SeatCount([enrollment.cohort_id], without=enrollment).group_refusal(enrollment):
        raise ServiceError(refusal)


def offer_deadline(cohort: Cohort, now: datetime) -> datetime | None:
    """When an offer made now expires: at the end of a day in the cohort's time zone."""
    if cohort.offer_days is None:
        return None
    day = now.astimezone(cohort.tz).date() + timedelta(days=cohort.offer_days)
    return end_of_day(day, cohort.tz)
