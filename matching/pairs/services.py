"""Change the status of a match, and keep the goals and notes of a pair."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.meeting_times.clocks import clocks_of, next_meetings, zones_of
from matching.meeting_times.suggestions import Suggestion
from matching.models import Match, MatchPin, PairGoal, PairNote
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


@transaction.atomic
def set_match_status(*, match: Match, to: str, by: User | None, reason: str = "") -> Match:
    """Change the status of a match; the only place that does. Sends nothing.

    Raises ServiceError if the step is not one of its TRANSITIONS, or needs a place that is no longer free.
    """
    locked = Match.objects.select_for_update(of=("self",)).select_related("mentee__cohort__programme").get(pk=match.pk)
    if to not in Match.TRANSITIONS[locked.status]:
        raise ServiceError(f"This match is {locked.get_status_display()}; it can't become {to}.")
    if to in Match.OCCUPYING_PLACE and locked.status not in Match.OCCUPYING_PLACE:
        _check_place(locked)
    before, locked.status = locked.status, to
    if to in (Match.Status.ENDED, Match.Status.REMATCHED):
        kept = locked.ended_reason if before == Match.Status.ENDED else ""
        locked.ended_reason = reason.strip()[:300] or kept
        locked.status_before_end = before
        # Otherwise the next run would match them again. Coordinators who want that lock the pair once more.
        MatchPin.objects.filter(mentee=locked.mentee_id, mentor=locked.mentor_id, kind=MatchPin.Kind.LOCK).delete()
    locked.save(update_fields=["status", "ended_reason", "status_before_end"])
    workspace_id = locked.mentee.cohort.workspace_id
    record(verb=Verb.made(to), target=locked, workspace_id=workspace_id, by=by, before=before, reason=reason)
    return locked


def _check_place(match: Match) -> None:
    # The same lock as every confirmation takes, since two may want the last place.
    Cohort.objects.select_for_update().get(pk=match.mentee.cohort_id)
    taken = Match.objects.places_of(match.mentee.cohort)
    mentor = Enrollment.objects.select_related("user").get(pk=match.mentor_id)
    if taken[mentor.pk] >= mentor.capacity:
        raise ServiceError(f"{mentor.user} has no free place any more.")
    if taken[match.mentee_id] >= match.mentee.mentors_wanted:
        raise ServiceError(f"“{match.mentee}” has another mentor by now.")


MOST_GOALS = 30


MENTOR, MENTEE = PairGoal.Side.MENTOR, PairGoal.Side.MENTEE


class NoteChangedError(ServiceError):
    """Raised if another person saved the note first. `note` is the current version."""

    def __init__(self, note: PairNote) -> None:
        super().__init__(
            "Somebody changed this note while you wrote. Both versions are below; save again to keep yours."
        )
        self.note = note


def side_of(match: Match, user: User) -> str:
    """Return which side of the match a user is on; "" for others. Needs the match with its people loaded."""
    if match.mentor.user_id == user.pk:
        return MENTOR
    return MENTEE if user in match.mentee.people else ""


def is_under_way(match: Match) -> bool:
    """Whether a match is under way, so that its people may still write."""
    return match.status in Match.UNDER_WAY


def mentors_of(match: Match) -> list[Enrollment]:
    """Return the mentor and co-mentors of the mentee, with their users."""
    others = Match.objects.occupying_place().filter(mentee=match.mentee_id).exclude(pk=match.pk).order_by("pk")
    held = Match.objects.held(timezone.now())  # they have not been told yet, and the match may be undone
    others = others.exclude(pk__in=held)
    beside = others.select_related("mentor__user") if match.status in Match.OCCUPYING_PLACE else others.none()
    return [match.mentor, *(other.mentor for other in beside)]


def pair_meeting_times(match: Match, mentors: Sequence[Enrollment], today: date) -> tuple[list[Suggestion], list[str]]:
    """Suggest meeting times from tomorrow on, and return everybody's time zones. `today` is in the reader's zone."""
    first = match.mentee.cohort.pair_begins(today + timedelta(days=1))
    return next_meetings(match.mentee, clocks_of(match.mentee, mentors), first), zones_of(match.mentee, mentors)


def matches_with_goals_awaiting(user: User) -> dict[int, int]:
    """How many goals of the other side this person has not agreed to yet, by the id of a match.

    A goal with several mentors counts once, at its first match.
    """
    live = Match.objects.of_person(user).under_way()
    theirs = Q(side=MENTEE, matches__mentor__user=user) | Q(side=MENTOR) & ~Q(matches__mentor__user=user)
    found = PairGoal.objects.filter(theirs, agreed_at=None, matches__in=live).order_by("pk", "matches")
    first: dict[int, int] = {}
    for goal, match in found.values_list("pk", "matches").distinct():
        first.setdefault(goal, match)
    return Counter(first.values())


def newest_match(user: User, mentee_id: int) -> Match | None:
    """Return a user's newest match with a mentee (team), preferring matches under way; None if there is none."""
    theirs = Match.objects.ever_of_person(user).filter(mentee=mentee_id)
    return theirs.under_way().order_by("-pk").first() or theirs.order_by("-pk").first()


# --- what one person wrote ---


# --- goals ---


@transaction.atomic
def propose_goal(*, match: Match, text: str, by: User) -> PairGoal:
    """Propose a goal to the other side; an existing goal in the same words is returned instead.

    Raises ServiceError if the match has ended, or has very many goals.
    """
    side, shared = lock_pair(match, by)
    text = " ".join(text.split())
    known = list(PairGoal.objects.filter(matches__in=shared).distinct())
    if same := next((goal for goal in known if goal.text.casefold() == text.casefold()), None):
        same.matches.add(*shared)  # a co-mentor who joined later reads it from now on
        return same
    if len(known) >= MOST_GOALS:
        raise ServiceError(f"{MOST_GOALS} goals are enough: take one away first.")
    goal = PairGoal.objects.create(text=text, side=side, proposed_by=by)
    goal.matches.set(shared)
    _note_down(Verb.PROPOSED_A_GOAL, goal, match, by)
    return goal


@transaction.atomic
def agree_goal(*, match: Match, goal_id: int, by: User) -> PairGoal:
    """Agree to a goal of the other side. Idempotent. Raises ServiceError for the side that proposed it."""
    side, _ = lock_pair(match, by)
    goal = _goal(match, goal_id)
    if goal.agreed_at:
        return goal
    if goal.side == side:
        raise ServiceError("You proposed this goal; the other side agrees to it.")
    goal.agreed_at, goal.agreed_by = timezone.now(), by
    goal.save(update_fields=["agreed_at", "agreed_by"])
    _note_down(Verb.AGREED_TO_A_GOAL, goal, match, by)
    return goal


@transaction.atomic
def mark_goal(*, match: Match, goal_id: int, done: bool, by: User) -> PairGoal:
    """Mark a goal as reached or not. Either side may. Raises ServiceError if it is not agreed yet."""
    lock_pair(match, by)
    goal = _goal(match, goal_id)
    if not goal.agreed_at:
        raise ServiceError("First the other side agrees to this goal.")
    if bool(goal.done_at) == done:
        return goal
    goal.done_at, goal.done_by = (timezone.now(), by) if done else (None, None)
    goal.save(update_fields=["done_at", "done_by"])
    _note_down(Verb.TICKED_A_GOAL_OFF if done else Verb.OPENED_A_GOAL_AGAIN, goal, match, by)
    return goal


@transaction.atomic
def delete_goal(*, match: Match, goal_id: int, by: User) -> None:
    """Delete a goal. Either side may. Raises ServiceError if it was reached.

    A mentor who left can still read it.
    """
    _, shared = lock_pair(match, by)
    goal = _goal(match, goal_id)
    if goal.done_at:
        raise ServiceError("You reached this goal; it stays.")
    _note_down(Verb.TOOK_A_GOAL_AWAY, goal, match, by)
    goal.matches.remove(*shared)
    if not goal.matches.exists():
        goal.delete()


# --- notes ---


def notes_of(match: Match) -> list[PairNote]:
    """Return the notes that this match may read, newest meeting first; `may_change` tells which may be edited."""
    notes: QuerySet[PairNote] = match.notes.select_related("author", "changed_by").prefetch_related("matches")
    found = sorted(notes, key=lambda n: (n.met_on or timezone.localdate(n.created_at), n.pk), reverse=True)
    for note in found:
        note.may_change = _open(note)  # type: ignore[attr-defined]
    return found


@transaction.atomic
def create_note(*, match: Match, text: str, met_on: date | None, by: User) -> PairNote:
    """Create a note for everybody who is in the pair now. Raises ServiceError if the match has ended."""
    _, shared = lock_pair(match, by)
    note = PairNote.objects.create(text=text, met_on=met_on, author=by, changed_by=by)
    note.matches.set(shared)
    _note_down(Verb.WROTE_A_NOTE, note, match, by)
    return note


@transaction.atomic
def edit_note(*, match: Match, note_id: int, seen: int, text: str, met_on: date | None, by: User) -> PairNote:
    """Edit a note whose version is `seen`.

    Raises NoteChangedError if it has another version by now, and ServiceError if one of its readers has left: a note
    that they read is not changed any more.
    """
    lock_pair(match, by)
    note = _note(match, note_id)
    if not _open(note):
        raise ServiceError("Somebody who reads this note has left the pair. Write a new one.")
    changed = PairNote.objects.filter(pk=note.pk, version=seen).update(
        text=text, met_on=met_on, changed_by=by, changed_at=timezone.now(), version=F("version") + 1
    )
    if not changed:
        raise NoteChangedError(note)
    _note_down(Verb.CHANGED_A_NOTE, note, match, by)
    note.refresh_from_db()
    return note


@transaction.atomic
def delete_note(*, match: Match, note_id: int, seen: int, by: User) -> None:
    """Delete one's own note. Raises ServiceError for another person's, NoteChangedError if it changed since `seen`."""
    lock_pair(match, by)
    note = _note(match, note_id)
    if note.author_id != by.pk:
        raise ServiceError("Only who wrote a note takes it away.")
    if note.version != seen:
        raise NoteChangedError(note)
    _note_down(Verb.TOOK_A_NOTE_AWAY, note, match, by)
    note.delete()


def lock_pair(match: Match, by: User) -> tuple[str, list[Match]]:
    """Lock the pair for a change by one of its people. Returns the writer's side, and the matches that will read it."""
    mentee = Enrollment.objects.select_for_update(of=("self",)).get(pk=match.mentee_id)
    live = list(Match.objects.under_way().filter(mentee=mentee).order_by("pk"))
    side = side_of(match, by)
    if not side or match.pk not in {m.pk for m in live}:
        raise ServiceError("This match is over, so what you wrote together can no longer be changed.")
    return side, live


def _goal(match: Match, goal_id: int) -> PairGoal:
    goal = match.goals.select_for_update(of=("self",)).filter(pk=goal_id).first()
    if goal is None:
        raise ServiceError("This goal has been removed in the meantime.")
    return goal


def _note(match: Match, note_id: int) -> PairNote:
    note = match.notes.select_for_update(of=("self",)).filter(pk=note_id).first()
    if note is None:
        raise ServiceError("This note has been removed in the meantime.")
    return note


def _open(note: PairNote) -> bool:
    readers: Iterable[Any] = note.matches.all()
    return all(is_under_way(match) for match in readers)


def _note_down(verb: Verb, target: PairGoal | PairNote, match: Match, by: User) -> None:
    record(verb=verb, target=target, workspace_id=match.mentee.cohort.workspace_id, by=by, match=match.pk)
