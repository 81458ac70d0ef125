"""The public page of an event, and the page of a guest behind the link of their mail."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views import View

from cohorts.calendar.ics import invitation_response
from cohorts.signup.sign_up_limits import WHY_TOO_OFTEN, spend_sign_up
from matching.events import guests, services
from matching.events.calendar import calendar_event_of_guest
from matching.events.day.table_plan import read_table_plan
from matching.events.forms import PublicRsvpForm
from matching.events.links import GUEST_CALENDAR_LINK, GUEST_LINK
from matching.models import SpeedEvent, SpeedGuest
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError, SignedLink, end_afterwards
from mentorship.core.views import FormPage, LookupView
from mentorship.core.web.limits import LimitError


def facts_of(event: SpeedEvent) -> dict[str, Any]:
    """The facts about an event on both pages."""
    return {
        "event": event,
        "cohort": event.cohort,
        "free": services.free_event_seats(event, "mentee"),
        "starts": event.starts_at.astimezone(event.tz),
        "ends": event.ends_at.astimezone(event.tz),
        "may_answer": not (event.over or event.under_way),
        "open_round": guests.open_round_for(event) if event.over and not event.cancelled_at else None,
    }


class PublicEvent(FormPage):
    """An event for anybody who has its address: time, place, seats, and a form. It names nobody."""

    template_name = "matching/events/public.html"
    event: SpeedEvent

    def look_up(self) -> None:
        public = SpeedEvent.objects.filter(code__isnull=False).select_related("cohort__programme")
        self.event = get_visible_or_404(public, code=self.kwargs["code"])

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        with timezone.override(self.event.tz):
            return super().page(status, **context)

    @property
    def proven(self) -> str:
        """The address of the reader, if they are signed in."""
        user = self.request.user
        return user.email if isinstance(user, User) else ""

    def get_form(self, *data: Any) -> PublicRsvpForm:
        user = self.request.user
        name = user.full_name if isinstance(user, User) else ""
        return PublicRsvpForm(*data, instance=SpeedGuest(event=self.event, full_name=name), proven=self.proven)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not facts_of(self.event)["may_answer"]:
            return redirect(request.path)
        return super().post(request)

    def save(self, form: PublicRsvpForm) -> HttpResponse:
        said = form.cleaned_data
        try:
            spend_sign_up(self.request, said, proven=bool(self.proven))
        except LimitError as error:
            raise ServiceError(WHY_TOO_OFTEN[error.name].format(wait=error.wait)) from error
        guest = guests.ask_for_seat(event=self.event, proven=bool(self.proven), **said)
        if self.proven and guest.pk:
            return redirect(GUEST_LINK.url(guest.pk))
        if self.proven:
            return redirect("matching:my-event", pk=self.event.pk)
        self.request.session["rsvp_email"] = said["email"]
        return redirect(f"{reverse('matching:event-public', args=[self.event.code])}?sent=1")

    def get_context(self) -> dict[str, Any]:
        sent = self.request.session.get("rsvp_email", "") if self.request.GET.get("sent") else ""
        return {**facts_of(self.event), "sent": sent, "proven": self.proven}


class GuestPage(LookupView):
    """The page of a guest: their answer before the event, their tables on the day."""

    template_name = "matching/events/guest.html"

    def look_up(self) -> None:
        self.guest = _guest_by(GUEST_LINK, self.kwargs["token"])

    def get(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(self.guest.event.tz):
            return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            messages.success(request, self._answer(request.POST.get("do", "")))
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(request.path)

    def _answer(self, what: str) -> str:
        if what not in ("come", "not"):
            raise ServiceError("Choose an answer first, then send it.")
        guest = guests.answer_as_guest(guest=self.guest, coming=what == "come")
        if guest.status == SpeedGuest.Status.COMING:
            return "You have a seat. See you there!"
        if guest.status == SpeedGuest.Status.WAITING:
            return "All seats are taken. You’re on the waitlist, and we’ll write as soon as one becomes free."
        return "Thank you for telling us."

    def get_context(self) -> dict[str, Any]:
        event, guest = self.guest.event, self.guest
        plan = read_table_plan(event) if event.schedule else None
        seats = plan.of_mentee(guest) if plan and guest.role == "mentee" else []
        return {
            **facts_of(event),
            "guest": guest,
            "calendar": GUEST_CALENDAR_LINK.url(guest.pk) if guest.status == SpeedGuest.Status.COMING else "",
            "seats": seats if any(table for _, table in seats) else [],
            "tables": plan.of_mentor(guest) if plan and guest.role == "mentor" else [],
        }


class GuestCalendar(View):
    """The calendar file of a guest's seat; with CANCEL if the event is off or the seat given up."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            guest = _guest_by(GUEST_CALENDAR_LINK, token)
        except LinkError:
            raise Http404 from None
        return invitation_response(calendar_event_of_guest(guest), timezone.now())


def _guest_by(link: SignedLink, token: str) -> SpeedGuest:
    """The guest of a link. Raises LinkError, also some weeks after the event."""
    found = SpeedGuest.objects.select_related("event__cohort__programme")
    guest = found.filter(pk=link.read_one(token)).first()
    if guest is None:
        raise LinkError
    end_afterwards(guest.event.ends_at)
    return guest
