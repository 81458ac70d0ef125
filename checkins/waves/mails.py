"""Write the mails of check-ins: the first one and reminders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import get_text_list

from checkins.models import CheckIn, SurveyQuestion
from checkins.schedule.due_dates import morning_after
from checkins.schedule.planning import zone_of_person
from checkins.schedule.scheduling import reminder_after
from checkins.surveys.services import first_question
from checkins.waves.links import answer_link, checkin_link
from cohorts.mailings.links import opt_out_link
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.outbox.services import call_off
from mentorship.core.own_links import OWN_LINK

MAIL_KEY = "checkin:"
MAIL_RULE = "check-in"  # who says whom its mails are still for


@transaction.atomic
def write_mail(checkins: Sequence[CheckIn], now: datetime) -> int:
    """Write the due mail to a person about these check-ins of one wave, with a part for each pair.

    Check-ins that another sweep has just mailed are left out. Returns the number of mails: 1 or 0.
    """
    asked = [checkin for checkin in checkins if _claim(checkin, now)]
    if not asked:
        return 0
    _send(asked, number=asked[0].mails_sent, key=f"{MAIL_KEY}{asked[0].pk}:{asked[0].mails_sent}")
    return 1


def _send(checkins: Sequence[CheckIn], *, number: int, key: str) -> None:
    """Write a mail about check-ins of one person in one wave; `number` is 0 for the first one."""
    first = checkins[0]
    cohort = first.wave.cohort
    stop = opt_out_link(cohort.workspace_id, first.user_id)
    send_mail(
        *_template_and_context(checkins, stop, number),
        sender=cohort.sender,
        key=key,
        kind="check-in",
        why=f"{first.wave.name}: {f'reminder {number}' if number else 'first email'} to {first.user}.",
        to=[first.user],
        audience={"rule": MAIL_RULE, "checkins": [checkin.pk for checkin in checkins]},
        unsubscribe_url=stop,
    )
    CheckIn.objects.filter(pk__in=[checkin.pk for checkin in checkins]).update(mail_key=key)


def cancel_queued_mail(checkins: Iterable[tuple[int, int]]) -> None:
    """Remove each (id, mails written) from its newest mail while that is queued.

    A mail that also asks about others is rewritten for these; any other is cancelled.
    """
    written = {pk: number for pk, number in checkins if number}
    rows = CheckIn.objects.filter(pk__in=written).values_list("pk", "mail_key")
    keys = {key or f"{MAIL_KEY}{pk}:{written[pk] - 1}" for pk, key in rows}
    for key in OutboxMessage.objects.filter(key__in=keys, status="queued").values_list("key", flat=True):
        others = CheckIn.objects.filter(mail_key=key, status=CheckIn.Status.SENT).exclude(pk__in=written)
        related = ("user", "wave__survey", "wave__cohort__programme", "match__mentee__user", "match__mentor__user")
        left = list(others.select_related(*related).order_by("pk"))
        if call_off([key]) and left:
            _send(left, number=left[0].mails_sent - 1, key=f"{key}/{len(left)}")


def one_mail_each(checkins: Iterable[CheckIn]) -> list[list[CheckIn]]:
    """Group check-ins that share a mail: one person, one wave, and either first mails or reminders."""
    together: dict[tuple[int, int, bool], list[CheckIn]] = defaultdict(list)
    for checkin in checkins:
        together[checkin.user_id, checkin.wave_id, checkin.mails_sent > 0].append(checkin)
    return list(together.values())


def _claim(checkin: CheckIn, now: datetime) -> bool:
    """Record that the mail is written, and when the next one is due. False if another sweep was first."""
    zone = zone_of_person(checkin.user, checkin.enrollment, checkin.wave.cohort)
    number = checkin.mails_sent
    closes = checkin.closes_at if number else morning_after(now, checkin.wave.window_days, zone)
    following = reminder_after(checkin.wave, number + 1, now, zone)
    claimed = CheckIn.objects.filter(
        pk=checkin.pk, status=checkin.status, next_mail_at=checkin.next_mail_at, mails_sent=number
    ).update(
        status="sent",
        mails_sent=number + 1,
        asked_at=checkin.asked_at or now,
        last_mail_at=now,
        next_mail_at=following if following and following < closes else None,
        closes_at=closes,
        zone=zone.key,
    )
    checkin.closes_at = closes
    return bool(claimed)


def _introduced_to(checkin: CheckIn) -> str:
    """The person's introduced partners by name; for a mentor the whole team, and its project."""
    if checkin.match is None or checkin.side != CheckIn.Side.MENTOR:
        return checkin.about
    mentee = checkin.match.mentee
    names = get_text_list([str(person) for person in mentee.people], "and")
    return f"{names} (“{mentee.title}”)" if mentee.title else names


def checkin_mail(checkins: Sequence[CheckIn], stop: str = OWN_LINK) -> tuple[str, str, str]:
    """Subject, text and HTML of the next mail about these check-ins of a person. Writes nothing.

    `stop` is the link to unsubscribe from optional mails.
    """
    sender = checkins[0].wave.cohort.sender
    return render_for(sender, *_template_and_context(checkins, stop, checkins[0].mails_sent))


def _template_and_context(checkins: Sequence[CheckIn], stop: str, number: int) -> tuple[str, dict[str, Any]]:
    first = checkins[0]
    wave = first.wave
    cohort, question = wave.cohort, first_question(wave.survey)
    # An answer in an address ends up in server logs, so never with anonymous ones.
    choices = question.choices if question and not wave.survey.anonymous else []
    parts = [
        {
            "about": checkin.about,
            "introduced": _introduced_to(checkin),
            "choices": [(label, _answer_link(checkin, question, value)) for value, label in choices],
            "link": checkin_link(checkin) if checkin.pk else OWN_LINK,
        }
        for checkin in checkins
    ]
    context = {
        "checkin": first,
        "person": first.user,
        "cohort": cohort,
        "programme": cohort.programme,
        "survey": wave.survey,
        "of_pair": first.match is not None,
        "question": question if choices else None,
        "parts": parts,
        "several": len(parts) > 1,
        "names": get_text_list([str(part["about"]) for part in parts], "and"),
        "closes_on": min(checkin.closes_at.astimezone(ZoneInfo(checkin.zone)).date() for checkin in checkins),
        "stop": stop,
    }
    return ("checkins/reminder" if number else "checkins/first"), context


def _answer_link(checkin: CheckIn, question: SurveyQuestion | None, value: str) -> str:
    return answer_link(checkin, question.key, value) if checkin.pk and question else OWN_LINK
