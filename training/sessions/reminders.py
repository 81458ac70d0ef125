"""The reminders of a booking: when each is due, and until when. The sweep and the list of planned mail ask here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mentorship.core.timezones import reminder_before

WEEK, DAY = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True)
class Reminder:
    """One reminder of a booking: due `at` a moment in UTC, and not written any more at `until`."""

    key: str
    at: datetime
    until: datetime
    until_why: str
    words: str

    def is_due(self, now: datetime) -> bool:
        return self.at <= now < self.until


def plan_reminders(booking_id: int, starts_at: datetime, booked_at: datetime, zone: ZoneInfo) -> Iterator[Reminder]:
    """A week and a day before a session, for who booked before that moment; on Saturday if that is a Sunday.

    `zone` is the person's. The start is part of the key: a session that moves is reminded of anew.
    """
    for word, before, until, until_why, words in (
        ("week", WEEK, starts_at - DAY, "the reminder of the day before is due", "a week before"),
        ("day", DAY, starts_at, "the session begins", "the day before"),
    ):
        at = reminder_before(starts_at, before, zone)
        if booked_at <= at:
            key = f"training-reminder:{booking_id}:{starts_at:%Y%m%dT%H%M}:{word}"
            yield Reminder(key, at, until, until_why, words)
