"""Write the mails of check-ins, and mails of one template to several people."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import get_text_list

from checkins.models import CheckIn
from checkins.surveys.services import first_question
from checkins.waves.due_dates import morning_after
from checkins.waves.lifecycle import KEY
from checkins.waves.links import answer_link, checkin_link
from checkins.waves.planning import zone_of_person
from checkins.waves.scheduling import reminder_after
from cohorts.mailings.links import opt_out_link
from cohorts.models import Cohort, Programme
from mentorship.core.accounts.models import User
from mentorship.core.outbox.mail_templates.rendering import mail_text, render_mail
from mentorship.core.outbox.planned.planned_mail import THEIR_LINK
from mentorship.core.outbox.services import enqueue


class PersonalMails:
    """Mails of one template to people of a cohort, or of the whole programme. Its words are read once, in one query.

    In the outbox their kind is the name of the template, unless `kind` says another.
    """

    def __init__(self, template: str, *, programme: Programme, cohort: Cohort | None = None, kind: str = "") -> None:
        self.kind, self.programme, self.cohort = kind or template, programme, cohort
        self.scope = cohort.scope if cohort else ""
        self.words = mail_text(f"checkins/{template}", workspace_id=programme.workspace_id, scope=self.scope)

    def render(self, person: User, **context: Any) -> tuple[str, str, str]:
        """Subject, text and HTML. Writes nothing."""
        return self.words.render({"person": person, "cohort": self.cohort, "programme": self.programme, **context})

    def write(self, person: User, *, key: str, why: str, stop: str = "", **context: Any) -> None:
        """Write to a person; the same key again writes nothing. With the link `stop` it is not a necessary mail."""
        subject, text, html = self.render(person, stop=stop, **context)
        enqueue(
            key=key,
            scope=self.scope,
            workspace_id=self.programme.workspace_id,
            kind=self.kind,
            why=why,
            to=[person.email],
            subject=subject,
            text=text,
            html=html,
            reply_to=[self.programme.contact_email],
            unsubscribe_url=stop,
        )


@transaction.atomic
def write_mail(checkin: CheckIn, now: datetime) -> int:
    """Write the mail that is due, unless somebody else just did. The outbox row is part of the same transaction."""
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
    subject, text, html = checkin_mail(checkin, stop)
    enqueue(
        key=f"{KEY}{checkin.pk}:{number}",
        scope=f"cohort:{cohort.pk}",
        workspace_id=cohort.programme.workspace_id,
        kind="check-in",
        why=f"{checkin.wave.name}: {f'reminder {number}' if number else 'first mail'} to {checkin.user}.",
        to=[checkin.user.email],
        subject=subject,
        text=text,
        html=html,
        reply_to=[cohort.programme.contact_email],
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
    wave = checkin.wave
    cohort, question = wave.cohort, first_question(wave.survey)
    zone = ZoneInfo(checkin.zone)
    one_click = question is not None and not wave.survey.anonymous and question.choices
    return render_mail(
        "checkins/reminder" if checkin.mails_sent else "checkins/first",
        {
            "checkin": checkin,
            "person": checkin.user,
            "cohort": cohort,
            "programme": cohort.programme,
            "survey": wave.survey,
            "other": checkin.about,
            "introduced": _introduced_to(checkin),
            "of_pair": checkin.match is not None,
            "question": question if one_click else None,
            # An answer in an address ends up in the logs of servers on its way: not with anonymous ones.
            "choices": [
                (label, answer_link(checkin, question.key, value) if checkin.pk else THEIR_LINK)
                for value, label in question.choices
            ]
            if one_click and question
            else [],
            "link": checkin_link(checkin) if checkin.pk else THEIR_LINK,
            "closes_on": checkin.closes_at.astimezone(zone).date(),
            "stop": stop,
        },
        workspace_id=cohort.programme.workspace_id,
        scope=f"cohort:{cohort.pk}",
    )
