"""Filter the people of a cohort by goal group."""

from django.db.models import Q

from cohorts.models import Cohort
from cohorts.people.filters import Choices, Filter
from cohorts.querysets import EnrollmentQuerySet


def _goals(cohort: Cohort) -> Choices:
    groups = list(cohort.goal_groups.all())
    return [*((str(group.pk), group.name) for group in groups), ("-", "in none")] if groups else []


def _by_goal(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    return found.filter(Q(goal_place=None) if value == "-" else Q(goal_place__group=value))


GROUP_FILTER = Filter("Goal group", _goals, _by_goal)
