"""Change the board by hand, undo a change, and see other candidates and other coordinators' changes."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View
from django_htmx.http import trigger_client_event

from cohorts.models import Enrollment
from matching.board.candidates import alternatives_for_mentee, comparison
from matching.board.change_plan import ChangeRequest, limits_passed, plan_change
from matching.board.forms import ChangeRequestForm, VersionForm
from matching.board.reader import token_of
from matching.board.services import StaleError, change_board, undo_last_change
from matching.board.state import read_state
from matching.models import BoardChange, MatchRun
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import page_of

PAGE_SIZE = 25
KEPT = ("run", "q", "state", "sort", "page", "mentee")
STALE, REFUSED = 409, 422


class ChangeBoard(CoordinatorRequiredMixin, View):
    """One change: GET tells what it would cost, POST makes it on the version that its maker saw."""

    def get(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        run = _run(request, cohort_slug, number)
        wish = _wish(request.GET, run)
        return _page(request, run, wish, back=request.GET.get("back", ""))

    def post(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        run = _run(request, cohort_slug, number)
        wish, version = _wish(request.POST, run), VersionForm(request.POST)
        if not version.is_valid():
            raise Http404
        back = request.POST.get("back", "")
        try:
            change_board(run=run, wish=wish, version=version.cleaned_data["version"], by=request.user)
        except StaleError as error:
            return _page(request, run, wish, back=back, status=STALE, error=str(error), since=error.changes)
        except ServiceError as error:
            return _page(request, run, wish, back=back, status=REFUSED, error=str(error))
        return redirect(_board(run, back, wish.mentee))


class UndoChange(CoordinatorRequiredMixin, View):
    """Undo the last change that stands."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        run = _run(request, cohort_slug, number)
        version = VersionForm(request.POST)
        if not version.is_valid():
            raise Http404
        context: dict[str, Any] = {"cohort": run.cohort, "run": run, "back": request.POST.get("back", "")}
        try:
            undo_last_change(run=run, version=version.cleaned_data["version"], by=request.user)
        except StaleError as error:
            context |= {"error": "The board was changed since you looked. Nothing was undone.", "since": error.changes}
            return render(request, "matching/board/change.html", context, status=STALE)
        except ServiceError as error:
            context |= {"error": str(error)}
            return render(request, "matching/board/change.html", context, status=REFUSED)
        return redirect(_board(run, context["back"]))


class BoardNews(CoordinatorRequiredMixin, View):
    """What others changed since the page was made; asked for every few seconds. Nothing new: no content."""

    def get(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        runs = MatchRun.objects.visible_to(request.user)
        run = get_visible_or_404(runs, cohort__slug=cohort_slug, number=number)
        if request.GET.get("seen") == token_of(run.cohort, run):
            return HttpResponse(status=204)
        since = request.GET.get("version", "")
        changes = BoardChange.objects.filter(cohort=run.cohort_id, number__gt=int(since) if since.isdecimal() else 0)
        theirs = list(changes.exclude(by=request.user).select_related("by")[:5])
        context = {"cohort": run.cohort, "run": run, "theirs": theirs}
        return trigger_client_event(render(request, "matching/board/_news.html", context), "board-moved")


class CandidateList(CoordinatorRequiredMixin, View):
    """Everybody a mentee could have: a few side by side, all of them by search."""

    def get(self, request: HttpRequest, cohort_slug: str, number: int, pk: int) -> HttpResponse:
        runs = MatchRun.objects.visible_to(request.user)
        run = get_visible_or_404(runs, cohort__slug=cohort_slug, number=number)
        state = read_state(run)
        mentees = Enrollment.objects.filter(cohort=run.cohort_id).with_people().mentees()
        mentee = get_visible_or_404(mentees, pk=pk)
        table = state.table
        if table is None or pk not in table.row:
            return render(
                request, "matching/board/candidates.html", {"cohort": run.cohort, "run": run, "mentee": mentee}
            )
        extra = [int(text) for text in request.GET.getlist("with") if text.isdecimal() and int(text) in table.column]
        columns, rows = comparison(state, run, pk, extra)
        found = _mentors(request.GET.get("q", ""), run, [m for m in table.mentors if m in state.people])
        ranked = sorted(found, key=lambda m: (bool(table.bar(pk, m)), -table.score(pk, m), m))
        page = page_of(request, [m for m in ranked if (pk, m) not in state.chosen], PAGE_SIZE)
        context = {
            "cohort": run.cohort,
            "run": run,
            "mentee": mentee,
            "columns": columns,
            "rows": rows,
            "page_obj": page,
            "others": alternatives_for_mentee(state, pk, ids=list(page.object_list)),
            "shown": [c.mentor.pk for c in columns],
            "more": [m for m in extra if m not in state.mentors_of.get(pk, [])],
            "version": state.version,
            "back": urlencode({"run": run.number, "mentee": pk}),
            "editing": may_edit(request.user, run.cohort.workspace_id) and pk not in state.introduced,
        }
        return render(request, "matching/board/candidates.html", context)


def _page(
    request: HttpRequest,
    run: MatchRun,
    wish: ChangeRequest,
    *,
    back: str,
    status: int = 200,
    error: str = "",
    since: Any = (),
) -> HttpResponse:
    """The change with its cost as the board stands now. Whatever was refused can be made from here."""
    state = read_state(run)
    context: dict[str, Any] = {
        "cohort": run.cohort,
        "run": run,
        "wish": wish,
        "error": error,
        "since": since,
        "back": back,
    }
    try:
        plan = plan_change(state, wish)
        context |= {"plan": plan, "warnings": limits_passed(plan), "version": state.version}
    except ServiceError as refused:
        context["error"] = error if error and not since else str(refused)
        status = status if status != 200 else REFUSED
    return render(request, "matching/board/change.html", context, status=status)


def _run(request: HttpRequest, cohort_slug: str, number: int) -> MatchRun:
    return get_visible_or_404(MatchRun.objects.editable_by(request.user), cohort__slug=cohort_slug, number=number)


def _wish(data: QueryDict, run: MatchRun) -> ChangeRequest:
    """The change that is asked for, of people of this cohort; anything else is not there."""
    form = ChangeRequestForm(data)
    if not form.is_valid():
        raise Http404
    wish = form.wish
    ids = {pk for pk in (wish.mentee, wish.mentor, wish.other, wish.theirs) if pk}
    if not ids or Enrollment.objects.filter(pk__in=ids, cohort=run.cohort_id).count() != len(ids):
        raise Http404
    return wish


def _board(run: MatchRun, back: str, mentee: int = 0) -> str:
    """The board as it was, with the filters of the address it came from."""
    kept = {name: value for name, value in QueryDict(back).items() if name in KEPT}
    if mentee:
        kept["mentee"] = str(mentee)
    kept.setdefault("run", str(run.number))
    return f"{reverse('matching:board', args=[run.cohort.slug])}?{urlencode(kept)}"


def _mentors(q: str, run: MatchRun, mentors: list[int]) -> list[int]:
    if not q:
        return mentors
    found = set(Enrollment.objects.filter(cohort=run.cohort_id).mentors().search(q).values_list("pk", flat=True))
    return [pk for pk in mentors if pk in found]
