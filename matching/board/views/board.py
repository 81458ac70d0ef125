"""The matching board: what a run proposes, and why."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse

from cohorts.cohort_view import CohortView
from cohorts.models import Cohort, Enrollment
from matching.board import advice
from matching.board.candidates import (
    alternatives_for_mentee,
    alternatives_for_mentor,
    fold_unknown_factors,
)
from matching.board.change_plan import ChangePlan, ChangeRequest, plan_change
from matching.board.reader import SORTS, STATES, BoardReader, BoardRow, token_of
from matching.board.views.runs import waits_long
from matching.models import Confirmation, MatchProposal, MatchRun
from matching.supply import shortage_text
from matching.supply.services import supply_summary
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import choice_in, page_of

EXPORT_HEAD = ("mentee", "people", "mentor", "score", "why", "locked", "changed by hand", "matched")
FILTERS = ("q", "state", "sort")


class Board(CohortView):
    """The newest answer, or the run in the address, with the reasons for one mentee beside it."""

    template_name = "matching/board/board.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        runs = MatchRun.objects.filter(cohort=self.cohort).select_related("cohort__programme")
        answered, newest = runs.answered(), runs.first()
        number = request.GET.get("run", "")
        run = answered.filter(number=number).first() if number.isdecimal() else answered.first()
        filters = {name: request.GET.get(name, "") for name in FILTERS} | {"state": choice_in(request, "state", STATES)}
        if run and wants_export(request):
            reader = BoardReader(run)
            lines = _lines(reader, reader.ids(**filters))
            return export(request, f"{self.cohort.slug}-run-{run.number}", EXPORT_HEAD, lines)
        enrolling = self.cohort.status == Cohort.Status.ENROLLING
        return self.page(
            run=run,
            newest=newest,
            confirmation=Confirmation.objects.to_show(self.cohort),
            waits_long=waits_long(newest),
            filters=filters,
            states=STATES,
            sorts=SORTS,
            runs_count=answered.count(),
            supply=supply_summary(self.cohort) if run is None or enrolling else None,
            **(_answer(request, run, filters, editing=self.may_edit) if run else {}),
        )


def _lines(reader: BoardReader, ids: list[int]) -> Iterator[tuple[Any, ...]]:
    """Yield the board as lines of a sheet: one for each pair, and one for each mentee without a mentor."""
    for row in reader.rows(ids):
        people = ", ".join(person.email for person in row.mentee.people)
        state = tuple("yes" if on else "" for on in (row.locked, row.changed, row.introduced))
        for p in row.chosen:
            yield (row.mentee, people, p.mentor.user.email, round(p.score, 4), p.why, *state)
        if not row.chosen:
            yield (row.mentee, people, "", "", " ".join(row.reasons), *state)


def _answer(request: HttpRequest, run: MatchRun, filters: dict[str, str], *, editing: bool) -> dict[str, Any]:
    """Return the displayed parts of a run: a page of rows, and the reasons for the selected mentee."""
    reader = BoardReader(run)
    ids = reader.ids(**filters)
    page = page_of(request, ids)
    rows = reader.rows(list(page.object_list))
    selected = _selected(reader, rows, request.GET.get("mentee", ""))
    return {
        "page_obj": page,
        "rows": rows,
        "found": len(ids),
        "summary": reader.summary(),
        "waiting": sum(pk not in reader.state.introduced for pk in reader.state.mentors_of),
        "locks": reader.locks(),
        "fixed_since": reader.fixed_since(),
        "version": reader.state.version,
        "token": token_of(run.cohort, run),
        "changes": reader.changes[:10],
        "held": reader.held(),
        "back": request.GET.urlencode(),
        "why": _why(reader, selected, editing=editing) if selected else None,
        "goes_by": advice.rules_of_run(run),
        "aims": advice.aims_of(run),
        "loads": advice.loads_of(run),
        "advice": [(a, advice.policy_url(run.cohort, a.query)) for a in advice.advice_of(run)],
        "shortages": shortage_text.shortages_by_kind(run.findings.get("shortages", [])),
    }


def _selected(reader: BoardReader, rows: list[BoardRow], wanted: str) -> Enrollment | None:
    """The mentee in the address, on any page of the list; otherwise the first of this page."""
    shown = next((row.mentee for row in rows if str(row.mentee.pk) == wanted), None)
    if shown is None and wanted.isdecimal() and int(wanted) in reader.everyone:
        return Enrollment.objects.with_people().get(pk=wanted)
    return shown or (rows[0].mentee if rows else None)


def _why(reader: BoardReader, mentee: Enrollment, *, editing: bool) -> dict[str, Any]:
    """Return the side panel: the proposed mentors, the best alternatives for both sides, and pins."""
    state, pk = reader.state, mentee.pk
    editing = editing and pk not in state.introduced
    chosen = [_chosen(reader, proposal, editing=editing) for proposal in reader.proposals([pk])]
    others = alternatives_for_mentee(state, pk)
    shown = {c["pair"].mentor_id for c in chosen} | {o.person.pk for o in others}
    elsewhere = [mentor for (of, mentor) in state.pins if of == pk and mentor not in shown]
    return {
        "mentee": mentee,
        "chosen": chosen,
        "others": others,
        "reasons": reader.reasons(pk),
        "matched": pk in state.introduced,
        "editing": editing,
        "hold": _plan(state, ChangeRequest("hold", pk)) if editing else None,
        "pinned": [
            (mentor, state.pins[pk, mentor.pk])
            for mentor in Enrollment.objects.filter(pk__in=elsewhere).select_related("user")
        ],
    }


def _chosen(reader: BoardReader, proposal: MatchProposal, *, editing: bool) -> dict[str, Any]:
    """Return a proposed pair with the cost of forbidding it or of leaving its mentor for later."""
    state, pair = reader.state, (proposal.mentee_id, proposal.mentor_id)
    return {
        "pair": proposal,
        "why": proposal.why,
        "factors": fold_unknown_factors(proposal.factors),
        "pin": state.pins.get(pair, ""),
        "forbid": _plan(state, ChangeRequest("forbid", *pair)) if editing else None,
        "hold": _plan(state, ChangeRequest("hold", 0, proposal.mentor_id)) if editing else None,
        "others": alternatives_for_mentor(state, proposal.mentor_id),
    }


def _plan(state: Any, wish: ChangeRequest) -> ChangePlan | None:
    try:
        return plan_change(state, wish)
    except ServiceError:
        return None
