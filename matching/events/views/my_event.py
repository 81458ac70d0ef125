"""Answer an invitation, see one's tables, and submit wishes."""

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
from cohorts.models import Enrollment
from matching.events import services
from matching.events.calendar import calendar_event_of
from matching.events.day import wishes
from matching.events.day.table_plan import read_table_plan
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.events.mails import zone_of_reader
from matching.models import SpeedEvent, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError, end_afterwards
from mentorship.core.ui.moments import reader_zone
from mentorship.core.ui.requests import numbers_in
from mentorship.core.views import LookupView


class EventPage(LookupView):
    """A participant's page of an event: their answer before it, their tables on the day, their wishes afterwards."""

    template_name = "matching/events/my_event.html"
    event: SpeedEvent
    enrollment: Enrollment

    def get(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(self.zone_of_page):
            return self.page()

    @property
    def zone_of_page(self) -> ZoneInfo:
        """The reader's time zone: of their account, or behind a mailed link of the invited person."""
        signed_in = self.request.user.is_authenticated
        return reader_zone() if signed_in else zone_of_reader(self.enrollment)

    def get_context(self) -> dict[str, Any]:
        event, enrollment = self.event, self.enrollment
        rsvp = event.rsvps.filter(enrollment=enrollment).first()
        plan = read_table_plan(event) if event.schedule else None
        seats = plan.of_mentee(enrollment) if plan and enrollment.role == "mentee" else []
        met = Enrollment.objects.filter(pk__in=wishes.met_by(event, enrollment)).select_related("user")
        return {
            "lead": lead_to_ask(enrollment, self.request.user),
            "event": event,
            "cohort": event.cohort,
            "enrollment": enrollment,
            "rsvp": rsvp,
            "before": services.waiting_before(rsvp) if rsvp and rsvp.status == SpeedRsvp.Status.WAITING else 0,
            "calendar": CALENDAR_LINK.url(event.pk, enrollment.pk) if rsvp else "",
            "may_answer": not (event.over or event.under_way),
            "seats": seats if any(table for _, table in seats) else [],
            "tables": plan.of_mentor(enrollment) if plan and enrollment.role == "mentor" else [],
            "met": sorted(met, key=lambda e: e.user.full_name.casefold()) if event.over else [],
            "wished": set(event.wishes.filter(by=enrollment).values_list("whom_id", flat=True)),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        if lead := lead_to_ask(self.enrollment, request.user):
            messages.error(request, f"Only {self.enrollment.name_of(lead)} can answer for your team.")
            return redirect(request.get_full_path())
        try:
            messages.success(request, self._act(request.POST))
        except ClashError as clash:
            with timezone.override(self.zone_of_page):
                return self.page(status=409, clash=clash)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(request.get_full_path())

    def _act(self, post: Any) -> str:
        by = self.request.user if isinstance(self.request.user, User) else self.enrollment.user
        act: dict[str, Any] = {"event": self.event, "enrollment": self.enrollment, "by": by}
        match post.get("do"):
            case "come":
                rsvp = services.answer_invitation(**act, coming=True, answered=post.get("answered", "").split())
                if rsvp.status == SpeedRsvp.Status.COMING:
                    return "You have a seat. See you there!"
                return "All seats are taken. You are on the waitlist, and we write as soon as one becomes free."
            case "not":
                services.answer_invitation(**act, coming=False)
                return "Thank you for telling us."
            case "wish":
                wishes.save_wishes(**act, whom=set(numbers_in(post.getlist("whom"))))
                return "Thank you, we remember that when we match."
        raise ServiceError("Choose an answer first, then send it.")


class EventByLink(EventPage):
    """The page behind the signed link of a mail."""

    def look_up(self) -> None:
        event_pk, pk = EVENT_LINK.read(self.kwargs["token"])
        event = SpeedEvent.objects.select_related("cohort__programme").filter(pk=event_pk).first()
        if event is None:
            raise LinkError
        end_afterwards(event.ends_at)
        enrollment = (
            services.eligible_people(event.cohort).select_related("user").filter(pk=pk, user__is_active=True).first()
        )
        if enrollment is None:
            raise LinkError
        self.event, self.enrollment = event, enrollment


class MyEvent(LoginRequiredMixin, EventPage):
    """The page of a signed-in person. With two roles they answer for the first enrollment."""

    def look_up(self) -> None:
        self.event = get_visible_or_404(SpeedEvent.objects.select_related("cohort__programme"), pk=self.kwargs["pk"])
        own = services.eligible_people(self.event.cohort).filter(pk__in=Enrollment.objects.of_person(self.user))
        role = self.request.GET.get("role", "")
        enrollments = list(own.select_related("user").order_by("pk"))
        enrollment = next((e for e in enrollments if e.role == role), enrollments[0] if enrollments else None)
        if enrollment is None:
            raise Http404
        self.enrollment = enrollment


class EventCalendar(View):
    """The calendar file of an answer, by the same signed link; with CANCEL if the event or the answer is off."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        rsvps = SpeedRsvp.objects.select_related("event__cohort__programme", "enrollment__user")
        try:
            event_pk, pk = CALENDAR_LINK.read(token)
            rsvp = get_visible_or_404(rsvps, event=event_pk, enrollment=pk)
            end_afterwards(rsvp.event.ends_at)
        except LinkError:
            raise Http404 from None
        return invitation_response(calendar_event_of(rsvp), timezone.now())
