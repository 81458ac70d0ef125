"""Give a mentee another mentor, return them to the pool, and end the matches of people who left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.intro.capacity import places_taken
from matching.intro.services import AT_ONCE, introduce
from matching.intro.undo import undo_match
from matching.models import Match, MatchPin, MatchProposal, MentorPause, RematchWish
from matching.pairs.services import set_match_status
from matching.rematch.mails import GONE, send_to_mentee, send_to_mentor
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.errors import ServiceError

INTRO_NOT_SENT = "Its intro has not left yet. Undo the match instead: then nobody notices."


@transaction.atomic
def rematch(
    *,
    match: Match,
    mentor: Enrollment,
    by: User | None,
    reason: str = "",
    to_mentee: str = "",
    to_mentor: str = "",
    score: float | None = None,
    why: str = "",
    reasons: Sequence[str] = (),
    grace: Any = AT_ONCE,
) -> Match:
    """Give the mentee of a match another mentor: the old match ends, its place is free, and one intro leaves.

    Co-mentors stay. The mentee and the old mentor are told when the intro leaves, after `grace`; until then undoing
    the new match restores the old one. Raises ServiceError if the new mentor has no room, pauses, is forbidden, or
    was with this mentee before (unless the pair is locked).
    """
    cohort, old = _lock(match)
    if old.status not in (*Match.UNDER_WAY, Match.Status.ENDED):
        raise ServiceError(f"This match is {old.get_status_display()}; it gets no other mentor.")
    was_live = old.status in Match.UNDER_WAY
    if was_live and _intro_waits(old):
        raise ServiceError(INTRO_NOT_SENT)
    old = set_match_status(match=old, to=Match.Status.REMATCHED, by=by, reason=reason)
    mentee = Enrollment.objects.with_people().get(pk=old.mentee_id)
    if why_not := why_not_matchable(mentee, mentor):
        raise ServiceError(why_not)
    due_at = timezone.now() + grace
    # Not saved. Unlike a proposal, a match may have no score.
    proposal = MatchProposal(
        mentee=mentee, mentor=mentor, score=cast(float, score), why=why, reasons=list(reasons), factors=[]
    )
    (new,) = introduce(cohort, [(mentee, [proposal])], by=by, due_at=due_at, replaces=old)
    record(verb=Verb.INTRODUCED, target=new, workspace_id=cohort.workspace_id, by=by, replaces=old.pk)
    _settle_wishes(old)
    if was_live:
        _tell_both(old, to_mentee, to_mentor, due_at, new_mentor=mentor)
    return new


@transaction.atomic
def return_to_pool(
    *, match: Match, by: User | None, reason: str = "", to_mentee: str = "", to_mentor: str = ""
) -> Match:
    """End a match without another mentor: the mentee waits for the next run, and both sides are told at once.

    People who left the cohort get no mail. Raises ServiceError if the match is not under way.
    """
    _, old = _lock(match)
    if old.status not in Match.UNDER_WAY:
        raise ServiceError(f"This match is {old.get_status_display()} already.")
    if _intro_waits(old):
        raise ServiceError(INTRO_NOT_SENT)
    ended = set_match_status(match=old, to=Match.Status.ENDED, by=by, reason=reason)
    _settle_wishes(ended)
    _tell_both(ended, to_mentee, to_mentor, timezone.now())
    return ended


def _tell_both(
    ended: Match, to_mentee: str, to_mentor: str, due_at: datetime, new_mentor: Enrollment | None = None
) -> None:
    send_to_mentee(ended, new_mentor=new_mentor, message=to_mentee, due_at=due_at)
    send_to_mentor(ended, message=to_mentor, due_at=due_at)


def why_not_matchable(mentee: Enrollment, mentor: Enrollment) -> str:
    """Return why a mentor can't take a mentee now; "" if they can. Callers that rely on it must lock the cohort."""
    mentor = Enrollment.objects.select_related("user", "cohort").get(pk=mentor.pk)
    pin = MatchPin.objects.filter(mentee=mentee, mentor=mentor).values_list("kind", flat=True).first()
    if mentor.cohort_id != mentee.cohort_id or mentor.role != "mentor" or mentor.user in mentee.people:
        return "A pair is a mentee and a mentor of the same cohort, who are not the same."
    for one in (mentor, mentee):
        if one.status != Enrollment.Status.ACCEPTED:
            return f"{one} is {one.get_status_display()}."
    if pause := MentorPause.objects.open(mentor.cohort).filter(enrollment=mentor).first():
        return f"{mentor.user} is {pause.words}."
    if pin == MatchPin.Kind.FORBID:
        return f"“{mentee}” with {mentor.user} is forbidden."
    before = Match.objects.filter(mentee=mentee, mentor=mentor, imported=False)
    if before.exists() and (pin != MatchPin.Kind.LOCK or before.occupying_place().exists()):
        return f"{mentor.user} was with “{mentee}” before. Where both wish it, lock the pair on the board first."
    taken = places_taken(mentee.cohort, without=[(mentee.pk, mentor.pk)])
    if taken[mentor.pk] >= mentor.capacity:
        return f"{mentor.user} has no free place."
    if taken[mentee.pk] >= mentee.mentors_wanted:
        return f"“{mentee}” has as many mentors as it wants."
    return ""


# --- somebody asks for another match ---


@transaction.atomic
def request_rematch(*, match: Match, by: User, words: str = "") -> RematchWish:
    """Record that somebody would like another match, for the coordinators. Asking again replaces the words.

    Nobody else in the pair is told. Raises ServiceError if the match has ended.
    """
    locked = Match.objects.select_for_update(of=("self",)).select_related("mentee__cohort__programme").get(pk=match.pk)
    if locked.status not in Match.UNDER_WAY:
        raise ServiceError("This match is over already.")
    wish, _ = RematchWish.objects.update_or_create(
        match=locked, by=by, settled_at=None, defaults={"words": words.strip()[:1000]}
    )
    workspace_id = locked.mentee.cohort.workspace_id
    record(verb=Verb.ASKED_FOR_ANOTHER_MATCH, target=locked, workspace_id=workspace_id, by=by)
    return wish


@transaction.atomic
def settle_rematch_wish(*, wish: RematchWish, by: User) -> None:
    """Settle a request for another match without a rematch."""
    if RematchWish.objects.filter(pk=wish.pk, settled_at=None).update(settled_at=timezone.now()):
        workspace_id = wish.match.mentee.cohort.workspace_id
        record(verb=Verb.WISH_SETTLED, target=wish.match, workspace_id=workspace_id, by=by)


# --- people who left ---


def sweep_matches_left_behind(now: datetime) -> int:
    """End the matches of people who withdrew or were declined, and tell the other side. Returns how many.

    A match whose intro has not left is undone instead, and nobody is told. Taking a withdrawal back does not restore
    a match; coordinators can, on its page.
    """
    done = 0
    for match in where_changed(Match.objects.left_behind(), "mentee__cohort__programme__workspace").order_by("pk"):
        done += _end_left_behind(match, now)
    return done


@transaction.atomic
def _end_left_behind(match: Match, now: datetime) -> int:
    try:
        _, old = _lock(match)
    except Match.DoesNotExist:  # undone together with another one of the same intro
        return 0
    left = [e for e in (old.mentor, old.mentee) if e.status in GONE]
    if old.status not in Match.UNDER_WAY or not left:
        return 0  # settled in the meantime
    if _intro_waits(old):
        try:
            undo_match(match=old, by=None)
        except ServiceError:
            pass  # the intro is just leaving, so the match has to be ended
        else:
            return 1
    ended = set_match_status(match=old, to=Match.Status.ENDED, by=None, reason="; ".join(map(_why_left, left)))
    _settle_wishes(ended)
    send_to_mentee(ended, due_at=now)
    send_to_mentor(ended, due_at=now)
    return 1


def _why_left(enrollment: Enrollment) -> str:
    who = "the mentor" if enrollment.role == Enrollment.Role.MENTOR else "the mentee"
    verb = "withdrew" if enrollment.status == Enrollment.Status.WITHDRAWN else "was declined"
    reason = enrollment.status_reason
    return f"{who} {verb}" + (f": {reason}" if reason else "")


# --- help ---


def _lock(match: Match) -> tuple[Cohort, Match]:
    """Lock the cohort, then the match, in this order, as everything does that counts places."""
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(enrollments=match.mentee_id)
    locked = Match.objects.select_for_update(of=("self",)).with_people().get(pk=match.pk)
    return cohort, locked


def _intro_waits(match: Match) -> bool:
    return not Match.objects.told().filter(pk=match.pk).exists()


def _settle_wishes(match: Match) -> None:
    match.wishes.filter(settled_at=None).update(settled_at=timezone.now())
