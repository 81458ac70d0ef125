"""Pages on which people book, change and cancel their seats."""

from abc import abstractmethod
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views import View

from cohorts.calendar.clashes import ClashError
from cohorts.calendar.ics import invitation_response
from cohorts.enrollment.lead import lead_to_ask
from cohorts.enrollment.links import end_with_cohort
from cohorts.models import Enrollment
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError, end_afterwards
from mentorship.core.ui.moments import reader_zone
from mentorship.core.ui.requests import number_in
from mentorship.core.views import LookupView
from training.booking import links
from training.booking.calendar import event_of
from training.booking.lookup import booking_or_404
from training.booking.services import book_seat, cancel_booking, decline_call
from training.booking.slots import Booker, slots_of
from training.models import TrainingSession


class SlotsView(LookupView):
    """A page of slots: the person books, changes, waits, answers or cancels. Opening it changes nothing."""

    template_name = "training/booking/choose.html"
    booker: Booker

    def look_up(self) -> None:
        self.booker = self.get_booker()

    @abstractmethod
    def get_booker(self) -> Booker:
        """The reader of the page. Raises LinkError."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(self.zone_of_reader):
            return self.page()

    @property
    def zone_of_reader(self) -> ZoneInfo:
        """The time zone of the page: that of the account for signed-in people, else the booker's."""
        return reader_zone() if self.request.user.is_authenticated else self.booker.zone

    def post(self, request: HttpRequest) -> HttpResponse:
        session = self.booker.sessions().filter(pk=number_in(request.POST.get("session"))).first()
        if session is None:
            raise Http404
        try:
            messages.success(request, self._act(request.POST.get("do", ""), session))
        except ClashError as clash:
            with timezone.override(self.zone_of_reader):
                return self.page(status=409, clash=clash, asked=session)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(request.path)

    def _act(self, what: str, session: TrainingSession) -> str:
        """Do what the button says, and return what to tell the person."""
        booker = self.booker
        self._check_answers(session)
        if what in ("book", "wait"):
            return self._book(session, wait=what == "wait")
        if what == "decline" and session.training.is_call:
            enrollment, _ = booker.way_into(session)
            decline_call(session=session, enrollment=enrollment, guest=booker.guest, by=booker.by)
            return "Thank you for telling. Notes and recording will stand here."
        if what == "cancel":
            booking = booker.bookings().filter(session=session).first()
            if booking:
                cancel_booking(booking=booking, by=booker.by)
            return "Your seat is free for somebody else. Thank you."
        raise ServiceError("Tick the box of the slot first, then choose the button.")

    def _check_answers(self, session: TrainingSession) -> None:
        """Raise ServiceError if it is for the lead of a team to answer."""
        booking = self.booker.bookings().filter(session=session).select_related("enrollment__user").first()
        enrollment = booking.enrollment if booking else self.booker.way_into(session)[0]
        if enrollment and (lead := lead_to_ask(enrollment, self.request.user)):
            name = enrollment.name_of(lead)
            raise ServiceError(f"Only {name} can answer for your team. If that’s you, sign in first.")

    def _book(self, session: TrainingSession, *, wait: bool) -> str:
        enrollment, _ = self.booker.way_into(session)
        booking = book_seat(
            session=session,
            enrollment=enrollment,
            guest=self.booker.guest,
            by=self.booker.by,
            wait=wait,
            answered=self.request.POST.get("answered", "").split(),
        )
        if booking.status == booking.Status.WAITLISTED:
            return "You are on the waitlist. We write to you as soon as a seat becomes free."
        return "Your seat is booked. An email with the calendar file is on its way."

    def get_context(self) -> dict[str, Any]:
        slots = slots_of(self.booker)
        return {
            "slots": [s for s in slots if not s.is_over],
            "past": [s for s in reversed(slots) if s.is_over],
            "person": self.booker.name,
            "programme": self.booker.programme,
        }


class MySessions(LoginRequiredMixin, SlotsView):
    """All training slots of the signed-in person, across their cohorts."""

    template_name = "training/booking/mine.html"

    def get_booker(self) -> Booker:
        enrollments = Enrollment.objects.of_person(self.user).occupying_place()
        enrollments = enrollments.select_related("cohort__programme", "user").order_by("-cohort__starts_on")
        return Booker(list(enrollments), user=self.user)


class Choose(SlotsView):
    """The slots of one enrollment, by the link of a mail."""

    def get_booker(self) -> Booker:
        pk = links.CHOOSE.read_one(self.kwargs["token"])
        theirs = Enrollment.objects.occupying_place().filter(pk=pk, user__is_active=True)
        found = theirs.select_related("cohort__programme", "user").first()
        if found is None:
            raise LinkError
        end_with_cohort(found.cohort)
        return Booker([found])


class CalendarFile(View):
    """The event as it stands now. A calendar that has it already takes over what changed, or drops it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            booking = booking_or_404(links.ICS.read_one(token))
            end_afterwards(booking.session.ends_at)
        except LinkError as error:
            raise Http404 from error
        return invitation_response(event_of(booking), timezone.now())
