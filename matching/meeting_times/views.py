"""Serve the calendar file of a suggested meeting."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from cohorts.calendar.ics import invitation_response
from cohorts.models import Enrollment
from matching.meeting_times.calendar import suggested_meeting
from matching.meeting_times.links import read_meeting
from mentorship.core.links import LinkError


class MeetingCalendar(View):
    """A suggested meeting as a calendar file, by the signed link of the intro or of the pair's page."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            meeting = read_meeting(token)
        except LinkError as error:
            raise Http404 from error
        event = suggested_meeting(meeting, timezone.now())
        if event is None:
            mentee = Enrollment.objects.select_related("cohort__programme").filter(pk=meeting.mentee_id).first()
            programme = mentee.cohort.programme if mentee else None
            context = {
                "brand": programme.name if programme else "",
                "contact": programme.contact_email if programme else "",
            }
            return render(request, "matching/meeting_times/meeting_over.html", context, status=410)
        return invitation_response(event, timezone.now())
