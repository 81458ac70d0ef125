"""A participant's dates, as a page and as a feed."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.calendar.feed import calendar_text, shared_dates_of, upcoming_events
from cohorts.calendar.ics import events_of
from cohorts.calendar.links import calendar_link, user_of_calendar_link
from cohorts.calendar.services import renew_calendar_link
from mentorship.core.links import LinkError
from mentorship.core.views import Ask, AsksFirst

EVENTS_SHOWN = 30


class CalendarPage(LoginRequiredMixin, AsksFirst):
    """The next dates of the reader, and the secret address of their feed, which they can renew."""

    asks = {"": Ask("Replace this address?", "Make a new address", "The old address stops working straight away.")}

    def get(self, request: HttpRequest) -> HttpResponse:
        events = upcoming_events(request.user, timezone.localdate(), EVENTS_SHOWN)
        context = {"events": events, "link": calendar_link(request.user)}
        return render(request, "cohorts/calendar/calendar.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        renew_calendar_link(user=request.user, by=request.user)
        messages.success(request, "Here is a new link. The one before it does not work any more.")
        return redirect("cohorts:calendar-detail")


class CalendarFeedFile(View):
    """The feed that calendars fetch. The link is enough; no sign-in is needed."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            user = user_of_calendar_link(token)
        except LinkError as error:
            raise Http404 from error
        text = calendar_text(shared_dates_of(user), timezone.now(), events_of(user))
        return HttpResponse(text, content_type="text/calendar; charset=utf-8")
