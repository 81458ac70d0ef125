"""Show what mentors a cohort lacks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortView
from matching.supply.services import ask_for_supply, supply_summary


class MentorSupply(CohortView):
    """Shortages of mentors while sign-up is open, and the link that recruits for exactly these."""

    template_name = "matching/supply/supply.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(supply=supply_summary(self.cohort))

    def post(self, request: HttpRequest) -> HttpResponse:
        ask_for_supply(self.cohort)
        messages.info(request, "We’re updating this. Reload the page in a moment.")
        return redirect("matching:supply", cohort_slug=self.cohort.slug)
