"""Pages on which people book, change and cancel their seats."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Enrollment
from mentorship.core.ui.requests import number_in
from training.booking import links as booking_links
from training.booking.calendar import booking_file
from training.booking.errors import TrainingError
from training.booking.lookup import booking_or_404
from training.booking.services import book_seat, cancel_booking, decline_call
from training.booking.slots import Booker, programme_of_organisation, slots_of
from training.models import TrainingSession


class SlotsView(View):
    """The page that the three ways share. One button books, changes, waits, answers or cancels."""

    template = "training/booking/choose.html"

    def person(self, request: HttpRequest, **kwargs: Any) -> Booker | None:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = self.person(request, **kwargs)
        if person is None:
            return render(request, "training/booking/bad_link.html", status=404)
        with timezone.override(person.zone if not request.user.is_authenticated else timezone.get_current_timezone()):
            return render(request, self.template, self._context(person))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = self.person(request, **kwargs)
        if person is None:
            return render(request, "training/booking/bad_link.html", status=404)
        session = person.sessions().filter(pk=number_in(request.POST.get("session"))).first()
        if session is None:
            raise Http404
        try:
            words = self._do(request.POST.get("do", ""), session, person)
        except TrainingError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, words)
        return redirect(request.path)

    @staticmethod
    def _do(what: str, session: TrainingSession, person: Booker) -> str:
        enrollment, _ = person.way(session, list(session.holds.filter(status="accepted")))
        if what in ("book", "wait"):
            booking = book_seat(
                session=session, enrollment=enrollment, guest=person.guest, by=person.by, wait=what == "wait"
            )
            if booking.status == "waitlisted":
                return "You are on the waitlist. We write to you as soon as a seat becomes free."
            return "Your seat is booked. A mail with the calendar file is on its way."
        if what == "decline" and session.training.is_call:
            decline_call(session=session, enrollment=enrollment, guest=person.guest, by=person.by)
            return "Thank you for telling. Notes and recording will stand here."
        if what == "cancel":
            booking = person.bookings().filter(session=session).first()
            if booking:
                cancel_booking(booking=booking, by=person.by)
            return "Your seat is free for somebody else. Thank you."
        raise TrainingError("We did not understand that. Choose one of the buttons.")

    @staticmethod
    def _context(person: Booker) -> dict[str, Any]:
        slots = slots_of(person)
        one = person.enrollments[0] if person.enrollments else None
        organisation = person.guest.organisation if person.guest else None
        return {
            "slots": [s for s in slots if not s.is_over],
            "past": [s for s in reversed(slots) if s.is_over],
            "person": str(person.guest or (one.user if one else "")),
            "programme": one.cohort.programme if one else organisation and programme_of_organisation(organisation),
        }


class MySessions(LoginRequiredMixin, SlotsView):
    """Everything that is for the signed-in person."""

    template = "training/booking/mine.html"

    def person(self, request: HttpRequest, **kwargs: Any) -> Booker:
        enrollments = Enrollment.objects.of_person(request.user).occupying_place()
        enrollments = enrollments.select_related("cohort__programme", "user").order_by("-cohort__starts_on")
        return Booker(list(enrollments), user=request.user)  # type: ignore[arg-type]


class Choose(SlotsView):
    """By the link of a mail: the slots of one enrollment."""

    def person(self, request: HttpRequest, token: str) -> Booker | None:  # type: ignore[override]
        try:
            (pk,) = booking_links.read("choose", token)
        except (booking_links.LinkError, ValueError):
            return None
        found = Enrollment.objects.occupying_place().filter(pk=pk).select_related("cohort__programme", "user")
        return Booker(list(found)) if found else None


class CalendarFile(View):
    """The event as it stands now. A calendar that has it already takes over what changed, or drops it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            (pk,) = booking_links.read("ics", token)
        except (booking_links.LinkError, ValueError) as error:
            raise Http404 from error
        booking = booking_or_404(pk)
        text = booking_file(booking, timezone.now())
        response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="session-{booking.session_id}.ics"'
        response["Cache-Control"] = "private, no-cache"
        return response
