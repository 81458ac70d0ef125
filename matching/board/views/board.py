"""The matching board: what a run proposes, and on request why."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse

from cohorts.cohort_view import CohortView
from cohorts.models import Cohort, Enrollment
from matching.board import advice
from matching.board.news import board_version
from matching.board.places import places_of_board
from matching.board.reader import SORTS, STATES, BoardReader, pairs_left_behind
from matching.board.views.panel import panel_of
from matching.board.views.runs import waits_long
from matching.models import Confirmation, MatchRun
from matching.supply import shortage_text
from matching.supply.services import supply_summary
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of

EXPORT_HEAD = ("mentee", "people", "mentor", "score", "why", "locked", "changed by hand", "matched")
FILTERS = ("q", "state", "sort")
PAGE_SIZE = 100
PANEL = "why-place"  # the part of the page that a row opens; htmx asks for it alone


class Board(CohortView):
    """The newest answer, or the run in the address; with `mentee` the reasons for one, with `show` the places."""

    template_name = "matching/board/board.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        runs = MatchRun.objects.filter(cohort=self.cohort).select_related("cohort__programme")
        answered, newest = runs.answered(), runs.first()
        number, latest = number_in(request.GET.get("run")), answered.first()
        run = answered.filter(number=number).first() if number else latest
        filters = {name: request.GET.get(name, "") for name in FILTERS} | {"state": choice_in(request, "state", STATES)}
        if run and wants_export(request):
            reader = BoardReader(run)
            lines = _lines(reader, reader.ids(**filters))
            return export(request, f"{self.cohort.slug}-run-{run.number}", EXPORT_HEAD, lines)
        if run and getattr(request, "htmx", None) and request.htmx.target == PANEL:  # type: ignore[attr-defined]
            return self._panel(run, filters)
        enrolling = self.cohort.status == Cohort.Status.ENROLLING
        return self.page(
            run=run,
            newest=newest,
            confirmation=Confirmation.objects.to_show(self.cohort),
            latest=latest,
            waits_long=waits_long(newest),
            filters=filters,
            states=STATES,
            sorts=SORTS,
            show=request.GET.get("show", ""),
            supply=supply_summary(self.cohort) if run is None or enrolling else None,
            **(_answer(request, run, filters, editing=self.may_edit) if run else {}),
        )

    def _panel(self, run: MatchRun, filters: dict[str, str]) -> HttpResponse:
        reader = BoardReader(run)
        self.template_name = "matching/board/_panel.html"
        return self.page(
            run=run,
            version=reader.state.version,
            back=self.request.GET.urlencode(),
            **panel_of(self.request, reader, reader.ids(**filters), editing=self.may_edit, size=PAGE_SIZE),
        )


def _lines(reader: BoardReader, ids: list[int]) -> Iterator[tuple[Any, ...]]:
    """Yield the board as lines of a sheet: one for each pair, and one for each mentee without a mentor."""
    for row in reader.rows(ids):
        people = ", ".join(person.email for person in row.mentee.people)
        marks = row.locked, row.by_hand is not None, row.introduced
        state = tuple("yes" if on else "" for on in marks)
        for p in row.pairs:
            yield (row.mentee, people, p.mentor.user.email, _rounded(p.score), p.untrue or p.why, *state)
        if not row.pairs:
            yield (row.mentee, people, "", "", " ".join(row.reasons), *state)


def _rounded(score: float | None) -> float | str:
    return "" if score is None else round(score, 4)


def _answer(request: HttpRequest, run: MatchRun, filters: dict[str, str], *, editing: bool) -> dict[str, Any]:
    """Return the displayed parts of a run: a page of rows, what is beside it, and the panel that is open."""
    reader = BoardReader(run)
    ids = reader.ids(**filters)
    page: Page[int] = page_of(request, ids, PAGE_SIZE)
    places = places_of_board(reader.state)
    return {
        "page_obj": page,
        "rows": reader.rows(list(page.object_list)),
        "found": len(ids),
        "counts": reader.group_counts(ids),
        "summary": reader.summary(),
        "waiting": reader.to_confirm(),
        "untrue": len(reader.state.untrue),
        "locks": reader.locks(),
        "fixed_since": reader.fixed_since(),
        "joined_since": reader.joined_since(),
        "left_behind": _named(pairs_left_behind(run, reader.state)) if editing else [],
        "short_places": places.short,
        "places_free": places.places_free,
        "version": reader.state.version,
        "seen": board_version(run.cohort, run),
        "changes": reader.changes[:10],
        "held": reader.held(),
        "back": request.GET.urlencode(),
        "goes_by": advice.rules_of_run(run),
        "aims": advice.aims_of(run),
        "loads": advice.loads_of(run),
        "advice": [(a, advice.policy_url(run.cohort, a.query)) for a in advice.advice_of(run)],
        "shortages": shortage_text.shortages_by_kind(run.findings.get("shortages", [])),
        **panel_of(request, reader, ids, editing=editing, size=PAGE_SIZE),
    }


def _named(pairs: set[tuple[int, int]]) -> list[tuple[Enrollment, Enrollment]]:
    people = Enrollment.objects.select_related("user").in_bulk({pk for pair in pairs for pk in pair}) if pairs else {}
    return [(people[mentee], people[mentor]) for mentee, mentor in sorted(pairs)]
