"""The receipt for people who answered by a link with an answer ticked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checkins.models import CheckIn
from checkins.waves.links import checkin_link
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
