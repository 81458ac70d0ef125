"""The matching board: what a run proposes, and on request why."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse

from cohorts.cohort_view import CohortView
from cohorts.models import Cohort
from matching.board import advice
from matching.board.news import board_version
from matching.board.notices import notices_of
from matching.board.places import places_of_board
from matching.board.reader import SORTS, STATES, BoardReader
from matching.board.views.panel import panel_of
from matching.board.views.runs import waits_long
from matching.models import Confirmation, MatchRun
from matching.supply import shortage_text
from matching.supply.services import supply_summary
from mentorship.core.accounts.field_access import Audience
from mentorship.core.ui.downloads.export import export, wants_export
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
            **(self._answer(run, latest, filters) if run and latest else {}),
        )

    def _answer(self, run: MatchRun, latest: MatchRun, filters: dict[str, str]) -> dict[str, Any]:
        """Return the displayed parts of a run: a page of rows, what is beside it, and the panel that is open."""
        reader = BoardReader(run)
        ids = reader.ids(**filters)
        page: Page[int] = page_of(self.request, ids, PAGE_SIZE)
        places = places_of_board(reader.state)
        return {
            "page_obj": page,
            "rows": reader.rows(list(page.object_list)),
            "found": len(ids),
            "counts": reader.group_counts(ids),
            "summary": reader.summary(),
            "waiting": reader.to_confirm(),
            "locks": reader.locks(),
            "notices": notices_of(reader, latest, places.short, may_edit=self.may_edit),
            "places_free": places.places_free,
            "version": reader.state.version,
            "seen": board_version(run.cohort, run),
            "changes": reader.changes[:10],
            "held": reader.held(),
            "back": self.request.GET.urlencode(),
            "goes_by": advice.rules_of_run(run),
            "goals": advice.goals_of(run),
            "loads": places.loads,
            "advice": [(a, advice.policy_url(run.cohort, a.query)) for a in advice.advice_of(run, reader.waiting)],
            "shortages": shortage_text.shortages_by_kind(run.findings.get("shortages", [])),
            **self._panel_of(reader, ids),
        }

    def _panel(self, run: MatchRun, filters: dict[str, str]) -> HttpResponse:
        reader = BoardReader(run)
        self.template_name = "matching/board/_panel.html"
        return self.page(
            run=run,
            version=reader.state.version,
            back=self.request.GET.urlencode(),
            **self._panel_of(reader, reader.ids(**filters)),
        )

    def _panel_of(self, reader: BoardReader, ids: list[int]) -> dict[str, Any]:
        confidential = self.reads(Audience.COORDINATORS)
        return panel_of(self.request, reader, ids, editing=self.may_edit, confidential=confidential, size=PAGE_SIZE)


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
