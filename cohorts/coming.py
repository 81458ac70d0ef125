"""Mails to many and about offers that are still to be written, for the list of what comes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse

from cohorts.mailing import audience_in_words
from cohorts.models import Enrollment, Mailing, WeeklyMail
from cohorts.offers import REMIND_BEFORE
from cohorts.weekly import AT_WORK, next_moment
from mentorship.accounts.permissions import workspaces_of
from mentorship.outbox.coming import Coming


def mails_of_cohorts(user: Any, now: datetime) -> Iterator[Coming]:
    """Mails to many that wait for their moment, the next weekly mails, reminders of offers. Three queries."""
    mine = workspaces_of(user)
    scheduled = Mailing.objects.filter(status="scheduled", send_at__isnull=False, cohort__programme__workspace__in=mine)
    for mailing in scheduled.select_related("cohort__programme", "created_by"):
        cohort = mailing.cohort
        if mailing.send_at is None:
            continue
        yield Coming(
            at=mailing.send_at, kind="mailing", to=audience_in_words(cohort, mailing.audience), what=mailing.subject,
            why=f"{mailing.created_by or 'The system'} planned it.", scope=cohort.scope,
            url=reverse("cohorts:mailing", args=[cohort.slug, mailing.pk]),
        )  # fmt: skip
    weeklies = WeeklyMail.objects.filter(on=True, cohort__status__in=AT_WORK, cohort__programme__workspace__in=mine)
    for weekly in weeklies.select_related("cohort__programme"):
        cohort = weekly.cohort
        yield Coming(
            at=next_moment(weekly, now), kind="weekly mail", to="all who are accepted", what="The mail of the week",
            why="It leaves each week, where there is something to say.", scope=cohort.scope,
            url=reverse("cohorts:weekly", args=[cohort.slug]),
        )  # fmt: skip
    yield from _reminders_of_offers(mine, now)


def _reminders_of_offers(mine: Any, now: datetime) -> Iterator[Coming]:
    offers = Enrollment.objects.filter(
        status="accepted", confirmed_at=None, offer_expires_at__gt=now + REMIND_BEFORE,
        cohort__offer_days__gt=REMIND_BEFORE.days, cohort__programme__workspace__in=mine,
    )  # fmt: skip
    for enrollment in offers.select_related("user", "cohort__programme"):
        if enrollment.offer_expires_at is None:
            continue
        yield Coming(
            at=enrollment.offer_expires_at - REMIND_BEFORE,
            kind="decision",
            to=f"{enrollment.user}, {enrollment.user.email}",
            what="Reminder of the offer",
            why=f"The offer for {enrollment.cohort} waits for an answer.",
            scope=enrollment.cohort.scope,
            url=enrollment.get_absolute_url(),
        )
