"""The next dates for people who have a place in a round that has not begun."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext

from cohorts.mailings.weekly_dates import WeekDate, dates_of_cohorts
from cohorts.models import Cohort, Enrollment

# Dates up to this long after the first day are still "next", and this many are shown.
AFTER_START = timedelta(days=14)
MOST = 6


def next_steps(enrollments: Iterable[Enrollment], now: datetime) -> list[tuple[Enrollment, list[WeekDate]]]:
    """Pair each of these that is accepted in a round that begins after `now` with its next dates, in order.

    The same dates of a round are there once, also for somebody in two roles. A constant number of queries.
    """
    found = [one for one in enrollments if _awaits_start(one, now)]
    spans = {one.cohort: (_today(one.cohort, now), one.cohort.starts_on + AFTER_START) for one in found}
    dates = dates_of_cohorts(spans)
    steps = [(one, _with_start(one, dates.get(one.cohort_id, []))) for one in found]
    first = {(one.cohort_id, tuple(own)): (one, own) for one, own in reversed(steps)}
    return [pair for pair in steps if pair in first.values()]


def _awaits_start(enrollment: Enrollment, now: datetime) -> bool:
    cohort = enrollment.cohort
    is_in = enrollment.status == Enrollment.Status.ACCEPTED and not enrollment.offer_is_open
    return is_in and cohort.status not in Cohort.OVER and cohort.starts_on > _today(cohort, now)


def _with_start(enrollment: Enrollment, dates: list[WeekDate]) -> list[WeekDate]:
    first, cohort = enrollment.cohort.starts_on, enrollment.cohort
    own = [one for one in dates if one.is_for([enrollment.role])]
    before = [one for one in own if _day(one, cohort) < first]
    return [*before, WeekDate(first, gettext("The round begins")), *own[len(before) :]][:MOST]


def _day(one: WeekDate, cohort: Cohort) -> date:
    return one.starts.astimezone(cohort.tz).date() if isinstance(one.starts, datetime) else one.starts


def _today(cohort: Cohort, now: datetime) -> date:
    return now.astimezone(cohort.tz).date()
