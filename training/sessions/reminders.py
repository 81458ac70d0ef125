"""The reminders of a booking with their due times, for the sweep and for the list of planned mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mentorship.core.timezones import reminder_before

WEEK, DAY = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True)
class Reminder:
    """One reminder of a booking: due `at` a moment in UTC, and no longer written after `until`."""

    key: str
    at: datetime
    until: datetime
    until_why: str
    words: str

    def is_due(self, now: datetime) -> bool:
        return self.at <= now < self.until


def plan_reminders(booking_id: int, starts_at: datetime, booked_at: datetime, zone: ZoneInfo) -> Iterator[Reminder]:
    """Reminders a week and a day before a session, for earlier bookings; on Saturday if that is a Sunday.

    `zone` is the person's. The start is part of the key: a moved session has new reminders.
    """
    for word, before, until, until_why, words in (
        ("week", WEEK, starts_at - DAY, "the reminder of the day before is due", "a week before"),
        ("day", DAY, starts_at, "the session begins", "the day before"),
    ):
        at = reminder_before(starts_at, before, zone)
        if booked_at <= at:
            key = f"training-reminder:{booking_id}:{starts_at:%Y%m%dT%H%M}:{word}"
            yield Reminder(key, at, until, until_why, words)
