"""Warn people before they take a seat at a time when they are already busy."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cohorts.calendar.ics import CONFIRMED, CalendarEvent, events_of
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.text import join_names
from mentorship.core.ui.moments import event_in_words


class ClashError(ServiceError):
    """The person is busy at that time. They may go ahead once they have been told.

    `answered` names the events that they were shown. Sent back with the same request, it confirms those and no others.
    """

    def __init__(self, words: str, clashing: Sequence[CalendarEvent]) -> None:
        super().__init__(words)
        self.answered = " ".join(event.uid for event in clashing)


def check_clashes(
    user: User,
    new: CalendarEvent,
    *,
    team: Iterable[User] = (),
    answered: Collection[str] = (),
    given_up: Collection[str] = (),
    zone: ZoneInfo,
) -> None:
    """Raise ClashError if a person, or another member of their `team`, is busy during `new`.

    Events that only touch are fine. `answered` are the UIDs of events that the person was shown and accepted,
    `given_up` of those they leave for the new one. Of other team members the error says only that they are busy, not
    where.
    """
    own = _clashing(events_of(user), new, given_up)
    others = {person: _clashing(events_of(person), new, given_up) for person in team if person != user}
    known = {event.uid for event in own}
    busy = {person: events for person, events in others.items() if {event.uid for event in events} - known}
    found = {event.uid: event for events in (own, *busy.values()) for event in events}
    if found.keys() - set(answered):
        names = join_names([person.short_name for person in busy])
        words = [_in_words(own, zone)] if own else []
        words += [f"{names} {'is' if len(busy) == 1 else 'are'} busy at that time."] if busy else []
        raise ClashError(" ".join(words), list(found.values()))


def raise_if_clashing(
    others: Iterable[CalendarEvent], new: CalendarEvent, *, answered: Collection[str], zone: ZoneInfo
) -> None:
    """Raise ClashError if one of these events overlaps `new`."""
    found = _clashing(others, new)
    if {event.uid for event in found} - set(answered):
        raise ClashError(_in_words(found, zone), found)


def busy_people(people_and_new: Iterable[tuple[User, CalendarEvent]]) -> list[User]:
    """People among these who are busy while their event takes place, each once."""
    return list(dict.fromkeys(person for person, new in people_and_new if _clashing(events_of(person), new)))


def busy_in_words(people: Iterable[User]) -> str:
    """`Ana and Bo are somewhere else at the new time.`, for coordinators who move something; "" for nobody."""
    names = [str(person) for person in people]
    return f"{join_names(names)} {'is' if len(names) == 1 else 'are'} somewhere else at the new time." if names else ""


def _clashing(
    others: Iterable[CalendarEvent], new: CalendarEvent, given_up: Collection[str] = ()
) -> list[CalendarEvent]:
    sure = (event for event in others if event.status == CONFIRMED and event.uid not in {new.uid, *given_up})
    return [event for event in sure if overlap(event, new)]


def _in_words(found: Iterable[CalendarEvent], zone: ZoneInfo) -> str:
    listed = join_names(
        [f"“{event.name}”, {event_in_words(event.starts, event.zone or zone, zone)}" for event in found]
    )
    return f"You’re already going to {listed}. That’s at the same time."


def overlap(one: CalendarEvent, other: CalendarEvent) -> bool:
    """Whether two events share some time. A whole day, or one without a length, keeps nobody busy."""
    (begin, end), (start, stop) = _span(one), _span(other)
    return bool(begin and end and start and stop and begin < stop and start < end)


def _span(event: CalendarEvent) -> tuple[datetime | None, datetime | None]:
    if not isinstance(event.starts, datetime) or not event.minutes:
        return None, None
    return event.starts, event.starts + timedelta(minutes=event.minutes)
