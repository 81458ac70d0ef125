"""The hours of a day that suit people in several time zones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from mentorship.core.timezones import clock_name

STEP = timedelta(minutes=30)
# The most convenient first: office hours for everybody, else longer days.
DAYTIMES = ((time(9), time(18)), (time(8), time(20)), (time(7), time(22)))


@dataclass(frozen=True)
class Window:
    """A stretch of one day in UTC, shown in the time of each zone."""

    begins: datetime
    ends: datetime

    def on_clock(self, zone: str) -> str:
        """`13:00–16:30 Nairobi time`"""
        local = ZoneInfo(zone)
        begins, ends = (moment.astimezone(local).strftime("%H:%M") for moment in (self.begins, self.ends))
        return f"{begins}–{ends} {clock_name(zone)}"


class FreeHours(Protocol):
    """The hours of the week in which somebody can usually meet; see cohorts/weekly_hours.py."""

    def covers(self, begins: datetime, ends: datetime) -> bool:
        """Whether all of a stretch of time is inside."""


@dataclass(frozen=True)
class Clock:
    """The clock that somebody lives by, and the hours of the week that suit them, if they gave some."""

    zone: str
    hours: FreeHours | None = None

    def suits(self, moment: datetime, opens: time, closes: time) -> bool:
        """Whether the next half hour is in the hours that they gave, or else in these hours of a working day."""
        if self.hours:
            return self.hours.covers(moment, moment + STEP)
        place = ZoneInfo(self.zone)
        begins, ends = moment.astimezone(place), (moment + STEP).astimezone(place)
        return begins.date() == ends.date() and opens <= begins.time() and ends.time() <= closes


def shared_daytime(clocks: Sequence[str | Clock], on: date) -> Window | None:
    """Find the longest stretch of a day, at least an hour, that suits everybody; None if there is none.

    A zone alone stands for somebody who gave no hours, and whom the daytime suits.
    """
    everybody = list(dict.fromkeys(Clock(one) if isinstance(one, str) else one for one in clocks))
    midnight = datetime.combine(on, time(), UTC)
    # A date covers 48 hours around the world: look at all of them.
    moments = [midnight - timedelta(hours=12) + n * STEP for n in range(96)]
    for opens, closes in DAYTIMES:
        best = _longest([moment for moment in moments if all(one.suits(moment, opens, closes) for one in everybody)])
        if best and best.ends - best.begins >= timedelta(hours=1):
            return best
        if all(one.hours for one in everybody):
            break  # longer days make no difference
    return None


def _longest(moments: Sequence[datetime]) -> Window | None:
    best: Window | None = None
    begins: datetime | None = None
    for n, moment in enumerate(moments):
        begins = begins or moment
        if n + 1 < len(moments) and moments[n + 1] - moment == STEP:
            continue
        if best is None or moment + STEP - begins > best.ends - best.begins:
            best = Window(begins, moment + STEP)
        begins = None
    return best
