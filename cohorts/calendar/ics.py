"""Calendar files and feeds (RFC 5545 and 5546), for every app that has dates.

Events are sent as invitations: REQUEST with an organiser and attendees, a change with the same UID and a higher
sequence, CANCEL if the event is off for the reader. Feeds have no method; calendars poll them.

Apps above add their own events to people's feeds through the extension point CALENDAR_EVENTS.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlparse
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse

from mentorship.core.accounts.models import User
from mentorship.core.extensions import ExtensionPoint

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"


@dataclass(frozen=True)
class CalendarEvent:
    """One event. `uid` never changes; calendars accept a change only with a higher `sequence`."""

    uid: str
    sequence: int
    name: str
    starts: datetime | date  # a moment in UTC, or a whole day
    minutes: int | None = None
    text: str = ""
    link: str = ""
    status: str = ""
    organizer: tuple[str, str] = ("", "")  # name and address; needed if the file has a method
    attendees: tuple[tuple[str, str], ...] = ()  # names and addresses of the attendees
    location: str = ""  # where people go, or the link of the call
    zone: ZoneInfo | None = None  # the zone in which it is announced; None: the reader's
    cohort: str = ""  # the name of its cohort
    unanswered: bool = False  # no attendee has answered yet; otherwise the status is their answer

    @property
    def method(self) -> str:
        """The action for calendars: REQUEST adds or changes the event, CANCEL removes it."""
        return "CANCEL" if self.status == CANCELLED else "REQUEST"

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


def removal_for(event: CalendarEvent, name: str, address: str) -> CalendarEvent:
    """The event as cancelled for one person, while it continues for the others."""
    return replace(event, status=CANCELLED, sequence=event.sequence + 1, attendees=((name, address),))


def invitation_file(event: CalendarEvent, now: datetime) -> str:
    """The calendar file of one event for its attendees, both in mails and behind links."""
    return calendar_file([event], now, name=event.name, method=event.method)


def invitation(event: CalendarEvent, now: datetime) -> tuple[str, str, bytes]:
    """The calendar file as a mail attachment: name, content type, content."""
    kind = f"text/calendar; charset=utf-8; method={event.method}"
    return "invite.ics", kind, invitation_file(event, now).encode()


def invitation_response(event: CalendarEvent, now: datetime) -> HttpResponse:
    """The calendar file as a response that is never cached: the next download may differ."""
    name, kind, content = invitation(event, now)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def calendar_file(events: Iterable[CalendarEvent], now: datetime, *, name: str = "Mentorship", method: str = "") -> str:
    """A calendar with these events. With a `method` (REQUEST, CANCEL) it names organiser and attendees."""
    from cohorts.calendar.ics_writer import write_calendar  # noqa: PLC0415 slow library: icalendar, few processes write

    return write_calendar(events, now, name=name, method=method)
