"""Undo a confirmation, and show how far one is."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_htmx.http import HttpResponseClientRefresh

from cohorts.cohort_view import CohortView
from matching.intro.undo import send_intros_now, undo_matches
from matching.models import Confirmation, Match
from matching.querysets import MatchQuerySet
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import number_in
from mentorship.core.views import Question


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
        of_run = matches.filter(run__number=number_in(number)) if number else matches.filter(run=None)
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
