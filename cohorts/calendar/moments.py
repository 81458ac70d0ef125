"""When the dates of a cohort are, in UTC and in words for each reader."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date

from cohorts.models import CohortDate
from mentorship.core.timezones import zone_name


def when_in_words(what: CohortDate, zone: ZoneInfo) -> str:
    """A date in words: the reader's local time first, then the cohort's where it differs."""
    return moment_in_words(what.starts, zone, what.cohort.tz)


def moment_in_words(start: datetime | date, zone: ZoneInfo, there: ZoneInfo) -> str:
    """A moment (UTC) or whole day in words for a reader in `zone`, of a cohort in the zone `there`."""
    if not isinstance(start, datetime):
        return format_date(start, "l j F")
    own, theirs = start.astimezone(zone), start.astimezone(there)
    if own.replace(tzinfo=None) == theirs.replace(tzinfo=None):
        return f"{format_date(theirs, 'l j F, H:i')} ({zone_name(there)})"
    then = format_date(theirs, "H:i" if own.date() == theirs.date() else "l H:i")
    return f"{format_date(own, 'l j F, H:i')} your time ({zone_name(zone)}), {then} in {zone_name(there)}"
