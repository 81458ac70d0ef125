"""Events of a programme, for the people who run it: sign-ups, people who left, declines, cases, answers, runs.

Everything is read from columns that say when it happened. Conduct concerns are left out: their readers are told at once
by a mail of their own, and nobody else may know.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from checkins.models import Case, CheckIn, Reply
from cohorts.models import Cohort, Enrollment
from matching.models import AskedSide, MatchRun
from mentorship.core.links import absolute_url
from mentorship.core.ui.markup import counted

# So many people are named; the list that a line links to has all of them.
NAMED = 5


@dataclass(frozen=True)
class Span:
    """From a moment to another one (UTC), the second of which is not in it."""

    start: datetime
    end: datetime

    def of(self, column: str) -> Q:
        """The condition that a column lies in it."""
        return Q(**{f"{column}__gte": self.start, f"{column}__lt": self.end})


@dataclass(frozen=True)
class Happening:
    """One line of the mail: what happened, where it can be read."""

    text: str
    url: str


def happenings_of(workspace_id: int, span: Span) -> list[tuple[str, list[Happening]]]:
    """By cohort, newest first: what happened in a span. A constant number of queries."""
    found: dict[int, list[Happening]] = {}
    sources: tuple[Callable[[int, Span], Iterator[tuple[Cohort, Happening]]], ...] = (
        _signed_up,
        _left,
        _declined,
        _cases,
        _answers,
        _replies,
        _runs,
    )
    names: dict[int, str] = {}
    for source in sources:
        for cohort, happening in source(workspace_id, span):
            names[cohort.pk] = cohort.name
            found.setdefault(cohort.pk, []).append(happening)
    return [(names[pk], lines) for pk, lines in sorted(found.items(), reverse=True)]


def _signed_up(workspace_id: int, span: Span) -> Iterator[tuple[Cohort, Happening]]:
    rows = Enrollment.objects.filter(span.of("created_at"), cohort__programme__workspace=workspace_id)
    for cohort, mine in _by_cohort(rows.select_related("user", "cohort__programme").order_by("created_at", "pk")):
        text = f"{counted(mine, 'new sign-up')}: {_named([row.user for row in mine])}"
        yield cohort, Happening(text, _list(cohort, "cohorts:people-list", "?sort=newest"))


def _left(workspace_id: int, span: Span) -> Iterator[tuple[Cohort, Happening]]:
    rows = Enrollment.objects.filter(
        span.of("left_at"), cohort__programme__workspace=workspace_id, status=Enrollment.Status.WITHDRAWN
    )
    for cohort, mine in _by_cohort(rows.select_related("user", "cohort__programme").order_by("left_at", "pk")):
        text = f"{counted(mine, 'person,people')} left: {_named([row.user for row in mine])}"
        yield cohort, Happening(text, _list(cohort, "cohorts:people-list", "?left=lately"))


def _declined(workspace_id: int, span: Span) -> Iterator[tuple[Cohort, Happening]]:
    rows = AskedSide.objects.filter(
        span.of("answered_at"),
        pair__mentee__cohort__programme__workspace=workspace_id,
        status=AskedSide.Status.DECLINED,
    )
    related = ("pair__mentee__cohort__programme", "pair__mentee__user", "pair__mentor__user")
    for cohort, mine in _by_cohort(rows.select_related(*related).order_by("answered_at", "pk"), "pair.mentee.cohort"):
        by = _named([side.enrollment.user for side in mine])
        text = f"{counted(mine, 'proposed match,proposed matches')} declined by {by}"
        yield cohort, Happening(text, _list(cohort, "matching:question-list", "?status=declined"))


def _cases(workspace_id: int, span: Span) -> Iterator[tuple[Cohort, Happening]]:
    rows = Case.objects.filter(span.of("created_at"), cohort__programme__workspace=workspace_id)
    rows = rows.exclude(kind=Case.Kind.CONDUCT).select_related("cohort__programme").order_by("created_at", "pk")
    for cohort, mine in _by_cohort(rows):
        kinds = sorted({str(case.get_kind_display()).lower() for case in mine})
        yield cohort, Happening(f"{counted(mine, 'new case')}: {', '.join(kinds)}", _list(cohort, "checkins:case-list"))


def _answers(workspace_id: int, span: Span) -> Iterator[tuple[Cohort, Happening]]:
    rows = CheckIn.objects.filter(span.of("answered_at"), wave__cohort__programme__workspace=workspace_id)
    for cohort, mine in _by_cohort(rows.select_related("wave__cohort__programme").order_by("pk"), "wave.cohort"):
        url = _list(cohort, "checkins:checkin-list", "?status=answered")
        yield cohort, Happening(f"{counted(mine, 'check-in')} answered", url)


def _replies(workspace_id: int, span: Span) -> Iterator[tuple[Cohort, Happening]]:
    rows = Reply.objects.filter(span.of("at"), cohort__programme__workspace=workspace_id)
    for cohort, mine in _by_cohort(rows.select_related("user", "cohort__programme").order_by("at", "pk")):
        text = f"{counted(mine, 'reply,replies')} by email recorded: {_named([reply.user for reply in mine])}"
        yield cohort, Happening(text, _list(cohort, "checkins:checkin-list"))


def _runs(workspace_id: int, span: Span) -> Iterator[tuple[Cohort, Happening]]:
    rows = MatchRun.objects.filter(span.of("finished_at"), cohort__programme__workspace=workspace_id)
    for cohort, mine in _by_cohort(rows.select_related("cohort__programme").order_by("finished_at", "pk")):
        run = mine[-1]
        failed = run.status == MatchRun.Status.FAILED
        text = (
            f"{run} of the matching failed"
            if failed
            else f"{run} of the matching is ready: {counted(run.matched, 'pair')}"
        )
        yield cohort, Happening(text, _list(cohort, "matching:board"))


def _by_cohort(rows: Iterable, path: str = "cohort") -> Iterator[tuple[Cohort, list]]:
    """Rows by their cohort, which is at a dotted path of each."""
    found: dict[Cohort, list] = {}
    for row in rows:
        cohort = row
        for name in path.split("."):
            cohort = getattr(cohort, name)
        found.setdefault(cohort, []).append(row)
    yield from found.items()


def _named(people: list) -> str:
    """The first names on the list, and how many more there are."""
    names = list(dict.fromkeys(str(person) for person in people))
    more = len(names) - NAMED
    listed = names[:NAMED] if more > 1 else names
    if more > 1:
        return f"{', '.join(listed)} and {more} more"
    return " and ".join(filter(None, [", ".join(listed[:-1]), listed[-1]]))


def _list(cohort: Cohort, view: str, query: str = "") -> str:
    return absolute_url(view, cohort.slug) + query
