"""Mails about a proposed pair: the question, its reminder, and that no answer is needed any more."""

from typing import Any

from django.db.models import F

from matching.consent.links import ANSWER_LINK
from matching.intro.mails import reason_for_pair
from matching.models import AskedSide
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.text import join_names
from mentorship.core.timezones import zone_name


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
    """The key of the mail that says that no answer is needed any more."""
    return f"asked-over:{side.pk}:{side.times}"


def write_withdrawn(side: AskedSide) -> None:
    """Tell a side that was asked that the pair has fallen through."""
    _write(side, "matching/asked_over", withdrawn_key(side), f"{side} need not answer any more.")


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
        to=[person.email for person in side.people],
    )


def consent_mail(side: AskedSide, template: str, **context: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail to one side. Writes nothing; `context` may replace the link."""
    return render_for(side.pair.mentee.cohort.sender, template, {**question_context(side), **context})


def question_context(side: AskedSide) -> dict[str, Any]:
    """Return what the mails and the page show about the question."""
    pair, cohort = side.pair, side.pair.mentee.cohort
    return {
        "side": side,
        "pair": pair,
        "cohort": cohort,
        "programme": cohort.programme,
        "names": join_names([person.short_name for person in side.people]),
        "to_mentor": side.side == AskedSide.Side.MENTOR,
        "other_names": ", ".join(str(p) for p in (pair.mentee.people if side.side == "mentor" else [pair.mentor.user])),
        "why": reason_for_pair(pair.why),
        "until": side.answer_by,
        "zone": cohort.time_zone,
        "zone_name": zone_name(cohort.time_zone),
        "link": ANSWER_LINK.url(side.pk),
    }
