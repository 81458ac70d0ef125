"""Concrete times at which people in several time zones could meet. Pure: clocks and days in, moments out.

Every time is found on the day itself by the clocks of that day, so that a change to or from summer time, half-hour
zones and the other side of the date line come out right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date

from matching.meeting_times.shared_daytime import STEP, Clock, Window, shared_daytime
from mentorship.core.timezones import clock_name

FIRST_MEETING = 30  # minutes
LOOK_AHEAD = 28  # days
# Where in the shared window: a different hour each time makes it more likely that one fits.
PARTS = (0.5, 0.25, 0.75)
WEEKEND = (5, 6)


@dataclass(frozen=True)
class Suggestion:
    """A time that suits everybody. `starts` is in UTC."""

    starts: datetime
    minutes: int = FIRST_MEETING

    def on_clocks(self, zones: Sequence[str]) -> str:
        """`Tue 2 Feb, 11:00 Nairobi time = 09:00 Berlin time`; the day again if it is another one."""
        places: dict[datetime, list[str]] = {}
        for zone in dict.fromkeys(zones):
            places.setdefault(self.starts.astimezone(ZoneInfo(zone)).replace(tzinfo=None), []).append(clock_name(zone))
        said, day = [], None
        for clock, names in places.items():
            words = format_date(clock, "H:i" if clock.date() == day else "D j M, H:i")
            said.append(f"{words} {' / '.join(dict.fromkeys(names))}")
            day = clock.date()
        return " = ".join(said)


def suggest(
    clocks: Sequence[str | Clock],
    first: date,
    *,
    count: int = 3,
    minutes: int = FIRST_MEETING,
    day_off: Callable[[date], bool] = lambda day: False,
) -> list[Suggestion]:
    """Suggest up to `count` times from the day `first` on, each on a different day and on nobody's day off.

    `clocks` are everybody's; a zone alone is that of somebody who gave no hours of the week, whom working days suit.
    Returns [] without clocks, or if no time in the next four weeks suits everybody.
    """
    found: list[Suggestion] = []
    everybody = list(dict.fromkeys(Clock(one) if isinstance(one, str) else one for one in clocks))
    if not everybody:
        return found
    places = [ZoneInfo(clock.zone) for clock in everybody]
    last: date | None = None
    for days in range(LOOK_AHEAD):
        window = shared_daytime(everybody, first + timedelta(days=days))
        if window is None:
            continue
        starts = _within(window, minutes, PARTS[len(found) % len(PARTS)], places[0])
        dates = [starts.astimezone(place).date() for place in places]
        # Not two days in a row: people who can't make one day are often away on the next.
        near = last is not None and min(dates) <= last + timedelta(days=1)
        weekend = any(day.weekday() in WEEKEND and not one.hours for one, day in zip(everybody, dates, strict=True))
        if min(dates) < first or near or weekend or any(map(day_off, dates)):
            continue
        found.append(Suggestion(starts, minutes))
        last = max(dates)
        if len(found) == count:
            break
    return found


def _within(window: Window, minutes: int, part: float, place: ZoneInfo) -> datetime:
    """Pick a start in the window, on the full hour of the first time zone if possible."""
    room = (window.ends - window.begins - timedelta(minutes=minutes)) // STEP
    steps = max(round(room * part), 0)
    starts = window.begins + steps * STEP
    if starts.astimezone(place).minute != 0 and steps > 0:
        starts -= STEP
    return starts
