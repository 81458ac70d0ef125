"""Filter the people of a cohort by whether they pause."""

from cohorts.models import Cohort
from cohorts.people.filters import Filter
from cohorts.querysets import EnrollmentQuerySet
from matching.models import MentorPause


def _by_pause(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    pausing = MentorPause.objects.filter(ended_at=None).values("enrollment")
    return found.filter(pk__in=pausing) if value == "yes" else found.filter(role="mentor").exclude(pk__in=pausing)


def _choices(cohort: Cohort) -> list[tuple[str, str]]:
    mentors = cohort.programme.plural_of("mentor")
    return [("yes", f"{mentors} who pause"), ("no", f"{mentors} who don't pause")]


PAUSE_FILTER = Filter("Pause", _choices, _by_pause)
