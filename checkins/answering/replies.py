"""Record replies that people sent to the contact address instead of answering."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from checkins.cases.services import open_case
from checkins.models import Case, CaseNote, CheckIn, Reply
from checkins.schedule.scheduling import reminder_left
from checkins.waves.mails import cancel_queued_mail
from cohorts.models import Cohort
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

# By the side that wrote.
NOTED: dict[str, Verb] = {
    Reply.Side.MENTOR: Verb.NOTED_THAT_THE_MENTOR_WROTE,
    Reply.Side.MENTEE: Verb.NOTED_THAT_THE_MENTEE_WROTE,
    Reply.Side.FACILITATOR: Verb.NOTED_THAT_THE_FACILITATOR_WROTE,
}
TAKEN_BACK: dict[str, Verb] = {
    Reply.Side.MENTOR: Verb.TOOK_BACK_THAT_THE_MENTOR_WROTE,
    Reply.Side.MENTEE: Verb.TOOK_BACK_THAT_THE_MENTEE_WROTE,
    Reply.Side.FACILITATOR: Verb.TOOK_BACK_THAT_THE_FACILITATOR_WROTE,
}
CASE_KIND_OF_REPLY: dict[str, str] = {Reply.How.NOT_MET: Case.Kind.NOT_MET, Reply.How.DIFFICULT: Case.Kind.HELP}


class NotedReply(NamedTuple):
    """A recorded reply, and the case that was opened for it, if any."""

    reply: Reply
    case: Case | None


def people_of_pair(match: Match) -> list[tuple[User, str]]:
    """The people of a pair with their side, the mentor last."""
    return [*((person, Reply.Side.MENTEE) for person in match.mentee.people), (match.mentor.user, Reply.Side.MENTOR)]


def open_checkins_about(user: User, match: Match | None, cohort: Cohort, now: datetime) -> list[CheckIn]:
    """A person's check-ins about a pair, or about the cohort, that can still be answered; the newest first."""
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
) -> NotedReply:
    """Record that somebody wrote on `day`, in the cohort's time zone, about a pair, or as a facilitator.

    `stop` ends the reminders of `checkin`, or of all their open check-ins in this pair: these stay open, and queued
    reminders are cancelled. `case` opens a case, or adds a note to an open one. Idempotent. Raises ServiceError for a
    future day, for somebody outside the pair, and for a case if all is well.
    """
    now = now or timezone.now()
    _check_reply(how, day, cohort, now, case=case)
    if match is not None:
        Match.objects.select_for_update(of=("self",)).get(pk=match.pk)
    side = _side_of(user, match, cohort)
    said = {"side": side, "day": day, "how": how, "words": words}
    reply, new = Reply.objects.get_or_create(
        cohort=cohort, match=match, user=user, **said, defaults={"by": by, "ends_at": _end_of(day, cohort)}
    )
    if new:
        record(verb=NOTED[side], target=match or checkin or cohort, workspace_id=cohort.workspace_id, by=by)
    waiting = [c for c in open_checkins_about(user, match, cohort, now) if checkin is None or c == checkin]
    if stop:
        _stop_reminders(waiting, reply, by)
    about = checkin or (waiting[0] if waiting else None)
    return NotedReply(reply, _open_reply_case(reply, about, by, now) if case else None)


def _check_reply(how: str, day: date, cohort: Cohort, now: datetime, *, case: bool) -> None:
    if day > now.astimezone(cohort.tz).date():
        raise ServiceError("This day is still to come.")
    if case and how not in CASE_KIND_OF_REPLY:
        raise ServiceError("A case is for what is difficult, or where they have not met.")


@transaction.atomic
def delete_reply(*, reply: Reply, by: User, now: datetime | None = None) -> None:
    """Delete a reply recorded by mistake: reminders that it ended resume, cancelled ones stay cancelled."""
    now = now or timezone.now()
    locked = Reply.objects.select_for_update(of=("self",)).select_related("match", "cohort__programme").get(pk=reply.pk)
    stopped = CheckIn.objects.select_for_update(of=("self",)).filter(reply=locked)
    for checkin in stopped.select_related("wave__cohort", "user"):
        checkin.reply = None
        if checkin.status == CheckIn.Status.SENT:
            checkin.next_mail_at = reminder_left(checkin, now)
        checkin.save(update_fields=["reply", "next_mail_at"])
    record(
        verb=TAKEN_BACK[locked.side],
        target=locked.match or locked.cohort,
        workspace_id=locked.cohort.workspace_id,
        by=by,
    )
    locked.delete()


def _side_of(user: User, match: Match | None, cohort: Cohort) -> str:
    if match is None:
        if cohort.enrollments.filter(role="facilitator", user=user).exists():
            return Reply.Side.FACILITATOR
        raise ServiceError(f"{user} does not facilitate {cohort}.")
    for person, side in people_of_pair(match):
        if person == user:
            return side
    raise ServiceError(f"{user} is not part of this pair.")


def _end_of(day: date, cohort: Cohort) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), cohort.tz)


def _stop_reminders(waiting: Sequence[CheckIn], reply: Reply, by: User) -> None:
    """Stop reminders of these check-ins. A queued first mail still goes out: it contains the link for answering."""
    ids = [checkin.pk for checkin in waiting]
    for checkin in CheckIn.objects.select_for_update(of=("self",)).filter(pk__in=ids, status="sent"):
        checkin.next_mail_at, checkin.reply = None, reply
        checkin.save(update_fields=["next_mail_at", "reply"])
        if checkin.mails_sent > 1:
            cancel_queued_mail([(checkin.pk, checkin.mails_sent)])
        record(verb=Verb.ENDED_THE_REMINDERS, target=checkin, workspace_id=reply.cohort.workspace_id, by=by)


def _open_reply_case(reply: Reply, checkin: CheckIn | None, by: User, now: datetime) -> Case:
    """Open a case for a reply, or add it as a note to an open case of the same kind."""
    kind = CASE_KIND_OF_REPLY[reply.how]
    said = f"They {reply.when}: {reply.get_how_display()}.\n{reply.words}".strip()
    case = (
        Case.objects.open()
        .select_for_update(of=("self",))
        .filter(cohort=reply.cohort, match=reply.match, about=reply.user, kind=kind)
        .first()
    )
    if case is None:
        party = [person for person, _ in people_of_pair(reply.match)] if reply.match else [reply.user]
        case = open_case(
            cohort=reply.cohort,
            kind=kind,
            by=by,
            about=reply.user,
            match=reply.match,
            checkin=checkin,
            summary=said,
            reply=reply,
            now=now,
            owner=None if by in party else by,
        )
    if case.reply != reply and not case.notes.filter(reply=reply).exists():
        CaseNote.objects.create(case=case, kind=CaseNote.Kind.REPLY, reply=reply, by=by, text=said)
    return case
