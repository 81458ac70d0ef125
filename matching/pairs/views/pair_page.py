"""The page of a pair: people, meeting times, goals, notes, upcoming dates and help."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.calendar.feed import shared_dates_of
from cohorts.calendar.ics import CANCELLED, events_of
from cohorts.calendar.moments import starts_at
from cohorts.models import Cohort, Enrollment, SignupQuestion
from cohorts.questions.answers import shown_answers
from matching.intro.links import meeting_link
from matching.intro.mails import reason_for_pair
from matching.intro.meeting_times import Suggestion
from matching.models import Match, PairNote
from matching.pairs import services as pairs_services
from matching.pairs.extensions import UpcomingItem, help_for, upcoming_for
from matching.pairs.forms import PairGoalForm, PairNoteForm
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in

MOST_COMING = 5


class OfPair(LoginRequiredMixin, View):
    """What is about one of the reader's own matches; everybody else gets 404."""

    @staticmethod
    def find(request: HttpRequest, pk: int) -> Match:
        """The match with its people."""
        return get_visible_or_404(Match.objects.ever_of_person(request.user).with_people(), pk=pk)


class MyPair(LoginRequiredMixin, View):
    """The address that the intro gives: it leads to the reader's own match with this mentee."""

    def get(self, request: HttpRequest, mentee_pk: int) -> HttpResponse:
        match = pairs_services.newest_match(request.user, mentee_pk)
        if match is None:
            raise Http404
        return redirect("matching:my-match", pk=match.pk)


class MyMatch(OfPair):
    """The page. Its buttons are about goals; notes have a page of their own."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self.find(request, pk), PairGoalForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        match = self.find(request, pk)
        if request.POST.get("do") == "propose":
            form = PairGoalForm(request.POST)
            if not form.is_valid():
                return self._page(request, match, form, status=422)
            try:
                pairs_services.propose_goal(match=match, text=form.cleaned_data["text"], by=request.user)
            except ServiceError as error:
                form.add_error("text", str(error))
                return self._page(request, match, form, status=422)
            return redirect(f"{request.path}#goals")
        try:
            self._do(request, match)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(f"{request.path}#goals")

    @staticmethod
    def _do(request: HttpRequest, match: Match) -> None:
        goal: dict[str, Any] = {
            "match": match,
            "goal_id": number_in(request.POST.get("goal")),
            "by": request.user,
        }
        match request.POST.get("do"):
            case "agree":
                pairs_services.agree_goal(**goal)
            case "done" | "undone" as which:
                pairs_services.mark_goal(**goal, done=which == "done")
            case "drop":
                pairs_services.delete_goal(**goal)
            case _:
                raise Http404

    @staticmethod
    def _page(request: HttpRequest, match: Match, form: PairGoalForm, status: int = 200) -> HttpResponse:
        user: User = request.user  # type: ignore[assignment]
        mentors, live = pairs_services.mentors_of(match), pairs_services.is_under_way(match)
        today = timezone.localdate()
        times, zones = pairs_services.pair_meeting_times(match, mentors, today) if live else ([], [])
        people = [match.mentee, *mentors]
        context = {
            "match": match,
            "live": live,
            # Who left is no address book for those who stay, nor the other way round.
            "reachable": match.status in Match.TAKES_A_PLACE,
            "why": reason_for_pair(match.why),
            "enrollment": match.mentee,
            "mentors": mentors,
            "match_cohort": match.mentee.cohort,
            "programme": match.mentee.cohort.programme,
            "addresses": _addresses(match, mentors, user) if live else [],
            "side": pairs_services.side_of(match, user),
            "said": [(e, said) for e in people if (said := shown_answers(e, (SignupQuestion.Seen.MATCH,)))],
            "times": [(t, _other_clocks(t, zones), _calendar(match, mentors, t.starts)) for t in times],
            "far_apart": live and bool(zones) and not times,
            "goals": match.goals.select_related("proposed_by", "agreed_by", "done_by"),
            "notes": pairs_services.notes_of(match),
            "form": form,
            "coming": _coming(match, user, today) if live else [],
            "ways": help_for(match, user) if live else [],
        }
        return render(request, "matching/pairs/my_match.html", context, status=status)


def _addresses(match: Match, mentors: Sequence[Enrollment], user: User) -> list[str]:
    """Of everybody else who lets the match see it."""
    people = [
        *(match.mentee.people if match.mentee.shares_address else []),
        *(m.user for m in mentors if m.shares_address),
    ]
    return list(dict.fromkeys(person.email for person in people if person != user))


def _other_clocks(time: Suggestion, zones: Sequence[str]) -> str:
    """What the clocks of the others show, where it is not what the reader's own shows."""
    own = timezone.localtime(time.starts).replace(tzinfo=None)
    others = [zone for zone in zones if time.starts.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != own]
    return time.on_clocks(others)


def _calendar(match: Match, mentors: Sequence[Enrollment], starts: datetime) -> str:
    return meeting_link(match.mentee_id, [mentor.pk for mentor in mentors], starts)


def _coming(match: Match, user: User, today: date) -> list[UpcomingItem]:
    """What comes next for the reader in this cohort: its dates, their sessions, and what later rooms add."""
    cohort: Cohort = match.mentee.cohort
    dates = shared_dates_of(user).filter(cohort=cohort, on__gte=today).order_by("on", "time", "pk")[:MOST_COMING]
    coming = [UpcomingItem(what.name, starts_at(what) or what.on, what.link) for what in dates]
    coming += [
        UpcomingItem(event.name.removesuffix(f" ({cohort.name})"), event.starts, event.link)
        for event in events_of(user)
        if event.place == cohort.name and event.status != CANCELLED and event.day >= today
    ]
    coming += upcoming_for(match, user)
    if cohort.ends_on >= today:
        coming.append(UpcomingItem(f"{cohort.name} ends", cohort.ends_on))
    return sorted(coming, key=_order)[:MOST_COMING]


def _order(what: UpcomingItem) -> datetime:
    return what.moment if isinstance(what.moment, datetime) else datetime.combine(what.moment, time(), UTC)


class MyNote(OfPair):
    """One note: a new one, or one that stands there; `note_pk` is missing for a new one."""

    def get(self, request: HttpRequest, pk: int, note_pk: int | None = None) -> HttpResponse:
        match, note = self._find(request, pk, note_pk)
        form = PairNoteForm(instance=note, initial={} if note else {"met_on": timezone.localdate()})
        return self._page(request, match, note, form)

    def post(self, request: HttpRequest, pk: int, note_pk: int | None = None) -> HttpResponse:
        match, note = self._find(request, pk, note_pk)
        form = PairNoteForm(request.POST, instance=PairNote(pk=note.pk) if note else None)
        try:
            if note and "drop" in request.POST:
                seen = number_in(request.POST.get("seen"))
                pairs_services.delete_note(match=match, note_id=note.pk, seen=seen, by=request.user)
                messages.success(request, "The note is taken away.")
                return redirect("matching:my-match", pk=match.pk)
            if not form.is_valid():
                return self._page(request, match, note, form, status=422)
            words = {"text": form.cleaned_data["text"], "met_on": form.cleaned_data["met_on"], "by": request.user}
            if note:
                seen_version = form.cleaned_data["seen"] or 0
                pairs_services.edit_note(match=match, note_id=note.pk, seen=seen_version, **words)
            else:
                pairs_services.create_note(match=match, **words)
        except pairs_services.NoteChangedError as error:
            return self._changed(request, match, error)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._page(request, match, note, form, status=422)
        messages.success(request, "Saved. Only the people of your pair read it.")
        return redirect("matching:my-match", pk=match.pk)

    def _find(self, request: HttpRequest, pk: int, note_pk: int | None) -> tuple[Match, PairNote | None]:
        match = self.find(request, pk)
        if note_pk is None:
            if not pairs_services.is_under_way(match) and request.method == "GET":
                raise Http404
            return match, None
        return match, get_visible_or_404(match.notes.select_related("author", "changed_by"), pk=note_pk)

    def _changed(self, request: HttpRequest, match: Match, error: pairs_services.NoteChangedError) -> HttpResponse:
        """Both versions: what was typed stays in the form, which now counts as written over the other one."""
        data = request.POST.copy()
        data["seen"] = str(error.note.version)
        form = PairNoteForm(data, instance=PairNote(pk=error.note.pk))
        form.is_valid()
        form.add_error(None, str(error))
        return self._page(request, match, error.note, form, theirs=error.note.text, status=422)

    @staticmethod
    def _page(
        request: HttpRequest,
        match: Match,
        note: PairNote | None,
        form: PairNoteForm,
        theirs: str = "",
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "match": match,
            "note": note,
            "form": form,
            "theirs": theirs,
            "live": pairs_services.is_under_way(match),
        }
        return render(request, "matching/pairs/my_note.html", context, status=status)
