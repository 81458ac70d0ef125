"""The receipt for people who answered by a link with an answer ticked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checkins.models import CheckIn
from checkins.waves.links import checkin_link
from cohorts.enrollment.audience import to_people_of
from mentorship.core.links import absolute_url
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from mentorship.core.outbox.services import call_off

RECEIPT_KEY = "checkin-recorded:"
# People who press several answers in a row get one mail, with the last one.
RECEIPT_AFTER = timedelta(minutes=10)


def answers_in_words(checkin: CheckIn) -> list[tuple[str, str]]:
    """Each answered question with its answers, one line each."""
    said: dict[str, list[str]] = {}
    for answer in checkin.answers.all():
        said.setdefault(answer.question.text, []).append(answer.in_words)
    return [(question, "\n".join(words)) for question, words in said.items()]


def mail_who_did_not_meet(checkin: CheckIn, *, not_met: bool, now: datetime) -> None:
    """Mail a mentee who has not met what they can do next, once, if the wave says so.

    It leaves after some minutes, and not at all if they answer otherwise until then.
    """
    key = f"not-met:{checkin.pk}"
    match = checkin.match
    if not not_met:
        call_off([key])
        return
    if match is None or checkin.side != CheckIn.Side.MENTEE or not checkin.wave.mails_who_did_not_meet:
        return
    cohort = checkin.wave.cohort
    send_mail(
        "checkins/not_met",
        {
            "person": checkin.user,
            "match": match,
            "cohort": cohort,
            "programme": cohort.programme,
            "pair_url": absolute_url("matching:my-pair", match.mentee_id),
        },
        sender=cohort.sender,
        key=key,
        kind="check-in",
        why=f"{checkin.user} answered that they have not met.",
        to=[checkin.user],
        audience=to_people_of(match.mentee),
        due_at=now + RECEIPT_AFTER,
    )


def mail_receipt(checkin: CheckIn, *, by_tick: bool, now: datetime, until: datetime) -> None:
    """Mail the recorded answers, and until when (UTC) they can be changed, after a ticked answer was pressed.

    Mail scanners follow links and press buttons, too; the receipt lets the person correct that. A queued receipt that
    is out of date is replaced. Call it in the transaction that stores the answers.
    """
    key = f"{RECEIPT_KEY}{checkin.pk}:"
    before = list(OutboxMessage.objects.filter(key__startswith=key).values_list("key", flat=True))
    if not call_off(before) and not by_tick:
        return
    cohort = checkin.wave.cohort
    context = {
        "person": checkin.user,
        "about": checkin.about,
        "cohort": cohort,
        "programme": cohort.programme,
        "answers": answers_in_words(checkin),
        "until": until.astimezone(ZoneInfo(checkin.zone)).date(),
        "link": checkin_link(checkin),
    }
    send_mail(
        "checkins/recorded",
        context,
        sender=cohort.sender,
        key=f"{key}{len(before)}",
        kind="check-in",
        why=f"{checkin.user} answered by the link of a check-in email.",
        to=[checkin.user],
        private=True,
        due_at=now + RECEIPT_AFTER,
    )
