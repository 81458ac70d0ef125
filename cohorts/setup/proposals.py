"""The name and the dates that the form of a new cohort proposes."""

from datetime import date, timedelta
from typing import Any

from django.utils.dateformat import format as format_date

from cohorts.models import Programme
from cohorts.plan.days_off import next_working_day, read_days_off
from cohorts.plan.services import DEFAULT_LENGTH
from cohorts.plan.timelines import END, OPENS

WEEK = timedelta(weeks=1)
# Days from the opening of sign-up to the start, for a timeline without an opening.
USUAL_LEAD = 42


def propose_cohort(programme: Programme, today: date) -> dict[str, Any]:
    """Initial values of the next cohort: with sign-up opened today it has the time that its timeline gives it.

    It starts on a Monday, after the last cohort of the programme has started, and past days off.
    """
    days = {step.key: step.offset_days for step in programme.timeline.all() if step.key}
    last = programme.cohorts.order_by("-starts_on").first()
    earliest = today - timedelta(days=min(days.get(OPENS, -USUAL_LEAD), -1))
    if last:
        earliest = max(earliest, last.starts_on + WEEK)
    monday = earliest + timedelta(days=-earliest.weekday() % 7)
    starts_on, _ = next_working_day(monday, read_days_off(programme.days_off))
    proposed: dict[str, Any] = {
        "name": format_date(starts_on, "F Y"),
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(days=max(days.get(END, DEFAULT_LENGTH), 1)),
    }
    if last:
        proposed |= {"time_zone": last.time_zone, "suggested_topics": last.suggested_topics}
    return proposed
