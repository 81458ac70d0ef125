"""Withdraw somebody at their request, or remove somebody, after showing what ends and who is told."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.enrollment.extensions import endings_of
from cohorts.enrollment.leaving import remove, withdraw_at_request
from cohorts.enrollment.leaving_mails import goodbye_mails
from cohorts.models import Enrollment
from cohorts.people.forms import DepartureForm
from cohorts.people.views.people import EnrollmentView
from mentorship.core.errors import ServiceError
from mentorship.core.own_links import OWN_LINK

Departure, Status = Enrollment.Departure, Enrollment.Status


class EndParticipation(EnrollmentView):
    """The page before somebody is withdrawn or removed. Only its button changes anything."""

    template_name = "cohorts/people/leave.html"
    for_editors = True
    departure: ClassVar[str]
    statuses: ClassVar[tuple[str, ...]]

    def look_up(self) -> None:
        super().look_up()
        if self.object.status not in (*self.statuses, Status.WITHDRAWN):
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.object.status == Status.WITHDRAWN:
            return redirect(self.object)
        return self._form_page(DepartureForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DepartureForm(request.POST)
        if "preview" in request.POST or not form.is_valid():
            return self._form_page(form, status=200 if form.is_valid() else 422)
        try:
            left = self.end(**form.cleaned_data)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._form_page(form, status=422)
        told = "They have been emailed." if form.cleaned_data["mail"] else "They have not been emailed."
        messages.success(request, f"{left} is now {left.get_status_display()}. {told}")
        return redirect(left)

    @abstractmethod
    def end(self, *, reason: str, message: str, mail: bool) -> Enrollment:
        """End the participation and return the updated enrollment. Raises ServiceError."""

    def _form_page(self, form: DepartureForm, status: int = 200) -> HttpResponse:
        enrollment, message = self.object, form["message"].value() or ""
        ends = endings_of(enrollment.pk)
        known = [ending for ending in ends if ending.known]
        mails = goodbye_mails(enrollment, self.departure, ends=known, message=message, link=OWN_LINK)
        return self.page(
            status=status,
            form=form,
            enrollment=enrollment,
            removing=self.departure == Departure.REMOVED,
            ends=ends,
            mails=[(mail.person, *mail.render()) for mail in mails],
            passes_on=enrollment.occupies_place and self.cohort.fill_from_waitlist and self.cohort.gives_places,
        )


class Withdraw(EndParticipation):
    """Withdraw somebody at their request."""

    departure, statuses = Departure.AT_REQUEST, Enrollment.OPEN

    def end(self, **said: Any) -> Enrollment:
        return withdraw_at_request(enrollment=self.object, by=self.user, **said)


class Remove(EndParticipation):
    """Remove somebody from the cohort."""

    departure, statuses = Departure.REMOVED, (Status.ACCEPTED,)

    def end(self, **said: Any) -> Enrollment:
        return remove(enrollment=self.object, by=self.user, **said)
