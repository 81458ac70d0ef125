"""Filter the people of a cohort by whether they pause."""

from cohorts.people.filters import Filter
from cohorts.querysets import EnrollmentQuerySet
from matching.models import MentorPause


def _by_pause(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    pausing = MentorPause.objects.filter(ended_at=None).values("enrollment")
    return found.filter(pk__in=pausing) if value == "yes" else found.filter(role="mentor").exclude(pk__in=pausing)


PAUSE_FILTER = Filter(
    "Pause", lambda cohort: [("yes", "mentors who pause"), ("no", "mentors who don't pause")], _by_pause
)
