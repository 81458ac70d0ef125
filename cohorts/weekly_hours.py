"""The hours of the week in which somebody can usually meet, on their own clock. Pure: no Django."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mentorship.core.timezones import listed_zone, offset_of, zone_from_text, zone_name

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS = tuple(name[:3] for name in DAY_NAMES)
HOURS_A_WEEK = 168
QUARTERS_A_WEEK = HOURS_A_WEEK * 4
_BY_BEGINNING = {name[:n].lower(): at for at, name in enumerate(DAY_NAMES) for n in range(2, len(name) + 1)}
_TEXT = re.compile(r"(.*?)\s*(?:\(([^()]*)\)\s*)?", re.DOTALL)
_TIMES = re.compile(r"(\d{1,2})(?::00)?-(\d{1,2})(?::00)?")


@dataclass(frozen=True)
class WeeklyHours:
    """Whole hours of the week on the clock of a zone: 0 begins on Monday at midnight, 167 on Sunday at 23:00."""

    hours: frozenset[int]
    zone: str

    @classmethod
    def read(cls, text: str, zone: str = "") -> "WeeklyHours":
        """Hours as people write them and as `str` and `in_words` do: `Mon-Fri 9-12 and 14-17, Sat 10-14 (Nairobi)`.

        `zone` counts where the text names none. Raises ValueError with what can't be read.
        """
        text = " ".join(text.split())  # so that no run of blanks makes the patterns slow
        found = _TEXT.fullmatch(text)
        body, named = (found[1], found[2] or "") if found else (text, "")
        zone = zone_from_text(named) if named.strip() else zone
        if not zone:
            raise ValueError("it doesn't say in which time zone")
        return cls(frozenset(_hours_in(body)), listed_zone(zone))

    @classmethod
    def stored(cls, text: str) -> "WeeklyHours | None":
        """Read the stored text. None if it is empty or isn't hours."""
        try:
            return cls.read(text) if text else None
        except ValueError:
            return None

    def __str__(self) -> str:
        """The text that is stored: `Mon-Fri 9-12 14-17, Sat 10-14 (Africa/Nairobi)`."""
        said = ", ".join(
            f"{_day_range(days, '-')} {' '.join(f'{begin}-{end}' for begin, end in ranges)}"
            for days, ranges in self._alike()
        )
        return f"{said} ({self.zone})"

    @property
    def in_words(self) -> str:
        """`Mon–Fri 09:00–12:00 and 14:00–17:00, Sat 10:00–14:00 (Nairobi)`; `read` understands it."""
        said = ", ".join(
            f"{_day_range(days, '–')} {' and '.join(f'{b:02}:00–{e:02}:00' for b, e in ranges)}"
            for days, ranges in self._alike()
        )
        return f"{said} ({zone_name(self.zone)})"

    def quarters(self, on: date) -> int:
        """A bit for each quarter of an hour of the week in UTC, as the clocks of the zone are at noon of that day."""
        noon = datetime.combine(on, time(12), ZoneInfo(self.zone))
        behind = offset_of(self.zone, noon) // 15
        bits = 0
        for hour in self.hours:
            for quarter in range(hour * 4, hour * 4 + 4):
                bits |= 1 << (quarter - behind) % QUARTERS_A_WEEK
        return bits

    def covers(self, begins: datetime, ends: datetime) -> bool:
        """Whether all of a stretch of at most an hour is inside, by the clock of its own day."""
        place = ZoneInfo(self.zone)
        moments = (begins.astimezone(place), (ends - timedelta(seconds=1)).astimezone(place))
        return all(moment.weekday() * 24 + moment.hour in self.hours for moment in moments)

    def _alike(self) -> list[tuple[list[int], list[tuple[int, int]]]]:
        """Days in a row with the same hours, with the ranges of these hours."""
        found: list[tuple[list[int], list[tuple[int, int]]]] = []
        for day in range(7):
            ranges = _ranges(sorted(hour - day * 24 for hour in self.hours if hour // 24 == day))
            if not ranges:
                continue
            if found and found[-1][0][-1] == day - 1 and found[-1][1] == ranges:
                found[-1][0].append(day)
            else:
                found.append(([day], ranges))
        return found


def tell_same_time(zone: str, other: str, year: int) -> bool:
    """Whether the clocks of two zones agree in winter and in summer."""
    middays = (datetime(year, month, 1, 12, tzinfo=ZoneInfo("UTC")) for month in (1, 4, 7, 10))
    return zone == other or all(offset_of(zone, moment) == offset_of(other, moment) for moment in middays)


def _ranges(hours: Iterable[int]) -> list[tuple[int, int]]:
    """Hours of one day as ranges: 9, 10, 14 are (9, 11) and (14, 15)."""
    found: list[tuple[int, int]] = []
    for hour in hours:
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + 1)
        else:
            found.append((hour, hour + 1))
    return found


def _day_range(days: list[int], dash: str) -> str:
    first, last = DAYS[days[0]], DAYS[days[-1]]
    return first if len(days) == 1 else f"{first}{dash}{last}"


def _hours_in(body: str) -> set[int]:
    """The hours that a text names. Days hold until the next day after a time: "Tue, Thu 9-12 14-16, Sat 10-12"."""
    plain = re.sub(r"\s*(?:[-–—]|\bto\b)\s*", "-", body.casefold())
    words = [word.rstrip(":.") for word in re.split(r"[\s,;·&]+|\band\b", plain) if word.rstrip(":.")]
    hours: set[int] = set()
    days: list[int] = []
    timed = True
    for word in words:
        if (named := _days(word)) is not None:
            days = named if timed else [*days, *named]
            timed = False
        elif (times := _TIMES.fullmatch(word)) and days and int(times[1]) < int(times[2]) <= 24:
            hours |= {day * 24 + hour for day in days for hour in range(int(times[1]), int(times[2]))}
            timed = True
        else:
            raise ValueError(f"“{word}” isn't a day or whole hours such as 9-12")
    if not hours or not timed:
        raise ValueError("it names no hours such as Tue 9-12")
    return hours


def _days(word: str) -> list[int] | None:
    """`mon` or `mon-fri` as numbers of days from 0; None for another word."""
    first, dash, last = word.partition("-")
    begin, end = _BY_BEGINNING.get(first), _BY_BEGINNING.get(last if dash else first)
    if begin is None or end is None:
        return None
    return [(begin + n) % 7 for n in range((end - begin) % 7 + 1)]
