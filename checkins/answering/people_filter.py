"""Filter people by the state of their check-ins."""

from django.db.models import Exists, OuterRef
from django.utils import timezone

from checkins.models import CheckIn
from cohorts.models import Cohort
from cohorts.people.filters import Filter
from cohorts.querysets import EnrollmentQuerySet

SILENT, OVERDUE, ANSWERED, PLANNED = "silent", "overdue", "answered", "planned"
CHOICES = [
    (SILENT, "asked, no answer"),
    (OVERDUE, "reminded, no answer"),
    (ANSWERED, "answered"),
    (PLANNED, "not asked yet"),
]


def choices_of(cohort: Cohort) -> list[tuple[str, str]]:
    """The choices of the filter; with several waves also "no answer" for each of them."""
    waves = list(cohort.waves.values_list("pk", "name"))
    of_waves = [(f"{SILENT}-{pk}", f"asked, no answer: {name}") for pk, name in waves] if len(waves) > 1 else []
    return [*CHOICES, *of_waves]


def filter_by_checkin(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    """Filter enrollments by the state of their check-ins; a team matches if one of its members does."""
    theirs = CheckIn.objects.filter(enrollment=OuterRef("pk"))
    state, _, wave = value.partition("-")
    theirs = theirs.filter(wave=int(wave)) if wave else theirs
    match state:
        case "silent":
            theirs = theirs.silent()
        case "overdue":
            theirs = theirs.overdue(timezone.now())
        case _:
            theirs = theirs.filter(status=state)
    return found.filter(Exists(theirs))


CHECKIN_FILTER = Filter("Check-in", choices_of, filter_by_checkin)
