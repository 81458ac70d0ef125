"""Pictures of a round on Today: its people step by step, sign-ups over time, and answers to check-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from checkins.answering.people_filter import filter_by_checkin
from checkins.models import CheckInWave
from cohorts.figures import ACCEPTED
from cohorts.models import Cohort, Enrollment
from matching.pairs.people_filter import people_by_match
from mentorship.core.ui.charts.funnel import Step
from mentorship.core.ui.charts.lines import Line
from mentorship.core.ui.counts import MOST_OF_COHORT, counts_up_to
from mentorship.core.ui.markup import counted
from mentorship.portal.today import funnel_steps

DAYS_OF_WEEK = 7
MOST_WAVES, MOST_WEEKS = 5, 12


@dataclass(frozen=True)
class Steps:
    """The steps of one role, and the finding that they lead to."""

    role: str
    finding: str
    steps: list[Step]


def count_steps(cohort: Cohort, role: str) -> tuple[list[tuple[str, int, str]], Steps]:
    """The funnel of a cohort as (label, number, address), and the steps of the people of one role. One query."""
    funnel, found = funnel_steps(cohort), _steps_of_role(cohort, role)
    both = [*(rows for _, rows, _ in funnel), *(rows for _, rows, _, _ in found)]
    counted_rows = counts_up_to(*both, most=MOST_OF_COHORT)
    numbers = counted_rows[len(funnel) :]
    steps = [
        Step(
            label,
            number,
            url,
            _note_of(numbers[index - 1] - number, number, words) if index else "",
        )
        for index, ((label, _, url, words), number) in enumerate(zip(found, numbers, strict=True))
    ]
    totals = [(label, number, url) for (label, _, url), number in zip(funnel, counted_rows, strict=False)]
    return totals, Steps(role, _finding(cohort, role, numbers), steps)


def _steps_of_role(cohort: Cohort, role: str) -> list[tuple[str, Any, str, str]]:
    """Each step: its name, its people, the list of them, and what the others of the step before are."""
    turned_down = "not accepted yet" if cohort.status == Cohort.Status.ENROLLING else "not accepted"
    in_it = ACCEPTED.rows(cohort).filter(role=role)
    people = reverse("cohorts:people-list", args=[cohort.slug]) + f"?role={role}"
    in_place = f"{people}&place=yes"
    return [
        ("Signed up", Enrollment.objects.filter(cohort=cohort, role=role), people, ""),
        ("Accepted", in_it, in_place, turned_down),
        ("Matched", people_by_match(in_it, "yes"), f"{in_place}&match=yes", "without a match"),
        ("Introduced", people_by_match(in_it, "introduced"), f"{in_place}&match=introduced", "not introduced"),
        ("Checked in", filter_by_checkin(in_it, "answered"), f"{in_place}&checkin=answered", "no answer yet"),
    ]


def _note_of(lost: int, number: int, words: str) -> str:
    if not number:
        return "not yet"
    return f"{lost:,} {words}" if lost > 0 else ""


def _finding(cohort: Cohort, role: str, numbers: Sequence[int]) -> str:
    signed_up, accepted, matched, introduced, answered = numbers
    one, many = cohort.programme.label_of(role), cohort.programme.plural_of(role)
    people = f"{one},{many}"
    if not signed_up:
        return f"No {many} yet"
    if not accepted:
        return f"{counted(signed_up, people)} signed up"
    if not matched:
        return f"{counted(accepted, people)} accepted of {signed_up:,} who signed up"
    if matched < accepted:
        return f"{counted(accepted, people)} accepted, {accepted - matched:,} of them without a match"
    if introduced < matched:
        return f"All {counted(matched, people)} matched, {matched - introduced:,} not introduced yet"
    return f"{counted(introduced, people)} introduced, {answered:,} of them answered a check-in"


@dataclass(frozen=True)
class LineChart:
    """The lines of a chart, its finding as a heading, and its table."""

    finding: str
    caption: str
    lines: list[Line]
    marks: list[tuple[float, str]]
    head: list[str]
    rows: list[tuple[Any, ...]]

    @property
    def on_one_day(self) -> bool:
        """Whether there is nothing to draw, such as after the import of a sheet."""
        return len(self.lines[0].points) == 1


def signups_over_time(cohort: Cohort) -> LineChart | None:
    """Sign-ups by the days since the first one, beside the round before; None if there are none. One query."""
    earlier = Cohort.objects.filter(programme=cohort.programme_id, starts_on__lt=cohort.starts_on)
    earlier = earlier.filter(Exists(Enrollment.objects.filter(cohort=OuterRef("pk")))).order_by("-starts_on", "-pk")
    of_both = Enrollment.objects.filter(Q(cohort=cohort) | Q(cohort=Subquery(earlier.values("pk")[:1]))).order_by()
    by_day = of_both.annotate(day=TruncDate("created_at", tzinfo=cohort.tz)).values("cohort", "cohort__name", "day")
    days: dict[bool, dict[date, int]] = {True: {}, False: {}}
    before = ""
    for row in by_day.annotate(number=Count("pk")).order_by("day"):
        is_ours = row["cohort"] == cohort.pk
        days[is_ours][row["day"]] = row["number"]
        before = before if is_ours else row["cohort__name"]
    if not days[True]:
        return None
    today = timezone.localdate(timezone=cohort.tz) if cohort.accepts_signups() else None
    now = _points(days[True], until=today)
    then = _points(days[False]) if before else []
    last = max(now[-1][0], then[-1][0] if then else 0)
    return LineChart(
        finding=_compared(now, then, before, is_open=today is not None),
        caption=f"Sign-ups since the first one{f', beside {before}' if then else ''}",
        lines=[Line("this round", now), *([Line("last round", then)] if then else [])],
        marks=[(0, "first day"), (last, f"day {last + 1}")] if last else [(0, "first day")],
        head=["By the end of", cohort.name, *([before] if then else [])],
        rows=_weeks(now, then, last),
    )


def _points(by_day: dict[date, int], until: date | None = None) -> list[tuple[float, int]]:
    """Days since the first one and the sum so far, up to a day where nobody may have come."""
    first = min(by_day)
    points: list[tuple[float, int]] = [
        ((day - first).days, total) for day, total in zip(by_day, accumulate(by_day.values()), strict=True)
    ]
    ahead = (until - first).days if until else 0
    return [*points, (ahead, points[-1][1])] if ahead > points[-1][0] else points


def _sum_on(points: Sequence[tuple[float, int]], day: float) -> int:
    return next((total for at, total in reversed(points) if at <= day), 0)


def _weeks(now: Sequence[tuple[float, int]], then: Sequence[tuple[float, int]], last: float) -> list[tuple[Any, ...]]:
    every = -(-int(last // DAYS_OF_WEEK + 1) // MOST_WEEKS)
    weeks = range(every, int(last // DAYS_OF_WEEK) + 1 + every, every)
    ends = [(week, week * DAYS_OF_WEEK - 1) for week in weeks]
    shown: list[tuple[Any, ...]] = []
    for number, (week, day) in enumerate(ends):
        is_ahead = number and ends[number - 1][1] >= now[-1][0]
        shown.append((f"week {week}", "" if is_ahead else _sum_on(now, day), *([_sum_on(then, day)] if then else [])))
    return shown


def _compared(
    now: Sequence[tuple[float, int]], then: Sequence[tuple[float, int]], before: str, *, is_open: bool
) -> str:
    """While sign-up is open the other round is taken on the same day, afterwards as a whole."""
    total = now[-1][1]
    words = counted(total, "sign-up")
    if not then:
        return words
    other = _sum_on(then, now[-1][0]) if is_open else then[-1][1]
    when = f"{before} on this day" if is_open else before
    if total == other:
        return f"{words}, as many as {when}"
    return f"{words}, {abs(total - other):,} {'more' if total > other else 'fewer'} than {when}"


def answers_by_wave(cohort: Cohort) -> list[tuple[str, int, int]]:
    """The newest check-ins that went out: name, answered, asked. One query."""
    asked = Q(checkins__mails_sent__gt=0) & ~Q(checkins__status="cancelled")
    waves = CheckInWave.objects.filter(cohort=cohort).annotate(
        asked=Count("checkins", filter=asked), answered=Count("checkins", filter=asked & Q(checkins__status="answered"))
    )
    newest = waves.filter(asked__gt=0).order_by("-pk").values_list("name", "answered", "asked")[:MOST_WAVES]
    return list(newest)[::-1]
