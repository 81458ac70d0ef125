"""Days off of a programme, and the next working day after one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class DayOff:
    """A range of days off, first and last included. A `yearly` one is repeated each year."""

    first: date
    last: date
    name: str
    yearly: bool = False

    def holds(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, this = ((d.month, d.day) for d in (self.first, self.last, day))
        return first <= this <= last if first <= last else this >= first or this <= last


_LINE = re.compile(r"^((?:\d{4}-)?\d\d-\d\d)(?:\s+(?:to|-|–)\s+((?:\d{4}-)?\d\d-\d\d))?(?:\s+(.+))?$")


def read_days_off(text: str) -> list[DayOff]:
    """Parse days off, one range a line. Raises ValueError with the line that can't be read."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _LINE.match(line)
        try:
            if match is None:
                raise ValueError
            first, last, name = match[1], match[2] or match[1], match[3] or "Day off"
            yearly = len(first) == 5
            if yearly != (len(last) == 5):
                raise ValueError
            # 2024 was a leap year, so every day of a year is valid.
            start, end = (date.fromisoformat(f"2024-{d}" if yearly else d) for d in (first, last))
            if not yearly and end < start:
                raise ValueError
        except ValueError:
            raise ValueError(f"“{line[:80]}”: write 2026-12-24 to 2027-01-03 Winter break.") from None
        found.append(DayOff(start, end, name, yearly))
    return found


def next_working_day(day: date, days_off: Sequence[DayOff]) -> tuple[date, str]:
    """The first working day from `day` on, and the name of the days off that were skipped."""
    past = ""
    for _ in range(366):
        off = next((d for d in days_off if d.holds(day)), None)
        if off is None:
            break
        day, past = day + timedelta(days=1), past or off.name
    return day, past
