"""Answer an invitation, see one's tables, and name one's wishes."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Enrollment
from matching.events import services as events_services
from matching.events import wishes
from matching.events.calendar import event_file
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.events.table_plan import read_table_plan
from matching.models import SpeedEvent, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.ui.requests import numbers_in


class EventPage(View):
    """A participant and an event: before it whether they come, on the day their tables, afterwards their wishes."""

    def found(self, request: HttpRequest, **kwargs: Any) -> tuple[SpeedEvent, Enrollment] | None:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self.found(request, **kwargs)
        if found is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        event, enrollment = found
        if request.user.is_authenticated:
            return self._page(request, event, enrollment)
        # By the clock on which they signed up: nobody is signed in who could have chosen one.
        with timezone.override(ZoneInfo(enrollment.time_zone or event.cohort.time_zone)):
            return self._page(request, event, enrollment)

    @staticmethod
    def _page(request: HttpRequest, event: SpeedEvent, enrollment: Enrollment) -> HttpResponse:
        rsvp = event.rsvps.filter(enrollment=enrollment).first()
        plan = read_table_plan(event) if event.schedule else None
        seats = plan.of_mentee(enrollment) if plan and enrollment.role == "mentee" else []
        met = Enrollment.objects.filter(pk__in=wishes.met_by(event, enrollment)).select_related("user")
        context = {
            "event": event,
            "cohort": event.cohort,
            "enrollment": enrollment,
            "rsvp": rsvp,
            "before": events_services.waiting_before(rsvp) if rsvp and rsvp.status == SpeedRsvp.Status.WAITING else 0,
            "calendar": CALENDAR_LINK.url(event.pk, enrollment.pk) if rsvp else "",
            "may_answer": not (event.over or event.under_way),
            "seats": seats if any(table for _, table in seats) else [],
            "tables": plan.of_mentor(enrollment) if plan and enrollment.role == "mentor" else [],
            "met": sorted(met, key=lambda e: e.user.full_name.casefold()) if event.over else [],
            "wished": set(event.wishes.filter(by=enrollment).values_list("whom_id", flat=True)),
        }
        return render(request, "matching/events/my_event.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self.found(request, **kwargs)
        if found is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        event, enrollment = found
        by = request.user if isinstance(request.user, User) else enrollment.user
        try:
            messages.success(request, self._do(request, event, enrollment, by))
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(request.get_full_path())

    @staticmethod
    def _do(request: HttpRequest, event: SpeedEvent, enrollment: Enrollment, by: User) -> str:
        match request.POST.get("do"):
            case "come":
                rsvp = events_services.answer_invitation(event=event, enrollment=enrollment, coming=True, by=by)
                if rsvp.status == SpeedRsvp.Status.COMING:
                    return "You have a seat. See you there!"
                return "All seats are taken. You are on the waitlist, and we write as soon as one becomes free."
            case "not":
                events_services.answer_invitation(event=event, enrollment=enrollment, coming=False, by=by)
                return "Thank you for telling us."
            case "wish":
                whom = set(numbers_in(request.POST.getlist("whom")))
                wishes.save_wishes(event=event, enrollment=enrollment, whom=whom, by=by)
                return "Thank you, we remember that when we match."
        raise ServiceError("We did not understand that. Choose one of the buttons.")


class EventByLink(EventPage):
    """By the signed link of a mail."""

    def found(self, request: HttpRequest, token: str) -> tuple[SpeedEvent, Enrollment] | None:  # type: ignore[override]
        try:
            event_pk, pk = EVENT_LINK.read(token)
        except LinkError:
            return None
        event = SpeedEvent.objects.select_related("cohort__programme").filter(pk=event_pk).first()
        enrollment = (
            event and events_services.eligible_people(event.cohort).select_related("user").filter(pk=pk).first()
        )
        return (event, enrollment) if event and enrollment else None


class EventCalendar(View):
    """The calendar file of an answer, by the same signed link; with CANCEL where the event or the answer is off."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            event_pk, pk = EVENT_LINK.read(token)
        except LinkError:
            raise Http404 from None
        rsvps = SpeedRsvp.objects.select_related("event__cohort__programme")
        text = event_file(get_visible_or_404(rsvps, event=event_pk, enrollment=pk), timezone.now())
        response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="speed-mentoring.ics"'
        return response


class MyEvent(LoginRequiredMixin, EventPage):
    """By the person who is signed in. Who has two roles answers for the one that came first."""

    def found(self, request: HttpRequest, pk: int) -> tuple[SpeedEvent, Enrollment] | None:  # type: ignore[override]
        event = get_visible_or_404(SpeedEvent.objects.select_related("cohort__programme"), pk=pk)
        own = events_services.eligible_people(event.cohort).filter(pk__in=Enrollment.objects.of_person(request.user))
        role = request.GET.get("role", "")
        enrollments = list(own.select_related("user").order_by("pk"))
        enrollment = next((e for e in enrollments if e.role == role), enrollments[0] if enrollments else None)
        if enrollment is None:
            raise Http404
        return event, enrollment
