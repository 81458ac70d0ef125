"""A participant's dates, as a page and as a feed."""

from datetime import UTC, datetime, time
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.calendar.feed import calendar_text, shared_dates_of
from cohorts.calendar.ics import CANCELLED, events_of
from cohorts.calendar.links import calendar_link, user_of_calendar_link
from cohorts.calendar.moments import starts_at
from cohorts.calendar.services import renew_calendar_link
from cohorts.models import CohortDate
from mentorship.core.links import LinkError

MOST = 30


class CalendarPage(LoginRequiredMixin, View):
    """The next dates of the reader, and the secret address of their feed, which they can make anew."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        coming = shared_dates_of(request.user).filter(on__gte=today).order_by("on", "time", "pk")
        rows = [_row(what) for what in coming[:MOST]]
        rows += [
            {"name": e.name, "link": e.link, "place": e.place, "minutes": e.minutes, "moment": e.starts}
            for e in events_of(request.user)
            if e.day >= today and e.status != CANCELLED
        ]
        context = {"dates": sorted(rows, key=_order)[:MOST], "link": calendar_link(request.user)}
        return render(request, "cohorts/calendar/calendar.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        renew_calendar_link(user=request.user)
        messages.success(request, "Here is a new link. The one before it does not work any more.")
        return redirect("cohorts:calendar")


class CalendarFeedFile(View):
    """What calendars fetch. Who has the link needs no sign-in."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            user = user_of_calendar_link(token)
        except LinkError as error:
            raise Http404 from error
        text = calendar_text(shared_dates_of(user), timezone.now(), events_of(user))
        response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        response["Cache-Control"] = "private, max-age=900"
        return response


def _row(what: CohortDate) -> dict[str, Any]:
    return {
        "name": what.name,
        "link": what.link,
        "place": what.cohort.name,
        "minutes": what.minutes if what.time else None,
        "moment": starts_at(what) or what.on,
    }


def _order(row: dict[str, Any]) -> datetime:
    """Whole days stand before the moments of the day."""
    moment = row["moment"]
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), UTC)
