"""Edit the matching policy of a cohort."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort
from matching.models import MatchRun
from matching.policy.forms import PolicyForm, suggested_values
from matching.policy.services import rules_of, save_weights, weights_of
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404

ANSWERED = (MatchRun.Status.READY, MatchRun.Status.CONFIRMED)


class EditPolicy(CoordinatorRequiredMixin, View):
    """The policy: what counts and how much, what is ruled out, what is called best."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        now, proposed = _policy(cohort), suggested_values(request.GET)
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


def _policy(cohort: Cohort) -> dict[str, Any]:
    weights, common = weights_of(cohort)
    rules, objective = rules_of(cohort)
    whole = {name: round(weight) for name, weight in weights.items()}  # 6 of 10 may have been kept as 6.0
    return {**whole, **rules, "require_common_language": common, "objective": objective}


def _page(
    request: HttpRequest, cohort: Cohort, form: PolicyForm, *, changed: Any = (), status: int = 200
) -> HttpResponse:
    newest = cohort.match_runs.filter(status__in=ANSWERED).first()
    context = {"cohort": cohort, "form": form, "changed": changed, "newest": newest}
    return render(request, "matching/policy/policy.html", context, status=status)
