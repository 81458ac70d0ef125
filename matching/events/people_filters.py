"""The people of a cohort filtered by events and goal groups: in their list, and for mails to many."""

from django.db.models import Q

from cohorts.filters import Choices, Filter, add_filter
from cohorts.models import Cohort
from cohorts.querysets import EnrollmentQuerySet
from matching.models import SpeedRsvp

NO_ANSWER = "silent"


def register_filters() -> None:
    """Add them to the list; called when the site starts."""
    add_filter("event", Filter("Speed mentoring", _events, _by_event))
    add_filter("goal", Filter("Goal group", _goals, _by_goal))


def _events(cohort: Cohort) -> Choices:
    answers = [*SpeedRsvp.Status.choices, (NO_ANSWER, "no answer")]
    events = cohort.speed_events.filter(cancelled_at=None).order_by("-starts_at", "-pk")
    return [(f"{event.pk}-{value}", f"{event.name}, {label}") for event in events for value, label in answers]


def _by_event(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    number, _, answer = value.partition("-")
    event = int(number)  # one of the choices
    if answer == NO_ANSWER:
        return found.filter(role__in=["mentor", "mentee"]).exclude(speed_rsvps__event=event)
    return found.filter(speed_rsvps__event=event, speed_rsvps__status=answer)


def _goals(cohort: Cohort) -> Choices:
    groups = list(cohort.goal_groups.all())
    return [*((str(group.pk), group.name) for group in groups), ("-", "in none")] if groups else []


def _by_goal(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    return found.filter(Q(goal_place=None) if value == "-" else Q(goal_place__group=value))
