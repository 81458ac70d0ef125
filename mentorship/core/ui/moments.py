"""Moments in words, in one zone or in those of an event and its reader."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext

from mentorship.core.languages.current import current_language, current_locale
from mentorship.core.languages.dates import short_moment
from mentorship.core.languages.known import ENGLISH
from mentorship.core.timezones import zone_name


def reader_zone() -> ZoneInfo:
    """The time zone of this page's reader. Django's own name for it is "-08" for Etc/GMT+8, which names no zone."""
    return ZoneInfo(str(timezone.get_current_timezone()))


def on_clock(moment: datetime, zone: str | ZoneInfo, style: str = "l j F, H:i") -> str:
    """`Tuesday 16 February, 10:00 (Lisbon)`: a moment in the local time of a zone, with its name."""
    there = ZoneInfo(str(zone))
    return f"{format_date(moment.astimezone(there), style)} ({zone_name(there)})"


def event_in_words(starts: datetime | date, there: ZoneInfo, reader: ZoneInfo) -> str:
    """The start of an event in the zone `there`, for somebody in the zone `reader`.

    The event's local time comes first, as on a poster at the venue; the reader's follows if it differs. A whole day has
    no time.
    """
    if not isinstance(starts, datetime):
        return format_date(starts, "l j F")
    own = own_clock(starts, there, reader, "H:i", "l H:i")
    return f"{on_clock(starts, there)}, {own}" if own else on_clock(starts, there)


def own_clock(starts: datetime, there: ZoneInfo, reader: ZoneInfo, style: str, style_of_another_day: str) -> str:
    """`Sunday 22:30 your time (Los Angeles)`; "" if it is the same as the event's local time."""
    at_event, at_home = starts.astimezone(there), starts.astimezone(reader)
    if at_event.replace(tzinfo=None) == at_home.replace(tzinfo=None):
        return ""
    same_day = at_event.date() == at_home.date()
    if current_language() == ENGLISH:
        words = format_date(at_home, style if same_day else style_of_another_day)
    else:
        words = format_date(at_home, "H:i") if same_day else short_moment(at_home)
    return gettext("{time} your time ({zone})").format(time=words, zone=zone_name(reader, current_locale()))
