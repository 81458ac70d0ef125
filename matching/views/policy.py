"""How a cohort is matched: weights, rules and aim; the runs it had; what mentors it lacks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort
from matching.board import advice
from matching.board.runs import differences, figures_of
from matching.factors import FACTORS
from matching.forms.board import RunNameForm
from matching.forms.policy import PolicyForm, suggested
from matching.models import MatchRun
from matching.services import rename_run, rules_of, save_weights, weights_of
from matching.services.supply import ask_for_supply, supply_of
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit

ANSWERED = (MatchRun.Status.READY, MatchRun.Status.CONFIRMED)


class Weights(CoordinatorRequiredMixin, View):
    """The policy: what counts and how much, what is ruled out, what is called best."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        now, proposed = _policy(cohort), suggested(request.GET)
        changed = {name: value for name, value in proposed.items() if now.get(name) != value}
        form = PolicyForm(initial={**now, **changed})
        labels = [form.fields[name].label for name in changed]
        return _page(request, cohort, form, changed=labels)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = PolicyForm(request.POST)
        if not form.is_valid():
            return _page(request, cohort, form, status=422)
        save_weights(
            cohort=cohort,
            weights=form.weights,
            require_common_language=form.cleaned_data["require_common_language"],
            rules=form.rules,
            objective=form.cleaned_data["objective"],
            by=request.user,
        )
        messages.success(request, "Saved. The next run goes by this; runs that stand keep their figures.")
        return redirect("matching:board", cohort_slug=cohort.slug)


class Runs(CoordinatorRequiredMixin, View):
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
        return render(request, "matching/runs.html", context)


class RunName(CoordinatorRequiredMixin, View):
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


class Compare(CoordinatorRequiredMixin, View):
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
        return render(request, "matching/compare.html", context)


class Supply(CoordinatorRequiredMixin, View):
    """What mentors are lacking while sign-up is open, and the link that recruits for exactly these."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        context = {
            "cohort": cohort,
            "supply": supply_of(cohort),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "matching/supply.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        ask_for_supply(cohort)
        messages.info(request, "It is being counted anew. Look again in a moment.")
        return redirect("matching:supply", cohort_slug=cohort.slug)


def _policy(cohort: Cohort) -> dict[str, Any]:
    weights, common = weights_of(cohort)
    rules, objective = rules_of(cohort)
    # What was 6 of 10 may have been kept as 6.0; a factor that came later counts nothing until somebody says so.
    whole = {name: round(weights.get(name, 0)) for name in FACTORS}
    return {**whole, **rules, "require_common_language": common, "objective": objective}


def _page(
    request: HttpRequest, cohort: Cohort, form: PolicyForm, *, changed: Any = (), status: int = 200
) -> HttpResponse:
    newest = cohort.match_runs.filter(status__in=ANSWERED).first()
    context = {"cohort": cohort, "form": form, "changed": changed, "newest": newest}
    return render(request, "matching/weights.html", context, status=status)


def _standing(run: MatchRun) -> int:
    """How many changes by hand stand on its board. Reads what was fetched with the runs."""
    undone = {change.undoes_id for change in run.changes.all() if change.undoes_id}
    return sum(
        change.undoes_id is None and change.pk not in undone and any(e["what"] == "pair" for e in change.effects)
        for change in run.changes.all()
    )


def _numbered(runs: Any, number: str) -> MatchRun | None:
    return runs.filter(number=number).select_related("cohort").first() if number.isdecimal() else None
