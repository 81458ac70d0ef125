"""List the check-in mails that are still to be sent."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from checkins.models import CheckIn
from checkins.querysets import CheckInQuerySet
from mentorship.core.outbox.planned.planned_mail import PlannedMail, Source


def planned_checkin_mails(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """First mails and reminders as planned now, without paused waves and pairs. One query."""
    planned = _planned(user, now).with_people()
    together: dict[tuple[Any, ...], list[CheckIn]] = defaultdict(list)
    for checkin in planned:
        together[checkin.next_mail_at, checkin.user_id, checkin.wave_id, checkin.mails_sent].append(checkin)
    for checkins in together.values():
        first = checkins[0]
        wave, number, pairs = first.wave, first.mails_sent, len(checkins)
        if first.next_mail_at is None:
            continue
        yield PlannedMail(
            at=first.next_mail_at,
            kind="check-in",
            to=f"{first.user}, {first.user.email}",
            what=f"{wave.name}{f', reminder {number}' if number else ''}{f', {pairs} pairs' if pairs > 1 else ''}",
            why=f"{wave.when.capitalize()}." if not number else "They have not answered yet.",
            url=reverse("checkins:checkin-detail", args=[wave.cohort.slug, first.pk]),
            scope=wave.cohort.scope,
        )


def _planned(user: Any, now: datetime) -> CheckInQuerySet:
    # At the end of time every planned mail is due.
    return CheckIn.objects.visible_to(user).due(datetime.max.replace(tzinfo=now.tzinfo))


def _rows(user: Any, now: datetime) -> Sequence[CheckInQuerySet]:
    return [_planned(user, now)]


CHECKINS = Source(_rows, planned_checkin_mails)
