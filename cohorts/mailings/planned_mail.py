"""Scheduled mailings and the next weekly mails, for the list of planned mail."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from cohorts.mailings.audience import audience_in_words
from cohorts.mailings.weekly import next_moment, weekly_mails_in_use
from cohorts.models import Mailing, WeeklyMail
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.outbox.planned.planned_mail import PlannedMail, Source


def planned_mailings(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """Scheduled mailings and the next weekly mails of the user's programmes. A constant number of queries."""
    for mailing in Mailing.objects.visible_to(user).scheduled():
        cohort = mailing.cohort
        if mailing.send_at is None:
            continue
        yield PlannedMail(
            at=mailing.send_at,
            kind="mailing",
            to=audience_in_words(cohort, mailing.audience),
            what=mailing.subject,
            why=f"{mailing.created_by or 'The system'} planned it.",
            scope=cohort.scope,
            url=mailing.get_absolute_url(),
        )
    for weekly in _weekly_mails(user):
        cohort = weekly.cohort
        yield PlannedMail(
            at=next_moment(weekly, now),
            kind="weekly mail",
            to="all who are accepted",
            what="The email of the week",
            why="It leaves each week, where there is something to say.",
            scope=cohort.scope,
            url=reverse("cohorts:weekly-mail-edit", args=[cohort.slug]),
        )


def _weekly_mails(user: Any) -> QuerySet[WeeklyMail]:
    return weekly_mails_in_use().filter(cohort__programme__workspace__in=workspaces_of(user))


def _rows(user: Any, now: datetime) -> Sequence[QuerySet[Any]]:
    return [Mailing.objects.visible_to(user).scheduled(), _weekly_mails(user)]


MAILINGS = Source(_rows, planned_mailings)
