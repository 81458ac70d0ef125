"""Reminders of sessions that are still to be written, for the list of what comes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mentorship.accounts.permissions import workspaces_of
from mentorship.outbox.coming import Coming
from training.models import TrainingBooking
from training.services.due import DAY, WEEK


def mails_of_training(user: Any, now: datetime) -> Iterator[Coming]:
    """A week and a day before, to whom booked earlier than that. Two queries."""
    booked = TrainingBooking.objects.booked().filter(
        session__cancelled_at=None, session__starts_at__gt=now,
        session__cohort__programme__workspace__in=workspaces_of(user),
    )  # fmt: skip
    for booking in booked.with_people():
        session = booking.session
        for before, words in ((WEEK, "a week before"), (DAY, "the day before")):
            at = session.starts_at - before
            if at > now and booking.changed_at <= at:
                yield Coming(
                    at=at,
                    kind="training",
                    to=f"{booking.name}, {', '.join(booking.emails)}",
                    what=f"Reminder of {session.training}",
                    why=f"Booked; {words}.",
                    scope=session.cohort.scope,
                    url=session.get_absolute_url(),
                )
