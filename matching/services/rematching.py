"""The end of a match and what follows: another mentor, back to the pool, and both sides told kindly."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError
from matching.models import AskedPair, Match, MatchPin, MatchProposal, MentorPause, RematchWish
from matching.services.introducing import AT_ONCE, introduce
from matching.services.matches import set_match_status
from matching.services.undoing import undo_match
from mentorship.accounts.models import User
from mentorship.audit.services import history_of, record
from mentorship.outbox.models import OutboxMessage
from mentorship.outbox.services import enqueue, render_mail

GONE = (Enrollment.Status.WITHDRAWN, Enrollment.Status.DECLINED)
STANDS_STILL = "Its intro has not left yet. Undo the match instead: then nobody notices."


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
    grace: Any = AT_ONCE,
) -> Match:
    """Give the mentee of a match another mentor: the old one ends, its place is free, and one intro leaves.

    Co-mentors carry on. The old sides are told, with a paragraph each, when the intro leaves, after `grace`; until
    then undoing the new match brings the old one back. Raises ServiceError where the new mentor has no room, pauses,
    is forbidden or was with this mentee before (unless the pair is locked).
    """
    cohort, old = _lock(match)
    if old.status not in (*Match.LIVE, Match.Status.ENDED):
        raise ServiceError(f"This match is {old.get_status_display()}; it gets no other mentor.")
    was_live = old.status in Match.LIVE
    if was_live and _intro_waits(old):
        raise ServiceError(STANDS_STILL)
    old = set_match_status(match=old, to=Match.Status.REMATCHED, by=by, reason=reason)
    mentee = Enrollment.objects.with_people().get(pk=old.mentee_id)
    if why_not := why_not_with(mentee, mentor):
        raise ServiceError(why_not)
    due_at = timezone.now() + grace
    # Never saved; and a match, unlike a proposal, may have no score.
    proposal = MatchProposal(mentee=mentee, mentor=mentor, score=cast(float, score), why=why, factors=[])
    (new,) = introduce(mentee, [proposal], by=by, due_at=due_at, replaces=old)
    record(verb="introduced", target=new, workspace_id=cohort.workspace_id, by=by, replaces=old.pk)
    _settle_wishes(old)
    if was_live:
        _tell_mentee(old, new_mentor=mentor, message=to_mentee, due_at=due_at)
        _tell_mentor(old, message=to_mentor, due_at=due_at)
    return new


@transaction.atomic
def back_to_pool(*, match: Match, by: User | None, reason: str = "", to_mentee: str = "", to_mentor: str = "") -> Match:
    """End a match without another mentor: the mentee waits for the next run, and both sides are told at once.

    Who is not in the cohort any more is not written to. Raises ServiceError where the match is not under way.
    """
    _, old = _lock(match)
    if old.status not in Match.LIVE:
        raise ServiceError(f"This match is {old.get_status_display()} already.")
    if _intro_waits(old):
        raise ServiceError(STANDS_STILL)
    ended = set_match_status(match=old, to=Match.Status.ENDED, by=by, reason=reason)
    _settle_wishes(ended)
    now = timezone.now()
    _tell_mentee(ended, message=to_mentee, due_at=now)
    _tell_mentor(ended, message=to_mentor, due_at=now)
    return ended


def why_not_with(mentee: Enrollment, mentor: Enrollment) -> str:
    """Why a mentor can't take a mentee now; "" where they can. Who relies on it holds the lock of the cohort."""
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
    if before.exists() and (pin != MatchPin.Kind.LOCK or before.standing().exists()):
        return f"{mentor.user} was with “{mentee}” before. Where both wish it, lock the pair on the board first."
    taken = places_with_promises(mentee.cohort, but=(mentee.pk, mentor.pk))
    if taken.get(mentor.pk, 0) >= mentor.capacity:
        return f"{mentor.user} has no free place."
    if taken.get(mentee.pk, 0) >= mentee.mentors_wanted:
        return f"“{mentee}” has as many mentors as it wants."
    return ""


def places_with_promises(cohort: Cohort, but: tuple[int, int] | None = None) -> dict[int, int]:
    """How many places each enrollment has taken, those included that are kept for pairs that said yes."""
    taken = Match.objects.places_of(cohort)
    promised = AskedPair.objects.reserving().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id")
    taken.update(pk for pair in promised if pair != but for pk in pair)
    return taken


# --- somebody asks for another match ---


@transaction.atomic
def ask_for_another(*, match: Match, by: User, words: str = "") -> RematchWish:
    """Somebody of a pair would like another match: a line for the coordinators. Asking again renews the words.

    Nobody else of the pair learns of it. Raises ServiceError where the match is over.
    """
    locked = Match.objects.select_for_update(of=("self",)).select_related("mentee__cohort__programme").get(pk=match.pk)
    if locked.status not in Match.LIVE:
        raise ServiceError("This match is over already.")
    wish, _ = RematchWish.objects.update_or_create(
        match=locked, by=by, settled_at=None, defaults={"words": words.strip()[:1000]}
    )
    workspace_id = locked.mentee.cohort.workspace_id
    record(verb="asked for another match", target=locked, workspace_id=workspace_id, by=by)
    return wish


@transaction.atomic
def settle_wish(*, wish: RematchWish, by: User) -> None:
    """They go on together, or it was solved otherwise."""
    if RematchWish.objects.filter(pk=wish.pk, settled_at=None).update(settled_at=timezone.now()):
        workspace_id = wish.match.mentee.cohort.workspace_id
        record(verb="wish settled", target=wish.match, workspace_id=workspace_id, by=by)


# --- people who left ---


def sweep_leavers(now: datetime) -> int:
    """End the matches of people who withdrew or were declined, and tell the other side. Returns how many.

    Where the intro has not left yet the match is undone instead, and nobody notices. A withdrawal that is taken back
    revives nothing: a coordinator does, on the page of the match.
    """
    done = 0
    for match in Match.objects.left_behind().order_by("pk"):
        done += _let_go(match, now)
    return done


@transaction.atomic
def _let_go(match: Match, now: datetime) -> int:
    try:
        _, old = _lock(match)
    except Match.DoesNotExist:  # undone together with another one of the same intro
        return 0
    left = [e for e in (old.mentor, old.mentee) if e.status in GONE]
    if old.status not in Match.LIVE or not left:
        return 0  # somebody was faster
    if _intro_waits(old):
        try:
            undo_match(match=old, by=None)
        except ServiceError:
            pass  # it is leaving in this moment: then it has to be ended
        else:
            return 1
    ended = set_match_status(match=old, to=Match.Status.ENDED, by=None, reason="; ".join(map(_why_left, left)))
    _settle_wishes(ended)
    _tell_mentee(ended, due_at=now)
    _tell_mentor(ended, due_at=now)
    return 1


def _why_left(enrollment: Enrollment) -> str:
    who = "the mentor" if enrollment.role == Enrollment.Role.MENTOR else "the mentee"
    last = history_of(enrollment).filter(verb=f"made {enrollment.status}").first()
    said = str(last.data.get("reason") or "") if last else ""
    verb = "withdrew" if enrollment.status == Enrollment.Status.WITHDRAWN else "was declined"
    return f"{who} {verb}" + (f": {said}" if said else "")


# --- mails ---


def ended_mails(
    match: Match, *, new_mentor: Enrollment | None = None, to_mentee: str = "", to_mentor: str = ""
) -> list[tuple[list[str], str, str]]:
    """What both sides would be told: recipients, subject and text each. Writes nothing."""
    mails = [_mentee_mail(match, new_mentor, to_mentee), _mentor_mail(match, to_mentor)]
    return [(to, subject, text) for to, subject, text, _ in mails if to]


def _tell_mentee(match: Match, *, due_at: datetime, new_mentor: Enrollment | None = None, message: str = "") -> None:
    co_mentors = [e.user.email for e in _co_mentors(match, new_mentor)]
    _write(match, "mentee", _mentee_mail(match, new_mentor, message), due_at, cc=co_mentors)


def _tell_mentor(match: Match, *, due_at: datetime, message: str = "") -> None:
    _write(match, "mentor", _mentor_mail(match, message), due_at)


def _mentee_mail(match: Match, new_mentor: Enrollment | None, message: str) -> tuple[list[str], str, str, str]:
    people = match.mentee.people if match.mentee.status not in GONE else []
    context = {
        "new_mentor": str(new_mentor.user) if new_mentor else "",
        "co_mentors": _listed([str(e.user) for e in _co_mentors(match, new_mentor)]),
    }
    return [p.email for p in people], *_rendered(match, "mentee", people, message, context)


def _mentor_mail(match: Match, message: str) -> tuple[list[str], str, str, str]:
    people = [match.mentor.user] if match.mentor.status not in GONE else []
    context = {"mentee_left": match.mentee.status in GONE}
    return [p.email for p in people], *_rendered(match, "mentor", people, message, context)


def _rendered(
    match: Match, side: str, people: Sequence[User], message: str, context: dict[str, Any]
) -> tuple[str, str, str]:
    cohort = match.mentee.cohort
    return render_mail(
        f"matching/match_ended_{side}",
        {
            "match": match,
            "cohort": cohort,
            "programme": cohort.programme,
            "names": _listed([person.short_name for person in people]),
            "mentor": str(match.mentor.user),
            "mentee_names": _listed([str(person) for person in match.mentee.people]),
            "message": message.strip(),
            **context,
        },
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
    )


def _write(
    match: Match, side: str, mail: tuple[list[str], str, str, str], due_at: datetime, cc: Sequence[str] = ()
) -> None:
    to, subject, text, html = mail
    if not to:
        return
    cohort, base = match.mentee.cohort, f"match-ended:{match.pk}:{side}"
    before = OutboxMessage.objects.filter(Q(key=base) | Q(key__startswith=f"{base}:")).count()
    enqueue(
        key=f"{base}:{before + 1}" if before else base,
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
        kind="match ended",
        why=f"The match of “{match.mentee}” with {match.mentor.user} is {match.get_status_display()}.",
        to=to,
        cc=[address for address in cc if address not in to],
        subject=subject,
        text=text,
        html=html,
        reply_to=[cohort.programme.contact_email],
        due_at=due_at,
    )


# --- help ---


def _lock(match: Match) -> tuple[Cohort, Match]:
    """The cohort first, always: whoever counts places waits here."""
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(enrollments=match.mentee_id)
    locked = Match.objects.select_for_update(of=("self",)).with_people().get(pk=match.pk)
    return cohort, locked


def _intro_waits(match: Match) -> bool:
    return Match.objects.held(timezone.now()).filter(pk=match.pk).exists()


def _co_mentors(match: Match, but: Enrollment | None) -> list[Enrollment]:
    others = Match.objects.live().filter(mentee=match.mentee).exclude(pk=match.pk).select_related("mentor__user")
    return [other.mentor for other in others if but is None or other.mentor_id != but.pk]


def _settle_wishes(match: Match) -> None:
    match.wishes.filter(settled_at=None).update(settled_at=timezone.now())


def _listed(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""
