"""The days of a usual round's steps in a new cohort. Pure: no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from cohorts.plan.days_off import DayOff, next_working_day

WEEK = 7
WEEKEND = (5, 6)


@dataclass(frozen=True)
class UsualRound:
    """The first step, the closing of sign-up and the end of a usual round, in days from the first day of week 1."""

    first: int
    closes: int | None
    end: int
    opens: int | None = None

    @classmethod
    def of(cls, offsets: Iterable[int], *, closes: int | None, end: int, opens: int | None = None) -> "UsualRound":
        first = min([*offsets, *([closes] if closes is not None else []), 0])
        is_before = opens is not None and opens < (closes if closes is not None else 0)
        return cls(first, closes, max(end, 0), opens if is_before else None)


@dataclass(frozen=True)
class PlanDates:
    """Fits the steps of a usual round into a cohort with other dates, in the same order.

    Steps before sign-up closes keep their distance from that day, those after the end theirs from the end; steps in
    between move closer together or further apart. If a usual round would have begun before `today`, the steps still
    ahead are squeezed into the time that is left. `closes_on` is None if sign-up has no closing date. With `opens_on`
    the plan begins on that day, whatever is usual; preparations keep their distance from it.
    """

    usual: UsualRound
    starts_on: date
    ends_on: date
    today: date
    closes_on: date | None = None
    opens_on: date | None = None
    days_off: list[DayOff] = field(default_factory=list)

    def days_of(self, offsets: Iterable[int]) -> dict[int, tuple[date, str]]:
        """The days of steps that usually are `offsets` days from the start, and the days off that each skipped.

        Steps whose day has passed are left out.
        """
        found: dict[int, tuple[date, str]] = {}
        latest = {False: date.min, True: self.starts_on}  # before and after the start
        for offset in sorted(set(offsets)):
            begun = offset >= 0
            latest[begun] = max(latest[begun], self._fitted(offset))
            day, past = next_working_day(latest[begun], self.days_off)
            if day >= self.today:
                found[offset] = (day, past)
        return found

    def usual_closing_day(self) -> date | None:
        """When sign-up usually closes for a cohort that starts on this day; None if that is not in the future."""
        if self.usual.closes is None:
            return None
        usual = self.starts_on + timedelta(days=self.usual.closes)
        if self.opens_on and self.usual.opens is not None and usual <= self.opens_on:
            usual = _between(self.usual.closes, (self.usual.opens, self.opens_on), (0, self.starts_on))
        day, _ = next_working_day(usual, self.days_off)
        return day if day > self.today else None

    def _fitted(self, offset: int) -> date:
        usual = self.usual
        if offset > usual.end:
            return self.ends_on + timedelta(days=offset - usual.end)
        if offset >= 0:
            return self._same_weekday(offset)
        if self.opens_on and usual.opens is not None and (usual.closes is None or offset <= usual.closes):
            return self._from_opening(offset, usual.opens, self.opens_on)
        if self.closes_on is None or usual.closes is None:
            begin = max(self.starts_on + timedelta(days=usual.first), self.today)
            return _between(offset, (usual.first, begin), (0, self.starts_on))
        if offset > usual.closes:
            after = max(self.closes_on + timedelta(days=1), self.today)
            return _between(offset, (usual.closes + 1, after), (0, max(after, self.starts_on)))
        begin = max(self.closes_on + timedelta(days=usual.first - usual.closes), self.today)
        return _between(offset, (usual.first, begin), (usual.closes, self.closes_on))

    def _from_opening(self, offset: int, opens: int, opens_on: date) -> date:
        """The day of a step until sign-up closes, in a round whose sign-up opens on a day that was given."""
        if offset <= opens:
            return opens_on + timedelta(days=offset - opens)
        if self.closes_on is None or self.usual.closes is None:
            return _between(offset, (opens, opens_on), (0, self.starts_on))
        return _between(offset, (opens, opens_on), (self.usual.closes, self.closes_on))

    def _same_weekday(self, offset: int) -> date:
        """The day of a step between start and end: moved by whole weeks, since calls keep their weekday."""
        length = (self.ends_on - self.starts_on).days
        if not self.usual.end or length == self.usual.end:
            return self.starts_on + timedelta(days=offset)
        weekday = offset % WEEK
        weeks = round((offset * length / self.usual.end - weekday) / WEEK)
        return min(self.starts_on + timedelta(days=max(weeks, 0) * WEEK + weekday), self.ends_on)


def _between(offset: int, low: tuple[int, date], high: tuple[int, date]) -> date:
    """The day at the same fraction between two others as `offset` is between theirs; avoids weekends."""
    (usual_first, first), (usual_last, last) = low, high
    room, usual_room = (last - first).days, usual_last - usual_first
    if room <= 0 or usual_room <= 0:
        return last
    day = first + timedelta(days=round((offset - usual_first) * room / usual_room))
    monday = day + timedelta(days=WEEK - day.weekday())
    return monday if room != usual_room and day.weekday() in WEEKEND and monday <= last else day
