"""Ask before somebody takes a seat at a time at which they have one already."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cohorts.calendar.ics import CONFIRMED, CalendarEvent, events_of
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.text import join_names
from mentorship.core.ui.moments import event_in_words


class ClashError(ServiceError):
    """It would be at the same time as something else. Whoever is told may do it all the same.

    `answered` names what was shown: sent back with the same act, it says that they know of this, and of no more.
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
    """Raise ClashError if a person, or another one of their `team`, is somewhere else during `new`.

    Back to back is fine. `answered` are the UIDs of what they were shown and said yes to, `given_up` of what they leave
    for the new one. Of the others it says only that they are busy: where is theirs to tell.
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
    """The same among these events."""
    found = _clashing(others, new)
    if {event.uid for event in found} - set(answered):
        raise ClashError(_in_words(found, zone), found)


def busy_people(people_and_new: Iterable[tuple[User, CalendarEvent]]) -> list[User]:
    """Who of these people is somewhere else while their event takes place, each once."""
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
