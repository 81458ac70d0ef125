"""What people wrote to us instead of answering: noted by a coordinator, and taken back where that was a mistake."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from checkins.models import Case, CaseNote, CheckIn, Reply
from checkins.services.asking import reminder_left, take_back
from checkins.services.cases import open_case
from checkins.services.errors import CheckInError
from checkins.wording import CASE_OF
from cohorts.models import Cohort
from matching.models import Match
from mentorship.accounts.models import User
from mentorship.audit.services import record


class Noted(NamedTuple):
    """What was noted, and the case that looks after it, where one was wanted."""

    reply: Reply
    case: Case | None


def people_of(match: Match) -> list[tuple[User, str]]:
    """Everybody of a pair with their side, the mentor last."""
    return [*((person, Reply.Side.MENTEE) for person in match.mentee.people), (match.mentor.user, Reply.Side.MENTOR)]


def waiting_for(user: User, match: Match | None, cohort: Cohort, now: datetime) -> list[CheckIn]:
    """What a person was asked about a pair, or without one about the cohort, and can still answer; the newest first."""
    asked = CheckIn.objects.filter(user=user, match=match, wave__cohort=cohort, status="sent", closes_at__gt=now)
    return list(asked.order_by("-due_at", "-pk"))


@transaction.atomic
def note_reply(
    *,
    cohort: Cohort,
    user: User,
    how: str,
    day: date,
    by: User,
    match: Match | None = None,
    checkin: CheckIn | None = None,
    words: str = "",
    stop: bool = False,
    case: bool = False,
    now: datetime | None = None,
) -> Noted:
    """Note that somebody wrote on `day`, by the cohort's clock, about a pair, or without one as a facilitator.

    `stop` ends the reminders of `checkin`, or of all that wait for them in this pair: it stays open, and a reminder in
    the outbox is taken back. `case` opens one, or adds a note to one that is open. The same once more has one effect.
    Raises CheckInError for a day ahead, somebody who is not part of it, and a case for what is well.
    """
    now = now or timezone.now()
    if day > now.astimezone(cohort.tz).date():
        raise CheckInError("This day is still to come.")
    if case and how not in CASE_OF:
        raise CheckInError("A case is for what is difficult, or where they have not met.")
    if match is not None:
        Match.objects.select_for_update(of=("self",)).get(pk=match.pk)
    side = _side_of(user, match, cohort)
    reply, new = Reply.objects.get_or_create(
        cohort=cohort, match=match, user=user, side=side, day=day, how=how, words=words,
        defaults={"by": by, "ends_at": _end_of(day, cohort)},
    )  # fmt: skip
    target = match or checkin or cohort
    if new:
        record(verb=f"noted that the {side} wrote", target=target, workspace_id=cohort.workspace_id, by=by)
    waiting = [c for c in waiting_for(user, match, cohort, now) if checkin is None or c == checkin]
    if stop:
        _stop_reminders(waiting, reply, by)
    about = checkin or (waiting[0] if waiting else None)
    return Noted(reply, _look_after(reply, about, by, now) if case else None)


@transaction.atomic
def drop_reply(*, reply: Reply, by: User, now: datetime | None = None) -> None:
    """It was a mistake: the note goes, and the reminders that it ended go on; not those that it took back."""
    now = now or timezone.now()
    locked = Reply.objects.select_for_update(of=("self",)).select_related("match", "cohort__programme").get(pk=reply.pk)
    stopped = CheckIn.objects.select_for_update(of=("self",)).filter(reply=locked)
    for checkin in stopped.select_related("wave__cohort", "user"):
        checkin.reply = None
        if checkin.status == CheckIn.Status.SENT:
            checkin.next_mail_at = reminder_left(checkin, now)
        checkin.save(update_fields=["reply", "next_mail_at"])
    record(
        verb=f"took back that the {locked.side} wrote", target=locked.match or locked.cohort,
        workspace_id=locked.cohort.workspace_id, by=by,
    )  # fmt: skip
    locked.delete()


def _side_of(user: User, match: Match | None, cohort: Cohort) -> str:
    if match is None:
        if cohort.enrollments.filter(role="facilitator", user=user).exists():
            return Reply.Side.FACILITATOR
        raise CheckInError(f"{user} does not facilitate {cohort}.")
    for person, side in people_of(match):
        if person == user:
            return side
    raise CheckInError(f"{user} is not part of this pair.")


def _end_of(day: date, cohort: Cohort) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), cohort.tz)


def _stop_reminders(waiting: Sequence[CheckIn], reply: Reply, by: User) -> None:
    """No further mail of these. A first mail that has not left yet does: it has the link to answer by."""
    ids = [checkin.pk for checkin in waiting]
    for checkin in CheckIn.objects.select_for_update(of=("self",)).filter(pk__in=ids, status="sent"):
        checkin.next_mail_at, checkin.reply = None, reply
        checkin.save(update_fields=["next_mail_at", "reply"])
        if checkin.mails_sent > 1:
            take_back([(checkin.pk, checkin.mails_sent)])
        record(verb="ended the reminders", target=checkin, workspace_id=reply.cohort.workspace_id, by=by)


def _look_after(reply: Reply, checkin: CheckIn | None, by: User, now: datetime) -> Case:
    """The case of what they wrote; where one of its kind is open already, that one gets it as a note."""
    kind = CASE_OF[reply.how]
    said = f"They {reply.when}: {reply.get_how_display()}.\n{reply.words}".strip()
    case = (
        Case.objects.open()
        .select_for_update(of=("self",))
        .filter(cohort=reply.cohort, match=reply.match, about=reply.user, kind=kind)
        .first()
    )
    if case is None:
        party = [person for person, _ in people_of(reply.match)] if reply.match else [reply.user]
        case = open_case(
            cohort=reply.cohort, kind=kind, by=by, about=reply.user, match=reply.match, checkin=checkin, summary=said,
            now=now, owner=None if by in party else by,
        )  # fmt: skip
    if case.summary != said and not case.notes.filter(text=said).exists():
        CaseNote.objects.create(case=case, by=by, text=said)
    return case
