"""Register what check-ins add to cohorts: a filter of people, who returns, and who takes a break."""

from django.utils import timezone

from checkins.alumni.services import people_on_break, willing_to_return
from checkins.answering.people_filter import choices_of, filter_by_checkin
from cohorts.invitations.services import EXCLUSIONS, EXTRA_SOURCES
from cohorts.models import Cohort
from cohorts.people.filters import Filter, add_filter


def register() -> None:
    """Called once when the room starts; the same again changes nothing."""
    add_filter("checkin", Filter("Check-in", choices_of, filter_by_checkin))
    EXTRA_SOURCES["alumni"] = willing_to_return
    EXCLUSIONS["breaks"] = _resting


def _resting(cohort: Cohort) -> set[int]:
    return people_on_break(cohort.programme_id, timezone.localdate(timezone=cohort.tz))
