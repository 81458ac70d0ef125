"""The page on which a cohort asks another programme for seats."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortView
from mentorship.core.views import FormPage
from training.sharing.forms import SeatsWantedForm
from training.sharing.requests import ask_for_seats


class AskForSeats(FormPage, CohortView):
    """Ask the coordinators of another programme for seats in its training."""

    template_name = "training/sharing/ask.html"
    for_editors = True
    error_field = "host"

    def get_form(self, *data: Any) -> SeatsWantedForm:
        return SeatsWantedForm(*data)

    def save(self, form: SeatsWantedForm) -> HttpResponse:
        ask_for_seats(cohort=self.cohort, by=self.user, **form.cleaned_data)
        messages.success(self.request, f"The coordinators of {form.cleaned_data['host']} get your email.")
        return redirect("training:session-list", cohort_slug=self.cohort.slug)
