"""The dates in a weekly mail."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cohorts.models import Cohort
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.timezones import local_moment
from mentorship.core.ui.moments import event_in_words


@dataclass(frozen=True)
class WeekDate:
    """One date in the mail. `starts` is a moment in UTC or a whole day; without `roles` it is for everybody."""

    starts: datetime | date
    name: str
    minutes: int | None = None
    link: str = ""
    roles: frozenset[str] = frozenset()
    zone: ZoneInfo | None = None  # the zone in which it is announced; None: the cohort's
    place: str = ""

    def is_for(self, roles: Iterable[str]) -> bool:
        """Whether people with these roles in the cohort see it."""
        return not self.roles or bool(self.roles & set(roles))

    def in_words(self, zone: ZoneInfo, there: ZoneInfo) -> str:
        """The line for a reader in `zone`, in a cohort in the zone `there`."""
        timed = isinstance(self.starts, datetime)
        length = f", {self.minutes} minutes" if timed and self.minutes else ""
        where = f", {self.place}" if self.place else ""
        line = f"- {event_in_words(self.starts, self.zone or there, zone)}: {self.name}{length}{where}"
        return f"{line}\n{self.link}" if self.link else line


# Takes the cohort and a range of moments (UTC, the end excluded).
WeekDateSource = Callable[[Cohort, datetime, datetime], Iterable[WeekDate]]
WEEK_DATES: ExtensionPoint[WeekDateSource] = ExtensionPoint(
    "dates of a week", asked_by=__name__, about="Given a cohort and a week, what the weekly mail lists."
)


def dates_between(cohort: Cohort, first: date, last: date) -> list[WeekDate]:
    """Dates from one day to another (included, in the cohort's time zone), in order."""
    zone = cohort.tz
    begin, end = (local_moment(day, time(), zone) for day in (first, last + timedelta(days=1)))
    found = []
    for what in cohort.dates.filter(shared=True, on__range=(first, last)):
        what.cohort = cohort
        found.append(WeekDate(what.starts, what.name, what.minutes, what.link, zone=what.tz, place=what.place))
    for source in WEEK_DATES:
        found.extend(source(cohort, begin, end))

    def moment(one: WeekDate) -> datetime:
        return one.starts if isinstance(one.starts, datetime) else local_moment(one.starts, time(), zone)

    return sorted(found, key=moment)
