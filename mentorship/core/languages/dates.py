"""Dates in the current language. English is Django's, the others are Babel's with the order of their language."""

from datetime import date, datetime

from babel.dates import format_date, format_skeleton
from django.utils.dateformat import format as format_english

from mentorship.core.languages.current import current_language
from mentorship.core.languages.known import ENGLISH


def long_day(day: date) -> str:
    """`16 February 2027`, `16 de febrero de 2027`."""
    language = current_language()
    return format_english(day, "j F Y") if language == ENGLISH else str(format_date(day, "long", language.locale))


def day_of_year(day: date) -> str:
    """`16 February`, `16 de febrero`."""
    return _by_skeleton(day, "MMMMd", "j F")


def short_day(day: date) -> str:
    """`16 Feb 2027`, `16 feb 2027`."""
    return _by_skeleton(day, "yMMMd", "j M Y")


def short_weekday(day: date) -> str:
    """`Tue 16 Feb 2027`, `mar, 16 feb 2027`."""
    return _by_skeleton(day, "yMMMEd", "D j M Y")


def short_moment(moment: datetime) -> str:
    """`Tue 16 Feb 2027, 10:00`, `mar, 16 feb 2027, 10:00`. In the zone of `moment`."""
    return f"{short_weekday(moment)}, {moment:%H:%M}"


def _by_skeleton(day: date, skeleton: str, english: str) -> str:
    language = current_language()
    if language == ENGLISH:
        return format_english(day, english)
    # Without a zone: Babel would convert the moment to UTC.
    local = day.replace(tzinfo=None) if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001
    return str(format_skeleton(skeleton, local, locale=language.locale))
