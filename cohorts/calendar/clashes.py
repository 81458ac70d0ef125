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
    answered: Collection[str] = (),
    given_up: Collection[str] = (),
    zone: ZoneInfo,
) -> None:
    """Raise ClashError where a person is to be somewhere else while `new` takes place. Back to back is fine.

    `answered` are the UIDs of what they were shown and said yes to, `given_up` of what they leave for the new one.
    """
    others = [event for event in events_of(user) if event.status == CONFIRMED and event.uid not in given_up]
    raise_if_clashing(others, new, answered=answered, zone=zone)


def raise_if_clashing(
    others: Iterable[CalendarEvent], new: CalendarEvent, *, answered: Collection[str], zone: ZoneInfo
) -> None:
    """The same among these events."""
    found = [event for event in others if event.uid != new.uid and overlap(event, new)]
    if {event.uid for event in found} - set(answered):
        listed = join_names(
            [f"“{event.name}”, {event_in_words(event.starts, event.zone or zone, zone)}" for event in found]
        )
        raise ClashError(f"You’re already going to {listed}. That’s at the same time.", found)


def overlap(one: CalendarEvent, other: CalendarEvent) -> bool:
    """Whether two events share some time. A whole day, or one without a length, keeps nobody busy."""
    (begin, end), (start, stop) = _span(one), _span(other)
    return bool(begin and end and start and stop and begin < stop and start < end)


def _span(event: CalendarEvent) -> tuple[datetime | None, datetime | None]:
    if not isinstance(event.starts, datetime) or not event.minutes:
        return None, None
    return event.starts, event.starts + timedelta(minutes=event.minutes)
