"""The matching board: what a run proposes, why, and what a coordinator fixes by hand."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django_htmx.http import HttpResponseClientRefresh

from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError
from matching.board import SORTS, STATES, BoardReader
from matching.forms import PairForm, PinForm, WeightsForm
from matching.models import MatchPin, MatchRun
from matching.services import choose_mentor, remove_pin, request_run, save_weights, set_pin, weights_of
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit

PAGE_SIZE = 50
UNDER_WAY = (MatchRun.Status.QUEUED, MatchRun.Status.WORKING)
ANSWERED = (MatchRun.Status.READY, MatchRun.Status.CONFIRMED)
# A run usually takes seconds. Longer without anybody taking it: say what may be wrong.
PATIENCE = timedelta(seconds=60)


class Board(CoordinatorRequiredMixin, View):
    """The newest answer, with the reasons for one mentee beside it."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        runs = cohort.match_runs.select_related("cohort__programme")
        newest = runs.first()
        shown = runs.filter(status__in=ANSWERED)
        number = request.GET.get("run", "")
        run = shown.filter(number=number).first() if number.isdecimal() else shown.first()
        filters = {name: request.GET.get(name, "") for name in ("q", "state", "sort")}
        context: dict[str, Any] = {
            "cohort": cohort,
            "run": run,
            "newest": newest,
            "waits_long": _waits_long(newest),
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "filters": filters,
            "states": STATES,
            "sorts": SORTS,
            "earlier": shown.exclude(pk=run.pk)[:10] if run else [],
        }
        context |= _answer(request, run, filters) if run else {"supply": _supply(cohort)}
        return render(request, "matching/board.html", context)


class RunState(CoordinatorRequiredMixin, View):
    """The progress of the newest run, asked for again and again; once it is done, the page is loaded anew."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        newest = cohort.match_runs.first()
        if newest is None or newest.status not in UNDER_WAY:
            return HttpResponseClientRefresh()
        context = {"cohort": cohort, "newest": newest, "waits_long": _waits_long(newest)}
        return render(request, "matching/_run_state.html", context)


class RunStart(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        try:
            request_run(cohort=cohort, by=request.user)  # type: ignore[arg-type]
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("matching:board", cohort_slug=cohort.slug)


class Pin(CoordinatorRequiredMixin, View):
    """Lock a pair, forbid it, or leave it to the engine again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        form = PinForm(request.POST)
        if not form.is_valid():
            raise Http404
        mentee, mentor = _pair(request, cohort_slug, form)
        try:
            if form.cleaned_data["kind"] == "none":
                remove_pin(mentee=mentee, mentor=mentor, by=request.user)  # type: ignore[arg-type]
            else:
                kind = form.cleaned_data["kind"]
                set_pin(mentee=mentee, mentor=mentor, kind=kind, by=request.user)  # type: ignore[arg-type]
                verb = "locked" if kind == MatchPin.Kind.LOCK else "forbidden"
                messages.success(request, f"“{mentee}” with {mentor.user}: {verb} for every run from now on.")
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(_board_url(cohort_slug, mentee))


class Choose(CoordinatorRequiredMixin, View):
    """Propose a runner-up instead."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        form = PairForm(request.POST)
        if not form.is_valid():
            raise Http404
        run = get_visible_or_404(MatchRun.objects.editable_by(request.user), cohort__slug=cohort_slug, number=number)
        mentee, mentor = _pair(request, cohort_slug, form)
        try:
            choose_mentor(run=run, mentee=mentee, mentor=mentor, by=request.user)  # type: ignore[arg-type]
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{mentor.user} is proposed for “{mentee}” now.")
        return redirect(_board_url(cohort_slug, mentee))


class Weights(CoordinatorRequiredMixin, View):
    """How much each factor counts."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        weights, common = weights_of(cohort)
        form = WeightsForm(initial={**weights, "require_common_language": common})
        return render(request, "matching/weights.html", {"cohort": cohort, "form": form})

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = WeightsForm(request.POST)
        if not form.is_valid():
            return render(request, "matching/weights.html", {"cohort": cohort, "form": form}, status=422)
        save_weights(
            cohort=cohort,
            weights=form.weights,
            require_common_language=form.cleaned_data["require_common_language"],
            by=request.user,  # type: ignore[arg-type]
        )
        messages.success(request, "Saved. The next run uses these weights.")
        return redirect("matching:board", cohort_slug=cohort.slug)


def _answer(request: HttpRequest, run: MatchRun, filters: dict[str, str]) -> dict[str, Any]:
    """What the board shows of a run: the page of rows, and why for the mentee that is selected."""
    reader = BoardReader(run)
    ids = reader.ids(**filters)
    page = Paginator(ids, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = reader.rows(list(page.object_list))
    wanted = request.GET.get("mentee", "")
    selected = next((row.mentee for row in rows if str(row.mentee.pk) == wanted), None)
    if selected is None and wanted.isdecimal() and int(wanted) in {*reader.scores, *reader.reasons}:
        selected = Enrollment.objects.with_people().get(pk=wanted)  # named in the address, on another page of the list
    if selected is None and rows:
        selected = rows[0].mentee
    summary = reader.summary()
    return {
        "page_obj": page,
        "rows": rows,
        "found": len(ids),
        "summary": summary,
        "waiting": sum(pk not in reader.introduced for pk in reader.scores),
        "locks": reader.locks(),
        "pins_since": reader.pins_since(),
        "why": reader.why(selected) if selected else None,
    }


def _supply(cohort: Cohort) -> dict[str, int]:
    """How many accepted mentees and mentors there are: what is missing before a first run."""
    accepted = cohort.enrollments.filter(status=Enrollment.Status.ACCEPTED)
    return {"mentees": accepted.mentees().count(), "mentors": accepted.mentors().count()}


def _waits_long(run: MatchRun | None) -> bool:
    return run is not None and run.status == MatchRun.Status.QUEUED and run.created_at < timezone.now() - PATIENCE


def _pair(request: HttpRequest, cohort_slug: str, form: PairForm) -> tuple[Enrollment, Enrollment]:
    people = Enrollment.objects.editable_by(request.user).filter(cohort__slug=cohort_slug).with_people()
    mentee = get_visible_or_404(people.mentees(), pk=form.cleaned_data["mentee"])
    return mentee, get_visible_or_404(people.mentors(), pk=form.cleaned_data["mentor"])


def _board_url(cohort_slug: str, mentee: Enrollment) -> str:
    return f"{reverse('matching:board', args=[cohort_slug])}?mentee={mentee.pk}"
