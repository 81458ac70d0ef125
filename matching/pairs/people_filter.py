"""Filter the people of a cohort by whether they have a match."""

from django.db.models import Exists, OuterRef

from cohorts.models import Cohort, Enrollment
from cohorts.people.filters import Filter
from cohorts.querysets import EnrollmentQuerySet
from matching.models import Match

CHOICES = [("yes", "has a match"), ("introduced", "was introduced"), ("no", "has a place and no match")]


def _choices(cohort: Cohort) -> list[tuple[str, str]]:
    return CHOICES


def people_by_match(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    """People with a match that takes a place, those of them who were introduced, or those without one."""
    matches = Match.objects.occupying_place()
    matches = matches.introduced() if value == "introduced" else matches
    matched = Exists(matches.filter(mentee=OuterRef("pk"))) | Exists(matches.filter(mentor=OuterRef("pk")))
    if value == "no":
        return found.filter(~matched, role__in=Enrollment.MATCHED_ROLES).occupying_place()
    return found.filter(matched)


MATCH_FILTER = Filter("Match", _choices, people_by_match)
