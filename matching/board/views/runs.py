"""Start, follow, list, rename and compare runs."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View
from django_htmx.http import HttpResponseClientRefresh

from cohorts.models import Cohort
from matching.board import advice
from matching.board.forms import RunNameForm
from matching.board.run_comparison import differences, figures_of
from matching.engine.services import rename_run, request_run
from matching.models import MatchRun
from matching.policy.views import ANSWERED
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError

UNDER_WAY = (MatchRun.Status.QUEUED, MatchRun.Status.WORKING)
# A run usually takes seconds. Longer without anybody taking it: say what may be wrong.
PATIENCE = timedelta(seconds=60)


class RunState(CoordinatorRequiredMixin, View):
    """The progress of the newest run, asked for again and again; once it is done, the page is loaded anew."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        newest = cohort.match_runs.first()
        if newest is None or newest.status not in UNDER_WAY:
            return HttpResponseClientRefresh()
        context = {"cohort": cohort, "newest": newest, "waits_long": waits_long(newest)}
        return render(request, "matching/board/_run_state.html", context)


class StartRun(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        try:
            request_run(cohort=cohort, by=request.user)  # type: ignore[arg-type]
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("matching:board", cohort_slug=cohort.slug)


def waits_long(run: MatchRun | None) -> bool:
    return run is not None and run.status == MatchRun.Status.QUEUED and run.created_at < timezone.now() - PATIENCE


class RunList(CoordinatorRequiredMixin, View):
    """Every run, with its name and its figures."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        runs = list(cohort.match_runs.select_related("created_by").prefetch_related("changes")[:50])
        rows = [(run, advice.rules_of_run(run), _standing(run)) for run in runs]
        answered = [run for run in runs if run.status in ANSWERED]
        context = {
            "cohort": cohort,
            "rows": rows,
            "answered": answered,
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "matching/board/runs.html", context)


class RenameRun(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        runs = MatchRun.objects.editable_by(request.user)
        run = get_visible_or_404(runs, cohort__slug=cohort_slug, number=number)
        form = RunNameForm(request.POST)
        if form.is_valid():
            rename_run(run=run, name=form.cleaned_data["name"], by=request.user)
        else:
            messages.error(request, "A name has at most 60 letters.")
        return redirect("matching:runs", cohort_slug=cohort_slug)


class CompareRuns(CoordinatorRequiredMixin, View):
    """Two runs side by side: their figures, and whose mentor differs."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        answered = cohort.match_runs.filter(status__in=ANSWERED)
        pair = [_numbered(answered, request.GET.get(name, "")) for name in ("a", "b")]
        context: dict[str, Any] = {"cohort": cohort, "answered": answered, "one": pair[0], "other": pair[1]}
        if pair[0] and pair[1]:
            context |= {
                "sides": [(run, figures_of(run), advice.rules_of_run(run)) for run in pair],
                "differences": differences(pair[0], pair[1]),
            }
        return render(request, "matching/board/compare.html", context)


def _standing(run: MatchRun) -> int:
    """How many changes by hand stand on its board. Reads what was fetched with the runs."""
    undone = {change.undoes_id for change in run.changes.all() if change.undoes_id}
    return sum(
        change.undoes_id is None and change.pk not in undone and any(e["what"] == "pair" for e in change.effects)
        for change in run.changes.all()
    )


def _numbered(runs: Any, number: str) -> MatchRun | None:
    return runs.filter(number=number).select_related("cohort").first() if number.isdecimal() else None
