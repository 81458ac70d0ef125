"""Show what mentors a cohort lacks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort
from matching.supply.services import ask_for_supply, supply_of
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit


class MentorSupply(CoordinatorRequiredMixin, View):
    """What mentors are lacking while sign-up is open, and the link that recruits for exactly these."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        context = {
            "cohort": cohort,
            "supply": supply_of(cohort),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "matching/supply/supply.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        ask_for_supply(cohort)
        messages.info(request, "It is being counted anew. Look again in a moment.")
        return redirect("matching:supply", cohort_slug=cohort.slug)
