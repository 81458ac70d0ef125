"""Write the mails of check-ins: the first one and reminders."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import get_text_list

from checkins.models import CheckIn, SurveyQuestion
from checkins.surveys.services import first_question
from checkins.waves.due_dates import morning_after
from checkins.waves.lifecycle import MAIL_KEY, MAIL_RULE
from checkins.waves.links import answer_link, checkin_link
from checkins.waves.planning import zone_of_person
from checkins.waves.scheduling import reminder_after
from cohorts.mailings.links import opt_out_link
from mentorship.core.outbox.planned.planned_mail import THEIR_LINK
from mentorship.core.outbox.send_mail import render_for, send_mail


@transaction.atomic
def write_mail(checkin: CheckIn, now: datetime) -> int:
    """Write the mail that is due, unless another sweep just did. Returns the number of mails: 1 or 0."""
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
    if not claimed:
        return 0
    checkin.closes_at = closes
    cohort = checkin.wave.cohort
    stop = opt_out_link(cohort.workspace_id, checkin.user_id)
    send_mail(
        *_template_and_context(checkin, stop),
        sender=cohort.sender,
        key=f"{MAIL_KEY}{checkin.pk}:{number}",
        kind="check-in",
        why=f"{checkin.wave.name}: {f'reminder {number}' if number else 'first mail'} to {checkin.user}.",
        to=[checkin.user],
        audience={"rule": MAIL_RULE, "checkins": [checkin.pk]},
        unsubscribe_url=stop,
    )
    return 1


def _introduced_to(checkin: CheckIn) -> str:
    """Whom the person was introduced to, by name; for a mentor all of the team, and its project."""
    if checkin.match is None or checkin.side != CheckIn.Side.MENTOR:
        return checkin.about
    mentee = checkin.match.mentee
    names = get_text_list([str(person) for person in mentee.people], "and")
    return f"{names} (“{mentee.title}”)" if mentee.title else names


def checkin_mail(checkin: CheckIn, stop: str = THEIR_LINK) -> tuple[str, str, str]:
    """Subject, text and HTML of the next mail to a person; `stop` ends all that are not necessary. Writes nothing."""
    return render_for(checkin.wave.cohort.sender, *_template_and_context(checkin, stop))


def _template_and_context(checkin: CheckIn, stop: str) -> tuple[str, dict[str, Any]]:
    wave = checkin.wave
    cohort, question = wave.cohort, first_question(wave.survey)
    # An answer in an address ends up in the logs of servers on its way: not with anonymous ones.
    choices = question.choices if question and not wave.survey.anonymous else []
    context = {
        "checkin": checkin,
        "person": checkin.user,
        "cohort": cohort,
        "programme": cohort.programme,
        "survey": wave.survey,
        "other": checkin.about,
        "introduced": _introduced_to(checkin),
        "of_pair": checkin.match is not None,
        "question": question if choices else None,
        "choices": [(label, _answer_link(checkin, question, value)) for value, label in choices],
        "link": checkin_link(checkin) if checkin.pk else THEIR_LINK,
        "closes_on": checkin.closes_at.astimezone(ZoneInfo(checkin.zone)).date(),
        "stop": stop,
    }
    return ("checkins/reminder" if checkin.mails_sent else "checkins/first"), context


def _answer_link(checkin: CheckIn, question: SurveyQuestion | None, value: str) -> str:
    return answer_link(checkin, question.key, value) if checkin.pk and question else THEIR_LINK
