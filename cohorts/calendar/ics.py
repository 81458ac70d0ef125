"""Calendar files and feeds (RFC 5545), written by the library icalendar, for every app that has dates.

Apps above add their own events to people's feeds through the extension point CALENDAR_EVENTS.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlparse

import icalendar
from django.conf import settings
from icalendar import vCalAddress

from mentorship.core.accounts.models import User
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.text import printable

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"


@dataclass(frozen=True)
class CalendarEvent:
    """One event. `uid` never changes; calendars take a change over only with a higher `sequence`."""

    uid: str
    sequence: int
    name: str
    starts: datetime | date  # a moment in UTC, or a whole day
    minutes: int | None = None
    text: str = ""
    link: str = ""
    status: str = ""
    organizer: str = ""  # an e-mail address; needed where the file has a method
    place: str = ""  # what the page names below it, such as the cohort

    @property
    def moment(self) -> datetime | date:
        return self.starts

    @property
    def day(self) -> date:
        return self.starts.date() if isinstance(self.starts, datetime) else self.starts


CalendarSource = Callable[[User], Iterable[CalendarEvent]]
CALENDAR_EVENTS: ExtensionPoint[CalendarSource] = ExtensionPoint(
    "events in calendars",
    asked_by=__name__,
    about="Given a person, the events for their feed and their page of dates, cancelled ones included.",
)


def events_of(user: User) -> list[CalendarEvent]:
    """Events that other apps have for a person. Cancelled ones are included, so that calendars remove them."""
    return [event for source in CALENDAR_EVENTS for event in source(user)]


def event_uid(kind: str, pk: int) -> str:
    """The unique id of a row in calendars."""
    return f"{kind}-{pk}@{urlparse(settings.SITE_URL).hostname}"


def calendar_file(events: Iterable[CalendarEvent], now: datetime, *, name: str = "Mentorship", method: str = "") -> str:
    """A calendar with these events. `method` (PUBLISH, CANCEL) is for files that are sent, not for feeds."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Mentorship//Cohort dates//EN")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    calendar.add("name", _printable(name))
    calendar.add("x-wr-calname", _printable(name))
    if not method:
        calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_component(event, now))
    return calendar.to_ical(sorted=False).decode()


def _component(event: CalendarEvent, now: datetime) -> icalendar.Event:
    found = icalendar.Event()
    found.add("uid", event.uid)
    found.add("sequence", event.sequence)
    found.add("dtstamp", now.astimezone(UTC))
    if isinstance(event.starts, datetime):
        start = event.starts.astimezone(UTC)
        found.add("dtstart", start)
        if event.minutes:
            found.add("dtend", start + timedelta(minutes=event.minutes))
    else:
        found.add("dtstart", event.starts)
        found.add("transp", "TRANSPARENT")  # a whole day keeps nobody busy
    found.add("summary", _lines(event.name))
    found.add("description", _lines(event.text))
    if event.status:
        found.add("status", event.status)
    if event.link:
        found.add("url", _printable(event.link))
    if event.organizer:
        found.add("organizer", vCalAddress(f"mailto:{_printable(event.organizer)}"))
    return found


def _lines(text: str) -> str:
    return "\n".join(_printable(line) for line in text.splitlines())


def _printable(text: str) -> str:
    return printable(text).replace("\n", "").replace("\t", " ")
