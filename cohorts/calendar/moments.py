"""Dates of a cohort in words, for each reader."""

from zoneinfo import ZoneInfo

from cohorts.models import CohortDate
from mentorship.core.ui.moments import event_in_words


def when_in_words(what: CohortDate, zone: ZoneInfo) -> str:
    """A date in words: in its own time zone first, then in the reader's if that differs."""
    return event_in_words(what.starts, what.tz, zone)
