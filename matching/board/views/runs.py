"""Start, follow, list, rename and compare runs."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from cohorts.cohort_view import CohortView
from matching.board import advice
from matching.board.forms import RunNameForm
from matching.board.run_comparison import differences, figures_of
from matching.board.services import pairs_by_hand, run_again
from matching.board.views.base import RunView
from matching.engine.comparison import request_comparison
from matching.engine.services import rename_run
from matching.models import MatchRun
from matching.querysets import MatchRunQuerySet
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import number_in
from mentorship.core.views import CONFIRMED, YES, Question, errors_as_messages

# A run usually takes seconds. If no worker takes it for longer, say what may be wrong.
PATIENCE = timedelta(seconds=60)
MOST_LISTED = 50
PAIRS_NAMED = 6


class StartRun(CohortView):
    """Request a run. If there are unlocked manual pairs, ask whether to keep them."""

    http_method_names = ("post",)

    def ask_first(self) -> Question | None:
        """Ask before a new run replaces changes made by hand."""
        made, removed = pairs_by_hand(self.cohort)
        if not made and not removed:
            return None
        text = []
        if made:
            listed = "; ".join(f"{mentee} with {mentor.user}" for mentee, mentor in made[:PAIRS_NAMED])
            more = f" and {len(made) - PAIRS_NAMED} more" if len(made) > PAIRS_NAMED else ""
            them = "it" if len(made) == 1 else "them"
            text.append(f"You made {counted(len(made), 'pair')} by hand and did not lock {them}: {listed}{more}.")
        if removed:
            programme = self.cohort.programme
            text.append(
                f"You removed the proposed {programme.mentor_label} of {counted(removed, programme.mentee_label)}. "
                "A new run may propose the same pair again, unless you forbid it on the board."
            )
        return Question(
            title="Keep what you changed by hand?",
            text=text,
            button=f"Lock {counted(len(made), 'pair')} and run again" if made else "Run again",
            other="Run again without them" if made else "",
            back=reverse("matching:board", args=[self.cohort.slug]),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            run_again(cohort=self.cohort, by=self.user, keep_by_hand=request.POST.get(CONFIRMED) == YES)
        return redirect("matching:board", cohort_slug=self.cohort.slug)


class RunState(CohortView):
    """The progress of the newest run, polled by the board; once it is done, the page is reloaded."""

    template_name = "matching/board/_run_state.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        newest = MatchRun.objects.filter(cohort=self.cohort).first()
        if newest is None or newest.status not in MatchRun.UNDER_WAY:
            return HttpResponseClientRefresh()
        return self.page(newest=newest, waits_long=waits_long(newest))


class RunList(CohortView):
    """Every run with its name and figures."""

    template_name = "matching/board/runs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = MatchRun.objects.filter(cohort=self.cohort).select_related("created_by").prefetch_related("changes")
        runs = list(found[:MOST_LISTED])
        rows = [(run, advice.rules_of_run(run), _standing_changes(run)) for run in runs]
        return self.page(rows=rows, answered=[run for run in runs if run.status in MatchRun.ANSWERED])


class RenameRun(RunView):
    """Name a run, or remove its name."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RunNameForm(request.POST)
        if form.is_valid():
            rename_run(run=self.run, name=form.cleaned_data["name"], by=self.user)
        else:
            messages.error(request, "A name has at most 60 letters.")
        return redirect("matching:run-list", cohort_slug=self.cohort.slug)


class CompareAims(RunView):
    """Ask what a run's other goals would give, which takes long in a large cohort."""

    http_method_names = ("post",)
    for_editors = True

    def post(self, request: HttpRequest) -> HttpResponse:
        request_comparison(run=self.run, by=self.user)
        messages.info(request, "The goals are being compared. You can leave this page.")
        return redirect(f"{reverse('matching:board', args=[self.cohort.slug])}?run={self.run.number}#goals-title")


class CompareRuns(CohortView):
    """Two runs side by side: their figures, and whose mentor differs."""

    template_name = "matching/board/compare.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        answered = MatchRun.objects.filter(cohort=self.cohort).answered()
        one, other = (_numbered(answered, request.GET.get(name, "")) for name in ("a", "b"))
        if one is None or other is None:
            return self.page(answered=answered, one=one, other=other)
        sides = [(run, figures_of(run), advice.rules_of_run(run)) for run in (one, other)]
        return self.page(answered=answered, one=one, other=other, sides=sides, differences=differences(one, other))


def waits_long(run: MatchRun | None) -> bool:
    """Whether a run has waited for a worker so long that something may be wrong."""
    return run is not None and run.status == MatchRun.Status.QUEUED and run.created_at < timezone.now() - PATIENCE


def _standing_changes(run: MatchRun) -> int:
    """The number of manual changes on its board. Uses data fetched with the runs."""
    undone = {change.undoes_id for change in run.changes.all() if change.undoes_id}
    return sum(
        change.undoes_id is None and change.pk not in undone and any(e["what"] == "pair" for e in change.effects)
        for change in run.changes.all()
    )


def _numbered(runs: MatchRunQuerySet, number: str) -> MatchRun | None:
    return runs.filter(number=number_in(number)).select_related("cohort").first()
