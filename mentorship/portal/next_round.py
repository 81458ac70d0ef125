"""Start the next round of a cohort, with what each app copies from the last one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.waves.services import copy_waves
from cohorts.models import Cohort
from cohorts.setup.clone import clone_cohort, preview_clone, suggest_next_cohort
from cohorts.setup.forms import CloneForm
from matching.policy.services import copy_policy
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from partners.sponsorships.services import copy_sponsorships


@transaction.atomic
def start_next_round(*, like: Cohort, name: str, slug: str, starts_on: date, by: User | None, **fields: Any) -> Cohort:
    """Make the next round in every app: plan and forms, matching policy, check-in waves, sponsors as drafts."""
    cohort = clone_cohort(like=like, name=name, slug=slug, starts_on=starts_on, by=by, **fields)
    copy_policy(like=like, cohort=cohort)
    copy_waves(like=like, cohort=cohort)
    copy_sponsorships(like=like, cohort=cohort)
    return cohort


class Repeat(CoordinatorRequiredMixin, View):
    """Preview the dates, then make the round."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        return self._page(request, cohort, CloneForm(initial=suggest_next_cohort(cohort)))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = CloneForm(request.POST)
        if not form.is_valid():
            return self._page(request, cohort, form, status=422)
        if "preview" in request.POST:
            return self._page(request, cohort, form)
        made = start_next_round(like=cohort, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, f"{made} is a draft with all its dates. Nothing was sent.")
        return redirect("cohorts:plan-detail", cohort_slug=made.slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: CloneForm, status: int = 200) -> HttpResponse:
        starts_on = suggest_next_cohort(cohort)["starts_on"]
        if form.is_bound and form.cleaned_data.get("starts_on"):
            starts_on = form.cleaned_data["starts_on"]
        context = {
            "cohort": cohort,
            "form": form,
            "rows": preview_clone(like=cohort, starts_on=starts_on),
            "along": _copied_parts(cohort),
        }
        return render(request, "portal/repeat.html", context, status=status)


def _copied_parts(cohort: Cohort) -> list[tuple[str, str]]:
    """What is copied, in words with numbers."""
    questions = cohort.questions.filter(retired_at=None).count()
    back = len({e.user_id for e in cohort.enrollments.all() if e.comes_back_as or e.defers})
    return [
        ("Checklist", f"{cohort.checklist.count()} lines with their owners"),
        ("Sign-up forms", f"the standard questions and {questions} of your own"),
        ("Mails to many", f"{cohort.mailings.filter(key=None).count()}, as drafts"),
        ("Groups and tracks", str(cohort.groups.count())),
        ("Review rubric", f"{cohort.criteria.count()} criteria"),
        ("Selection, matching and check-ins", "their rules, not their results"),
        ("Sponsors", f"{cohort.sponsorships.count()}, as drafts"),
        ("People who would come back", f"{back}, to invite when you like"),
    ]
