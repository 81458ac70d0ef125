"""The pages on which cohorts ask other programmes for seats, and on which these see and answer it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortObjectView, CohortView
from mentorship.core.ui.requests import page_of
from mentorship.core.views import Ask, FormPage, errors_as_messages
from training.models import SeatRequest
from training.sharing.forms import SeatsDeclinedForm, SeatsWantedForm
from training.sharing.requests import ask_for_seats, decline_seats, withdraw_seat_request

LIST = "training:seat-request-list"


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
        return redirect(LIST, cohort_slug=self.cohort.slug)


class SeatRequestList(CohortView):
    """Seats that the cohort asks others for, and that others ask its programme for."""

    template_name = "training/sharing/requests.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = SeatRequest.objects.sent_or_received(self.cohort).select_related("cohort__programme", "host")
        return self.page(page_obj=page_of(request, found))


class SeatRequestDecline(FormPage, CohortObjectView[SeatRequest]):
    """Tell those who asked for seats that there are none for them."""

    template_name = "training/sharing/decline.html"
    for_editors = True

    def get_rows(self) -> QuerySet[SeatRequest]:
        return SeatRequest.objects.filter(host=self.cohort.programme_id).select_related("cohort__programme", "host")

    def get_form(self, *data: Any) -> SeatsDeclinedForm:
        return SeatsDeclinedForm(*data)

    def save(self, form: SeatsDeclinedForm) -> HttpResponse:
        declined = decline_seats(request=self.object, by=self.user, **form.cleaned_data)
        messages.success(self.request, f"The coordinators of {declined.cohort.programme} get your email.")
        return redirect(LIST, cohort_slug=self.cohort.slug)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "seat_request": self.object}


class SeatRequestWithdraw(CohortObjectView[SeatRequest]):
    """Withdraw a request of the cohort."""

    for_editors = True
    asks = {"": Ask("Withdraw this request?", "Withdraw", "The other programme sees that you no longer need seats.")}

    def get_rows(self) -> QuerySet[SeatRequest]:
        return self.cohort.seat_requests.select_related("host")

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        with errors_as_messages(request):
            withdraw_seat_request(request=self.object, by=self.user)
            messages.success(request, "Withdrawn.")
        return redirect(LIST, cohort_slug=self.cohort.slug)
