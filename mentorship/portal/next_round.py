"""Start the next round of a cohort, copying settings of each app from the last one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from checkins.waves.services import copy_waves
from cohorts.cohort_view import CohortView
from cohorts.models import Cohort
from cohorts.setup.clone import clone_cohort, preview_clone, suggest_next_cohort
from cohorts.setup.forms import CloneForm
from matching.policy.services import copy_policy
from mentorship.core.accounts.models import User
from mentorship.core.views import FormPage
from partners.sponsorships.services import copy_sponsorships


@transaction.atomic
def start_next_round(*, like: Cohort, name: str, slug: str, starts_on: date, by: User | None, **fields: Any) -> Cohort:
    """Create the next round in every app: plan and forms, matching policy, check-in waves, draft sponsorships."""
    cohort = clone_cohort(like=like, name=name, slug=slug, starts_on=starts_on, by=by, **fields)
    copy_policy(like=like, cohort=cohort)
    copy_waves(like=like, cohort=cohort)
    copy_sponsorships(like=like, cohort=cohort)
    return cohort


class NextRoundCreate(FormPage, CohortView):
    """Preview the dates, then create the round."""

    template_name = "portal/repeat.html"
    for_editors = True

    def get_form(self, *data: Any) -> CloneForm:
        form = CloneForm(*data)
        form.initial = suggest_next_cohort(self.cohort)
        return form

    def save(self, form: CloneForm) -> HttpResponse:
        if "preview" in self.request.POST:
            return self.page(form=form)
        made = start_next_round(like=self.cohort, by=self.user, **form.cleaned_data)
        messages.success(self.request, f"{made} is a draft with all its dates. Nothing was sent.")
        return redirect("cohorts:plan-detail", cohort_slug=made.slug)

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        form = context["form"]
        typed = form.cleaned_data.get("starts_on") if form.is_bound else None
        starts_on = typed or suggest_next_cohort(self.cohort)["starts_on"]
        rows = preview_clone(like=self.cohort, starts_on=starts_on)
        return super().page(status, rows=rows, along=_copied_parts(self.cohort), **context)


def _copied_parts(cohort: Cohort) -> list[tuple[str, str]]:
    """The copied parts in words, with numbers."""
    questions = cohort.questions.filter(retired_at=None).count()
    back = len({e.user_id for e in cohort.enrollments.all() if e.comes_back_as or e.defers})
    return [
        ("Checklist", f"{cohort.checklist.count()} lines with their owners"),
        ("Sign-up forms", f"the standard questions and {questions} of your own"),
        ("Mailings", f"{cohort.mailings.filter(key=None).count()}, as drafts"),
        ("Groups and tracks", str(cohort.groups.count())),
        ("Review rubric", f"{cohort.criteria.count()} criteria"),
        ("Selection, matching and check-ins", "their rules, not their results"),
        ("Sponsors", f"{cohort.sponsorships.count()}, as drafts"),
        ("People who would come back", f"{back}, to invite when you like"),
    ]
