"""Write calendar files with the library icalendar. It is slow to import, so only `ics.calendar_file` imports this."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import icalendar
from icalendar import vBoolean, vCalAddress, vText

from cohorts.calendar.ics import CANCELLED, CONFIRMED, TENTATIVE, CalendarEvent
from mentorship.core.text import printable

# The answer of an attendee, by the status of the event (RFC 5545, PARTSTAT).
ANSWERS = {CONFIRMED: "ACCEPTED", TENTATIVE: "TENTATIVE", CANCELLED: "DECLINED"}


def write_calendar(events: Iterable[CalendarEvent], now: datetime, *, name: str, method: str) -> str:
    """A calendar with these events. With a `method` (REQUEST, CANCEL) it names organiser and attendees."""
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
        found = _component(event, now)
        if method:
            _add_people(found, event)
        calendar.add_component(found)
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
    if event.location:
        found.add("location", _printable(event.location))
    return found


def _add_people(found: icalendar.Event, event: CalendarEvent) -> None:
    """Add organiser and attendees. People answer on our pages, so calendars neither ask for a reply nor send one."""
    found.add("organizer", _person(*event.organizer))
    open_yet = event.unanswered and event.status != CANCELLED
    answer = "NEEDS-ACTION" if open_yet else ANSWERS.get(event.status, "NEEDS-ACTION")
    for name, address in dict.fromkeys(event.attendees):
        attendee = _person(name, address)
        attendee.params["CUTYPE"] = vText("INDIVIDUAL")
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["PARTSTAT"] = vText(answer)
        attendee.params["RSVP"] = vBoolean(False)
        found.add("attendee", attendee, encode=False)


def _person(name: str, address: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{_printable(address)}")
    # RFC 5545 allows no double quote in a parameter.
    if shown := _printable(name).replace('"', "'").strip():
        person.params["CN"] = vText(shown)
    return person


def _lines(text: str) -> str:
    return "\n".join(_printable(line) for line in text.splitlines())


def _printable(text: str) -> str:
    return printable(text).replace("\n", "").replace("\t", " ")
