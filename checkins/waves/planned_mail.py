"""List the check-in mails that are still to be sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse

from checkins.models import CheckIn
from mentorship.core.outbox.planned.planned_mail import PlannedMail


def planned_checkin_mails(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """First mails and reminders as planned now, without paused waves and pairs. One query."""
    # At the end of time every planned mail is due.
    planned = CheckIn.objects.visible_to(user).due(datetime.max.replace(tzinfo=now.tzinfo)).with_people()
    for checkin in planned:
        wave, number = checkin.wave, checkin.mails_sent
        if checkin.next_mail_at is None:
            continue
        yield PlannedMail(
            at=checkin.next_mail_at,
            kind="check-in",
            to=f"{checkin.user}, {checkin.user.email}",
            what=f"{wave.name}{f', reminder {number}' if number else ''}",
            why=f"{wave.when.capitalize()}." if not number else "They have not answered yet.",
            url=reverse("checkins:checkin-detail", args=[wave.cohort.slug, checkin.pk]),
            scope=wave.cohort.scope,
        )
