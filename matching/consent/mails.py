"""Mails about a proposed pair: the question, its reminder, and its withdrawal."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from cohorts.enrollment.audience import NOT_IN_TEAM, why_not
from cohorts.models import Enrollment
from matching.consent.links import ANSWER_LINK
from matching.intro.mails import greeting_of
from matching.models import AskedPair, AskedSide
from matching.sentences.services import sentence_of
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.timezones import zone_name

RULE = "question about a pair"  # who says whom it is still for
OVER = "matching/asked_over"


def write_question(side: AskedSide) -> None:
    """Mail the question to a side; asking again sends another mail."""
    _write(side, "matching/asked", f"asked:{side.pk}:{side.times}", f"{side} is asked before the pair is confirmed.")


def write_reminder(side: AskedSide) -> bool:
    """Remind a side, once for each time it is asked. False if it was reminded already."""
    key = consent_reminder_key(side)
    if OutboxMessage.objects.filter(key=key).exists():
        return False
    _write(side, "matching/asked_reminder", key, f"{side} was asked and has not answered.")
    return True


def consent_reminder_key(side: AskedSide) -> str:
    """The key of the reminder; asking again gives a new one."""
    return f"asked-reminder:{side.pk}:{side.times}"


def withdrawn_key(side: AskedSide) -> str:
    """The key of the mail that withdraws a question."""
    return f"asked-over:{side.pk}:{side.times}"


def write_withdrawn(side: AskedSide) -> None:
    """Tell a side that was asked that the pair has fallen through."""
    _write(side, OVER, withdrawn_key(side), f"{side} need not answer any more.")


def cancel_questions(side: AskedSide) -> bool:
    """Cancel unsent mails to a side. True if none had been sent, so that they never heard of the pair."""
    keys = [f"asked:{side.pk}:{side.times}", consent_reminder_key(side)]
    waiting = OutboxMessage.objects.filter(key__in=keys, status="queued", attempts=0)
    waiting.update(status="cancelled", version=F("version") + 1)
    return not OutboxMessage.objects.filter(key__startswith=f"asked:{side.pk}:").exclude(status="cancelled").exists()


def _write(side: AskedSide, template: str, key: str, why: str) -> None:
    send_mail(
        template,
        question_context(side),
        sender=side.pair.mentee.cohort.sender,
        kind="question",
        key=key,
        why=why,
        to=side.people,
        audience={"rule": RULE, "side": side.pk, "times": side.times, "over": template == OVER},
    )


def consent_mail(side: AskedSide, template: str, **context: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail to one side. Writes nothing; `context` may replace the link."""
    return render_for(side.pair.mentee.cohort.sender, template, {**question_context(side), **context})


def question_context(side: AskedSide) -> dict[str, Any]:
    """Return the facts about the question for mails and pages."""
    pair, cohort = side.pair, side.pair.mentee.cohort
    return {
        "side": side,
        "pair": pair,
        "cohort": cohort,
        "programme": cohort.programme,
        "names": greeting_of(side.people),
        "to_mentor": side.side == AskedSide.Side.MENTOR,
        "other_names": ", ".join(side.other.name_of(person) for person in side.other.people),
        "why": sentence_of((pair.mentee_id, pair.mentor_id), pair.reasons),
        "until": side.answer_by,
        "zone": cohort.time_zone,
        "zone_name": zone_name(cohort.time_zone),
        "link": ANSWER_LINK.url(side.pk),
    }


def still_asked(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The people of each side, while the question is open and both sides are in the cohort. Two queries."""
    rows = AskedSide.objects.select_related(
        "pair__mentor__user", "pair__mentor__cohort__programme", "pair__mentee__user", "pair__mentee__cohort__programme"
    ).prefetch_related("pair__mentee__members__user")
    sides = rows.in_bulk([message.audience["side"] for message in messages])
    return {message.pk: _still(message.audience, sides.get(message.audience["side"])) for message in messages}


def _still(audience: Mapping[str, Any], side: AskedSide | None) -> StillFor:
    if side is None:
        return StillFor(reason="The question was deleted.")
    accepted = [Enrollment.Status.ACCEPTED]
    reason = why_not(side.enrollment, accepted)
    if not audience["over"]:
        reason = reason or why_not(side.other, accepted) or _why_settled(side, audience["times"])
    people = [person.pk for person in side.people]
    return StillFor(people, NOT_IN_TEAM, reason, lambda: question_context(side))


def _why_settled(side: AskedSide, times: int) -> str:
    if side.pair.status not in AskedPair.UNSETTLED or side.status == AskedSide.Status.ACCEPTED:
        return "The question is settled."
    return "They were asked again since." if side.times != times else ""
