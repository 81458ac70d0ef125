"""Undo a confirmation, and serve the calendar file of a suggested meeting."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views import View

from cohorts.models import Cohort, Enrollment
from matching.intro.calendar import meeting_file
from matching.intro.links import read_meeting
from matching.intro.undo import send_intros_now, undo_matches
from matching.models import Match
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.links import LinkError
from mentorship.core.ui.requests import number_in


class UndoConfirmation(CoordinatorRequiredMixin, View):
    """Undo one match, or a whole confirmation, whose intro has not left; or let the intros leave at once."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        editable = Match.objects.editable_by(request.user).filter(mentee__cohort__slug=cohort_slug)
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        found = list(self._asked_for(request, editable).select_related("mentee"))
        if request.POST.get("do") == "send":
            sent = send_intros_now(matches=found, by=request.user)  # type: ignore[arg-type]
            words = f"{sent} intro{' leaves' if sent == 1 else 's leave'} now." if sent else "They have left already."
            messages.success(request, words)
            return redirect("matching:matches", cohort_slug=cohort.slug)
        undone, late = undo_matches(matches=found, by=request.user)  # type: ignore[arg-type]
        if undone:
            words = "1 match" if undone == 1 else f"{undone} matches"
            messages.success(request, f"{words} undone: no intro leaves, and the pairs are back on the board.")
        if late or not undone:
            messages.error(
                request,
                f"{late or 'These'} could not be undone: the intro has left, or is leaving. End the match instead.",
            )
        return redirect("matching:matches", cohort_slug=cohort.slug)

    @staticmethod
    def _asked_for(request: HttpRequest, editable: Any) -> Any:
        pk, number = number_in(request.POST.get("match")), request.POST.get("run", "")
        if pk:
            get_visible_or_404(editable, pk=pk)
            return editable.filter(pk=pk)
        leaves_at = _moment(request.POST.get("leaves_at", ""))
        if leaves_at is None:
            raise Http404
        of_run = editable.filter(run__number=int(number)) if number.isdecimal() else editable.filter(run=None)
        return of_run.held(timezone.now()).filter(intro__due_at=leaves_at)


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


class MeetingCalendar(View):
    """A suggested meeting as a calendar file, by the signed link of the intro or of the pair's page."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            meeting = read_meeting(token)
        except LinkError as error:
            raise Http404 from error
        text = meeting_file(meeting, timezone.now())
        if text is None:
            mentee = Enrollment.objects.select_related("cohort__programme").filter(pk=meeting.mentee_id).first()
            programme = mentee.cohort.programme if mentee else None
            context = {
                "brand": programme.name if programme else "",
                "contact": programme.contact_email if programme else "",
            }
            return render(request, "matching/intro/meeting_over.html", context, status=410)
        response = HttpResponse(text, content_type="text/calendar; charset=utf-8; method=PUBLISH")
        response["Content-Disposition"] = 'inline; filename="meeting.ics"'
        return response
