"""Undo a confirmation, and serve the calendar file of a suggested meeting."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views import View
from django_htmx.http import HttpResponseClientRefresh

from cohorts.calendar.ics import invitation_response
from cohorts.cohort_view import CohortView
from cohorts.models import Enrollment
from matching.intro.calendar import suggested_meeting
from matching.intro.forms import SentenceForm
from matching.intro.links import read_meeting
from matching.intro.sentence import EditableSentence, edit_sentence, sentence_of_pair
from matching.intro.undo import send_intros_now, undo_matches
from matching.models import Confirmation, Match, MatchRun
from matching.querysets import MatchQuerySet
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.links import LinkError
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import number_in
from mentorship.core.views import FormPage, Question, errors_as_messages


class EditSentence(FormPage, CohortView):
    """The sentence that tells a pair why they were matched: edit it, leave it out, or take the run's again."""

    template_name = "matching/intro/sentence.html"
    for_editors = True
    error_field = "text"
    sentence: EditableSentence

    def look_up(self) -> None:
        super().look_up()
        people = Enrollment.objects.filter(cohort=self.cohort).with_people()
        mentee = get_visible_or_404(people.filter(role="mentee"), pk=self.kwargs["mentee_pk"])
        mentor = get_visible_or_404(people.filter(role="mentor"), pk=self.kwargs["mentor_pk"])
        found = sentence_of_pair(mentee, mentor)
        if found is None:
            raise Http404
        self.sentence = found

    def get_form(self, *data: Any) -> SentenceForm:
        return SentenceForm(*data[:1], initial={"text": self.sentence.text or self.sentence.by_run})

    def post(self, request: HttpRequest) -> HttpResponse:
        do = request.POST.get("do")
        if do not in ("leave out", "undo"):
            return super().post(request)
        with errors_as_messages(request):
            self._edit("" if do == "leave out" else None)
        return redirect(self._back)

    def save(self, form: SentenceForm) -> HttpResponse:
        self._edit(form.cleaned_data["text"])
        return redirect(self._back)

    def _edit(self, text: str | None) -> None:
        one, seen = self.sentence, self.request.POST.get("seen", "")
        edit_sentence(mentee=one.mentee, mentor=one.mentor, text=text, seen=seen, by=self.user)
        words = "Left out. The two of them read no reason." if text == "" else "Saved. Both of them will read this."
        messages.success(self.request, words)

    @property
    def _back(self) -> str:
        """Where the sentence is shown: the match, or the preview of the intro."""
        if self.sentence.match:
            return self.sentence.match.get_absolute_url()
        run = MatchRun.objects.filter(cohort=self.cohort, status=MatchRun.Status.READY).first()
        if run is None:
            return reverse("matching:question-list", args=[self.cohort.slug])
        page = reverse("matching:run-preview", args=[self.cohort.slug, run.number])
        return f"{page}?mentee={self.sentence.mentee.pk}#intro"

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "sentence": self.sentence, "back": self._back}


class UndoConfirmation(CohortView):
    """Undo one match, or a whole confirmation, whose intro has not left; or let the intros leave at once."""

    http_method_names = ("post",)

    def ask_first(self) -> Question | None:
        """Ask before intros leave, which nobody can call back."""
        if self.request.POST.get("do") != "send":
            return None
        matches = list(self._chosen(self.request.POST).with_people())
        people = {person.pk for match in matches for person in (match.mentor.user, *match.mentee.people)}
        intros = counted(len({match.intro_id for match in matches}), "intro")
        return Question(
            title=f"Send {intros} now?",
            text=[f"{counted(len(people), 'person,people')} will get an email straight away. You can’t undo this."],
            button=f"Send {intros}",
            back=reverse("matching:match-list", args=[self.cohort.slug]),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        found = list(self._chosen(request.POST).select_related("mentee"))
        if request.POST.get("do") == "send":
            sent = send_intros_now(matches=found, by=self.user)
            words = f"{sent} intro{' leaves' if sent == 1 else 's leave'} now." if sent else "They have left already."
            messages.success(request, words)
            return redirect("matching:match-list", cohort_slug=self.cohort.slug)
        undone, late = undo_matches(matches=found, by=self.user)
        if undone:
            words = "1 match" if undone == 1 else f"{undone} matches"
            messages.success(request, f"{words} undone: no intro leaves, and the pairs are back on the board.")
        if late or not undone:
            messages.error(
                request,
                f"{late or 'These'} could not be undone: the intro has left, or is leaving. End the match instead.",
            )
        return redirect("matching:match-list", cohort_slug=self.cohort.slug)

    def _chosen(self, post: Any) -> MatchQuerySet:
        """Return the named match, or those that a run confirmed together; without a run, the rematches."""
        matches = Match.objects.filter(mentee__cohort=self.cohort)
        if pk := number_in(post.get("match")):
            get_visible_or_404(matches, pk=pk)
            return matches.filter(pk=pk)
        leaves_at, number = _moment(post.get("leaves_at", "")), post.get("run", "")
        if leaves_at is None:
            raise Http404
        of_run = matches.filter(run__number=int(number)) if number.isdecimal() else matches.filter(run=None)
        return of_run.held(timezone.now()).filter(intro__due_at=leaves_at)


class ConfirmationState(CohortView):
    """How far a confirmation is, polled by pages; once it is over, the page is reloaded."""

    template_name = "matching/intro/_confirmation.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        confirmation = Confirmation.objects.to_show(self.cohort)
        if confirmation is None or confirmation.status != Confirmation.Status.GOING:
            return HttpResponseClientRefresh()
        return self.page(confirmation=confirmation)


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
        event = suggested_meeting(meeting, timezone.now())
        if event is None:
            mentee = Enrollment.objects.select_related("cohort__programme").filter(pk=meeting.mentee_id).first()
            programme = mentee.cohort.programme if mentee else None
            context = {
                "brand": programme.name if programme else "",
                "contact": programme.contact_email if programme else "",
            }
            return render(request, "matching/intro/meeting_over.html", context, status=410)
        return invitation_response(event, timezone.now())
