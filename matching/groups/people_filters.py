"""Filter the people of a cohort by goal group, and register the filters of events and groups."""

from django.db.models import Q

from cohorts.models import Cohort
from cohorts.people.filters import Choices, Filter, add_filter
from cohorts.querysets import EnrollmentQuerySet
from matching.events.people_filters import by_event, event_choices


def register_filters() -> None:
    """Add them to the list; called when the site starts."""
    add_filter("event", Filter("Speed mentoring", event_choices, by_event))
    add_filter("goal", Filter("Goal group", _goals, _by_goal))


def _goals(cohort: Cohort) -> Choices:
    groups = list(cohort.goal_groups.all())
    return [*((str(group.pk), group.name) for group in groups), ("-", "in none")] if groups else []


def _by_goal(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    return found.filter(Q(goal_place=None) if value == "-" else Q(goal_place__group=value))
