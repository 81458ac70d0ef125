"""Change the board by hand, undo a change, and see other candidates and other coordinators' changes."""

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django_htmx.http import trigger_client_event

from cohorts.models import Enrollment
from matching.addresses import board_address
from matching.board.candidates import alternatives_for_mentee, comparison
from matching.board.change_plan import ChangeRequest, limits_passed, plan_change
from matching.board.forms import ChangeRequestForm, VersionForm
from matching.board.news import BoardVersion, board_version, told_changes
from matching.board.services import StaleError, change_board, undo_last_change
from matching.board.state import BoardState, read_state
from matching.board.views.base import RunView
from matching.models import MatchRun
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import numbers_in, page_of

PAGE_SIZE = 25
MOST_BEYOND = 10
MOST_RULED_OUT = 20  # named for each rule
STALE, REFUSED = 409, 422


class BoardChangeView(RunView):
    """A page that changes the board in the version the coordinator saw, and returns to the same place."""

    template_name = "matching/board/change.html"
    for_editors = True

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "back": self._back}

    @property
    def _back(self) -> str:
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return sent.get("back", "")

    def seen_version(self) -> int:
        """The version of the board in the request; without one the page does not exist."""
        version = VersionForm(self.request.POST)
        if not version.is_valid():
            raise Http404
        return int(version.cleaned_data["version"])

    def to_board(self) -> HttpResponse:
        """Redirect to the board with the filters of the originating address, and the panel that was open."""
        return redirect(board_address(self.cohort, self._back, run=self.run.number))


class ChangeBoard(BoardChangeView):
    """One change: GET shows its cost, POST makes it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._plan(_change_request(request.GET, self.run))

    def post(self, request: HttpRequest) -> HttpResponse:
        wish = _change_request(request.POST, self.run)
        try:
            change_board(run=self.run, wish=wish, version=self.seen_version(), by=self.user)
        except StaleError as error:
            return self._plan(wish, status=STALE, error=str(error), since=error.changes)
        except ServiceError as error:
            return self._plan(wish, status=REFUSED, error=str(error))
        return self.to_board()

    def _plan(self, wish: ChangeRequest, *, status: int = 200, error: str = "", since: Any = ()) -> HttpResponse:
        """The change with its cost on the current board. A refused change can be made from here."""
        state = read_state(self.run)
        try:
            plan = plan_change(state, wish)
        except ServiceError as refused:
            error = error if error and not since else str(refused)
            status = status if status != 200 else REFUSED
            return self.page(status, wish=wish, error=error, since=since)
        warnings = limits_passed(plan)
        return self.page(
            status, wish=wish, error=error, since=since, plan=plan, warnings=warnings, version=state.version
        )


class UndoChange(BoardChangeView):
    """Undo the last change."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            undo_last_change(run=self.run, version=self.seen_version(), by=self.user)
        except StaleError as error:
            words = "The board was changed since you looked. Nothing was undone."
            return self.page(STALE, error=words, since=error.changes)
        except ServiceError as error:
            return self.page(REFUSED, error=str(error))
        return self.to_board()


class BoardNews(RunView):
    """Changes since the page was loaded, polled every few seconds. Answers 204 if there are none."""

    template_name = "matching/board/_news.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        now, seen = board_version(self.cohort, self.run), BoardVersion.read(request.GET.get("seen", ""))
        if str(now) in (request.GET.get("seen"), request.GET.get("told")):
            return HttpResponse(status=204)
        told = told_changes(self.cohort, seen, now, self.user) if seen else []
        return trigger_client_event(self.page(news=told, told=now), "board-moved")


class CandidateList(RunView):
    """All possible mentors of a mentee: a few side by side, the rest by search."""

    template_name = "matching/board/candidates.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        mentees = Enrollment.objects.filter(cohort=self.cohort).with_people().mentees()
        mentee = get_visible_or_404(mentees, pk=self.kwargs["pk"])
        state = read_state(self.run)
        if state.table is None or mentee.pk not in state.table.row:
            return self.page(mentee=mentee)
        return self.page(mentee=mentee, **self._candidates(state, mentee.pk))

    def _candidates(self, state: BoardState, mentee: int) -> dict[str, Any]:
        table, request = state.table, self.request
        assert table is not None  # noqa: S101 looked at by the caller
        wanted = numbers_in(request.GET.getlist("with"))
        extra = [mentor for mentor in wanted if table.has(mentee, mentor)]
        columns, rows = comparison(state, self.run, mentee, extra)
        q, more = request.GET.get("q", ""), [m for m in extra if m not in state.mentors_of.get(mentee, [])]
        found = _mentors(q, self.run, [m for m in table.mentors_of(mentee) if m in state.people])
        ranked = sorted(found, key=lambda m: (-table.score(mentee, m), m))
        others = [m for m in ranked if (mentee, m) not in state.chosen]
        page = page_of(request, [m for m in others if not table.bar(mentee, m)], PAGE_SIZE)
        return {
            "columns": columns,
            "rows": rows,
            "page_obj": page,
            "others": alternatives_for_mentee(state, mentee, list(page.object_list)),
            "ruled_out": _ruled_out(state, mentee, others),
            "ruled_out_count": sum(bool(table.bar(mentee, m)) for m in others),
            "shown": [column.mentor.pk for column in columns],
            "more": more,
            "best_only": table.best_only,
            "beyond": self._beyond(state, mentee, q) if table.best_only and q else [],
            "compared": urlencode({"with": more, **({"q": q} if q else {})}, doseq=True),
            "version": state.version,
            "back": urlencode({"run": self.run.number, "mentee": mentee}),
            "editing": self.may_edit and mentee not in state.introduced,
        }

    def _beyond(self, state: BoardState, mentee: int, q: str) -> list[Enrollment]:
        """The mentors whom a search finds beyond those whose score is kept; they can be locked for the next run."""
        kept = set(state.table.mentors_of(mentee)) if state.table else set[int]()
        there = [pk for pk in _mentors(q, self.run, sorted(state.people)) if pk not in kept]
        mentors = Enrollment.objects.filter(pk__in=there, status=Enrollment.Status.ACCEPTED).select_related("user")
        return list(mentors.order_by("user__full_name", "pk")[:MOST_BEYOND])


def _ruled_out(state: BoardState, mentee: int, mentors: list[int]) -> list[tuple[str, list[Enrollment], int]]:
    """The mentors whom a rule excludes for a mentee, by rule: the first of them, and how many there are beside."""
    by_rule = defaultdict[str, list[int]](list)
    for mentor in mentors:
        if state.table and (bar := state.table.bar(mentee, mentor)):
            by_rule[bar].append(mentor)
    some = {pk for these in by_rule.values() for pk in these[:MOST_RULED_OUT]}
    people = Enrollment.objects.select_related("user").in_bulk(some) if some else {}
    return [
        (state.say(why), [people[pk] for pk in these[:MOST_RULED_OUT] if pk in people], len(these[MOST_RULED_OUT:]))
        for why, these in sorted(by_rule.items(), key=lambda one: -len(one[1]))
    ]


def _change_request(data: QueryDict, run: MatchRun) -> ChangeRequest:
    """Read the requested change. Raises Http404 if it is invalid, or names people of another cohort."""
    form = ChangeRequestForm(data)
    if not form.is_valid():
        raise Http404
    wish = form.wish
    ids = {pk for pk in (wish.mentee, wish.mentor, wish.other, wish.theirs) if pk}
    if not ids or Enrollment.objects.filter(pk__in=ids, cohort=run.cohort_id).count() != len(ids):
        raise Http404
    return wish


def _mentors(q: str, run: MatchRun, mentors: list[int]) -> list[int]:
    if not q:
        return mentors
    found = set(Enrollment.objects.filter(cohort=run.cohort_id).mentors().search(q).values_list("pk", flat=True))
    return [pk for pk in mentors if pk in found]
