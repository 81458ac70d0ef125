"""Set, move and cancel a meeting of the reader's own pair."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime

from cohorts.calendar.clashes import ClashError
from matching.models import PairMeeting
from matching.pairs import meetings, services
from matching.pairs.forms import PairMeetingForm
from matching.pairs.views.own_match import OwnMatchView
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.ui.moments import on_clock, reader_zone
from mentorship.core.views import Question, errors_as_messages


class MeetingView(OwnMatchView):
    """A page about a meeting of a match that is under way."""

    meeting: PairMeeting | None = None

    def look_up(self) -> None:
        super().look_up()
        if not services.is_under_way(self.match):
            raise Http404
        if "meeting_pk" in self.kwargs:
            own = PairMeeting.objects.filter(mentee=self.match.mentee_id, cancelled_at=None)
            self.meeting = get_visible_or_404(own, pk=self.kwargs["meeting_pk"])

    def get_context(self) -> dict[str, Any]:
        return {"match": self.match, "meeting": self.meeting}

    def _back(self) -> HttpResponse:
        return redirect("matching:my-match", pk=self.match.pk)


class MyMeeting(MeetingView):
    """An existing meeting, or a new one if `meeting_pk` is missing; `starts` in the address fills in a time."""

    template_name = "matching/pairs/my_meeting.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=PairMeetingForm(instance=self.meeting, initial={} if self.meeting else self._suggested()))

    def _suggested(self) -> dict[str, Any]:
        try:
            starts = parse_datetime(self.request.GET.get("starts", ""))
        except ValueError:
            starts = None
        return {"starts_at": starts.astimezone(reader_zone())} if starts and starts.tzinfo else {}

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PairMeetingForm(request.POST, instance=PairMeeting(pk=self.meeting.pk) if self.meeting else None)
        if not form.is_valid():
            return self.page(form=form, status=422)
        answered = request.POST.get("answered", "").split()
        act: dict[str, Any] = {"match": self.match, "by": self.user, "answered": answered, "fields": form.cleaned_data}
        try:
            if self.meeting:
                meetings.change_meeting(**act, meeting=self.meeting)
            else:
                meetings.set_meeting(**act)
        except ClashError as clash:
            return self.page(form=form, clash=clash, status=409)
        except ServiceError as error:
            form.add_error("starts_at", str(error))
            return self.page(form=form, status=422)
        messages.success(request, "Saved. Everybody gets an email that puts it into their calendar.")
        return self._back()


class MyMeetingCancel(MeetingView):
    """Cancel a meeting, once they have said that they mean it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._back()

    def ask_first(self) -> Question | None:
        assert self.meeting is not None  # noqa: S101  (the address names one)
        when = on_clock(self.meeting.starts_at, reader_zone())
        text = ["Everybody in your pair gets an email that takes it out of their calendar."]
        return Question(f"Cancel the meeting on {when}?", "Cancel the meeting", text, self.match_url, danger=True)

    def post(self, request: HttpRequest) -> HttpResponse:
        assert self.meeting is not None  # noqa: S101  (the address names one)
        with errors_as_messages(request):
            meetings.cancel_meeting(match=self.match, meeting=self.meeting, by=self.user)
            messages.success(request, "Cancelled. Everybody gets an email.")
        return self._back()
