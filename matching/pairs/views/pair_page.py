"""The page of a pair: people, meeting times, goals, notes, upcoming dates and help."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views import View

from cohorts.calendar.feed import shared_dates_of
from cohorts.calendar.ics import CANCELLED, events_of
from cohorts.models import Channel, Cohort, Enrollment
from matching.meeting_times.suggestions import Suggestion
from matching.models import Match, PairNote
from matching.pairs import services
from matching.pairs.extensions import UpcomingItem, finish_for, help_for, upcoming_for
from matching.pairs.forms import PairGoalForm, PairNoteForm
from matching.pairs.meetings import meetings_ahead
from matching.pairs.views.own_match import OwnMatchView
from matching.sentences.services import sentence_of
from matching.sentences.told import told_by
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in
from mentorship.core.views import Ask, errors_as_messages

MOST_UPCOMING = 5


class MyPair(LoginRequiredMixin, View):
    """The address in the intro: it leads to the reader's own match with this mentee."""

    def get(self, request: HttpRequest, mentee_pk: int) -> HttpResponse:
        match = services.newest_match(request.user, mentee_pk)
        if match is None:
            raise Http404
        return redirect("matching:my-match", pk=match.pk)


class MyMatch(OwnMatchView):
    """The page of a pair. Its buttons are about goals; notes have a page of their own."""

    asks = {
        "do=drop": Ask("Delete this goal?", "Delete the goal", "It’s gone for everybody in your pair."),
    }

    template_name = "matching/pairs/my_match.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=PairGoalForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") == "propose":
            return self._propose(PairGoalForm(request.POST))
        with errors_as_messages(request):
            self._act()
        return self._to_goals()

    def _propose(self, form: PairGoalForm) -> HttpResponse:
        if form.is_valid():
            try:
                services.propose_goal(match=self.match, text=form.cleaned_data["text"], by=self.user)
            except ServiceError as error:
                form.add_error("text", str(error))
            else:
                return self._to_goals()
        return self.page(form=form, status=422)

    def _act(self) -> None:
        post = self.request.POST
        goal: dict[str, Any] = {"match": self.match, "goal_id": number_in(post.get("goal")), "by": self.user}
        match post.get("do"):
            case "agree":
                services.agree_goal(**goal)
            case "done" | "undone" as which:
                services.mark_goal(**goal, done=which == "done")
            case "drop":
                services.delete_goal(**goal)
            case _:
                raise Http404

    def _to_goals(self) -> HttpResponse:
        return redirect(f"{self.request.path}#goals")

    def get_context(self) -> dict[str, Any]:
        match, user = self.match, self.user
        mentors, under_way = services.mentors_of(match), services.is_under_way(match)
        today = timezone.localdate()
        times, zones = services.pair_meeting_times(match, mentors, today) if under_way else ([], [])
        people = [match.mentee, *mentors]
        return {
            "match": match,
            "live": under_way,
            # People who left don't see the addresses of those who stay, nor the other way round.
            "reachable": match.status in Match.OCCUPYING_PLACE,
            "why": sentence_of((match.mentee_id, match.mentor_id), match.reasons),
            "enrollment": match.mentee,
            "own": next((e for e in people if user in e.people), None),
            "sharing": [person for person in match.mentee.people if match.mentee.shares_address_of(person)],
            "shares": any(e.shares_address_of(user) for e in people),
            "mentors": mentors,
            "match_cohort": match.mentee.cohort,
            "programme": match.mentee.cohort.programme,
            "addresses": _addresses(match, mentors, user) if under_way else [],
            "side": services.side_of(match, user),
            "told": [(e, told_by(e)) for e in people],
            "meetings": meetings_ahead(match.mentee_id, timezone.now()) if under_way else [],
            "times": [(t, _other_clocks(t, zones)) for t in times],
            "far_apart": under_way and bool(zones) and not times,
            "hours_given": any(e.weekly_hours for e in people),
            "goals": match.goals.select_related("proposed_by", "agreed_by", "done_by"),
            "notes": services.notes_of(match),
            "coming": _upcoming(match, user, today) if under_way else [],
            "channels": _channels(match, [e.role for e in people if user in e.people]) if under_way else [],
            "finish": finish_for(match, user) if match.status in Match.OCCUPYING_PLACE else None,
            "ways": help_for(match, user) if under_way else [],
        }


def _channels(match: Match, roles: Sequence[str]) -> Iterable[Channel]:
    return Channel.objects.filter(programme=match.mentee.cohort.programme_id).for_roles(roles)


def _addresses(match: Match, mentors: Sequence[Enrollment], user: User) -> list[str]:
    """Return the addresses of everybody else who shares theirs with their match."""
    people = [person for e in (match.mentee, *mentors) for person in e.people if e.shares_address_of(person)]
    return list(dict.fromkeys(person.email for person in people if person != user))


def _other_clocks(time: Suggestion, zones: Sequence[str]) -> str:
    """Describe the time in the other people's time zones, if it differs from the reader's."""
    own = timezone.localtime(time.starts).replace(tzinfo=None)
    others = [zone for zone in zones if time.starts.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != own]
    return time.on_clocks(others)


def _upcoming(match: Match, user: User, today: date) -> list[UpcomingItem]:
    """Return what comes next for the reader in this cohort: its dates, their sessions, and what later apps add."""
    cohort: Cohort = match.mentee.cohort
    dates = shared_dates_of(user).filter(cohort=cohort, on__gte=today).order_by("on", "time", "pk")[:MOST_UPCOMING]
    coming = [UpcomingItem(what.name, what.starts, what.link, what.tz) for what in dates]
    coming += [
        UpcomingItem(event.name.removesuffix(f" ({cohort.name})"), event.starts, event.link, event.zone)
        for event in events_of(user)
        if event.cohort == cohort.name and event.status != CANCELLED and event.day >= today
    ]
    coming += upcoming_for(match, user)
    if cohort.ends_on >= today:
        coming.append(UpcomingItem(f"{cohort.name} ends", cohort.ends_on))
    return sorted(coming, key=_order)[:MOST_UPCOMING]


def _order(what: UpcomingItem) -> datetime:
    return what.moment if isinstance(what.moment, datetime) else datetime.combine(what.moment, time(), UTC)


class MyNote(OwnMatchView):
    """One note: an existing one, or a new one if `note_pk` is missing."""

    asks = {
        "drop": Ask("Delete this note?", "Delete the note", "It’s gone for everybody in your pair."),
    }

    template_name = "matching/pairs/my_note.html"
    note: PairNote | None = None

    def look_up(self) -> None:
        super().look_up()
        if "note_pk" in self.kwargs:
            notes = self.match.notes.select_related("author", "changed_by")
            self.note = get_visible_or_404(notes, pk=self.kwargs["note_pk"])
        elif self.request.method == "GET" and not services.is_under_way(self.match):
            raise Http404

    def get_context(self) -> dict[str, Any]:
        return {"match": self.match, "note": self.note, "live": services.is_under_way(self.match), "theirs": ""}

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {} if self.note else {"met_on": timezone.localdate()}
        return self.page(form=PairNoteForm(instance=self.note, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PairNoteForm(request.POST, instance=PairNote(pk=self.note.pk) if self.note else None)
        try:
            if self.note and "drop" in request.POST:
                return self._delete(self.note)
            if not form.is_valid():
                return self.page(form=form, status=422)
            self._save(form.cleaned_data)
        except services.NoteChangedError as error:
            return self._show_both(error)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self.page(form=form, status=422)
        messages.success(request, "Saved. Only the people of your pair read it.")
        return redirect("matching:my-match", pk=self.match.pk)

    def _delete(self, note: PairNote) -> HttpResponse:
        seen = number_in(self.request.POST.get("seen"))
        services.delete_note(match=self.match, note_id=note.pk, seen=seen, by=self.user)
        messages.success(self.request, "Note removed.")
        return redirect("matching:my-match", pk=self.match.pk)

    def _save(self, said: dict[str, Any]) -> None:
        words = {"text": said["text"], "met_on": said["met_on"], "by": self.user}
        if self.note:
            services.edit_note(match=self.match, note_id=self.note.pk, seen=said["seen"] or 0, **words)
        else:
            services.create_note(match=self.match, **words)

    def _show_both(self, error: services.NoteChangedError) -> HttpResponse:
        """Show both versions: the input stays in the form, which now counts as written over the other one."""
        data = self.request.POST.copy()
        data["seen"] = str(error.note.version)
        form = PairNoteForm(data, instance=PairNote(pk=error.note.pk))
        form.is_valid()
        form.add_error(None, str(error))
        return self.page(form=form, note=error.note, theirs=error.note.text, status=422)
