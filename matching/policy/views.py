"""Edit the matching policy of a cohort."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortView
from cohorts.models import Cohort
from matching.models import MatchRun
from matching.policy.employers import QUESTIONS, ROLES, likely_question, why_idle
from matching.policy.forms import PolicyForm, suggested_values
from matching.policy.minimum_score import minimum_words
from matching.policy.services import rules_of, save_weights, weights_of
from mentorship.core.views import FormPage


class EditPolicy(FormPage, CohortView):
    """The weights of factors, the rules, and the goal."""

    template_name = "matching/policy/policy.html"
    for_editors = True

    def get_form(self, *data: Any) -> PolicyForm:
        if data:
            return PolicyForm(*data[:1], cohort=self.cohort)
        return PolicyForm(cohort=self.cohort, initial={**_policy(self.cohort), **self._changed()})

    def save(self, form: Any) -> HttpResponse:
        save_weights(
            cohort=self.cohort,
            weights=form.weights,
            require_common_language=form.cleaned_data["require_common_language"],
            rules=form.rules,
            objective=form.cleaned_data["objective"],
            by=self.user,
        )
        messages.success(self.request, "Saved. The next run uses these settings. Earlier runs keep their scores.")
        return redirect("matching:board", cohort_slug=self.cohort.slug)

    def get_context(self) -> dict[str, Any]:
        labels = [self.finish_form(PolicyForm()).fields[name].label for name in self._changed()]
        newest = MatchRun.objects.filter(cohort=self.cohort).answered().select_related("cohort__programme").first()
        idle = why_idle(self.cohort, rules_of(self.cohort)[0])
        return {
            **super().get_context(),
            "changed": labels,
            "newest": newest,
            "idle": idle,
            "minimum": self._minimum(newest),
        }

    def _minimum(self, newest: MatchRun | None) -> str:
        """Say how many pairs the minimum score excludes by the newest scores; "" for none."""
        least = float({**_policy(self.cohort), **self._changed()}["least_score"] or 0)
        words = minimum_words(newest, least) if newest else ""
        return f"By the scores of {newest}, a minimum of {least:.2f} {words}." if words else ""

    def _changed(self) -> dict[str, Any]:
        """Changes proposed by the address."""
        if self.request.method == "POST":
            return {}
        now = _policy(self.cohort)
        return {name: value for name, value in suggested_values(self.request.GET).items() if now.get(name) != value}


def _policy(cohort: Cohort) -> dict[str, Any]:
    """The policy as initial values of its form."""
    weights, common = weights_of(cohort)
    rules, objective = rules_of(cohort)
    whole = {name: round(weight) for name, weight in weights.items()}  # 6 of 10 may have been kept as 6.0
    asked = {f"employer_question_of_{r}": rules[QUESTIONS].get(r) or likely_question(cohort, r) for r in ROLES}
    return {**whole, **rules, **asked, "require_common_language": common, "objective": objective}
