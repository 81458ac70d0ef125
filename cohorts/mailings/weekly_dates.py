"""The dates in a weekly mail."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from cohorts.models import Cohort, CohortDate, Enrollment
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.timezones import local_moment
from mentorship.core.ui.moments import event_in_words

A_DAY = timedelta(days=1)
MENTORS = frozenset([str(Enrollment.Role.MENTOR)])


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


# Takes cohorts and a range of moments (UTC, the end excluded); yields each date with the id of its cohort.
WeekDateSource = Callable[[Sequence[Cohort], datetime, datetime], Iterable[tuple[int, WeekDate]]]
WEEK_DATES: ExtensionPoint[WeekDateSource] = ExtensionPoint(
    "dates of a week", asked_by=__name__, about="Given cohorts and a week, what the weekly mail of each lists."
)


def dates_between(cohort: Cohort, first: date, last: date) -> list[WeekDate]:
    """Dates from one day to another (included, in the cohort's time zone), in order."""
    return dates_of_cohorts({cohort: (first, last)})[cohort.pk]


def dates_of_cohorts(days: Mapping[Cohort, tuple[date, date]]) -> dict[int, list[WeekDate]]:
    """The dates of a week in each of these cohorts, by its id. A constant number of queries."""
    found: dict[int, list[WeekDate]] = defaultdict(list)
    if not days:
        return found
    cohorts = {cohort.pk: cohort for cohort in days}
    first, last = min(span[0] for span in days.values()), max(span[1] for span in days.values())
    for what in CohortDate.objects.for_participants().filter(cohort__in=cohorts, on__range=(first, last)):
        what.cohort = cohorts[what.cohort_id]
        if days[what.cohort][0] <= what.on <= days[what.cohort][1]:
            roles = MENTORS if what.key == CohortDate.TRAINING else frozenset[str]()
            one = WeekDate(what.starts, what.name, what.minutes, what.link, roles, what.tz, what.place)
            found[what.cohort_id].append(one)
    spans = {one.pk: (_midnight(one, span[0]), _midnight(one, span[1] + A_DAY)) for one, span in days.items()}
    begin, end = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    for source in WEEK_DATES:
        for pk, one in source(list(cohorts.values()), begin, end):
            if spans[pk][0] <= _moment(one, cohorts[pk]) < spans[pk][1]:
                found[pk].append(one)
    for pk, dates in found.items():
        dates.sort(key=partial(_moment, cohort=cohorts[pk]))
    return found


def _midnight(cohort: Cohort, day: date) -> datetime:
    return local_moment(day, time(), cohort.tz)


def _moment(one: WeekDate, cohort: Cohort) -> datetime:
    return one.starts if isinstance(one.starts, datetime) else _midnight(cohort, one.starts)
