"""The mails of check-ins and the digests that are still to be written, for the list of what comes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from checkins.models import CheckIn, DigestPlan, Opportunity
from checkins.schedule import morning
from mentorship.accounts.permissions import workspaces_of
from mentorship.outbox.coming import Coming


def mails_of_checkins(user: Any, now: datetime) -> Iterator[Coming]:
    """First mails and reminders, as they are planned now; nothing of a wave or a pair that pauses. One query."""
    # What is due is what will be: at the end of time everything is.
    planned = CheckIn.objects.visible_to(user).due(datetime.max.replace(tzinfo=now.tzinfo)).with_people()
    for checkin in planned:
        wave, number = checkin.wave, checkin.mails_sent
        if checkin.next_mail_at is None:
            continue
        yield Coming(
            at=checkin.next_mail_at,
            kind="check-in",
            to=f"{checkin.user}, {checkin.user.email}",
            what=f"{wave.name}{f', reminder {number}' if number else ''}",
            why=f"{wave.when.capitalize()}." if not number else "They have not answered yet.",
            url=reverse("checkins:checkin", args=[wave.cohort.slug, checkin.pk]),
            scope=wave.cohort.scope,
        )


def digests_to_come(user: Any, now: datetime) -> Iterator[Coming]:
    """The next digest of each programme with a plan, where something is approved for it. Three queries."""
    plans = DigestPlan.objects.filter(every__gt=0, programme__workspace__in=workspaces_of(user)).prefetch_related(
        "programme__cohorts", Prefetch("programme__opportunities", Opportunity.objects.filter(status="approved"))
    )
    for plan in plans.select_related("programme").order_by("pk"):
        programme, day = plan.programme, plan.next_on
        latest = max(programme.cohorts.all(), key=lambda cohort: (cohort.starts_on, cohort.pk), default=None)
        if day is None or latest is None:
            continue
        held = [one for one in programme.opportunities.all() if one.closes_on is None or one.closes_on >= day]
        if held:
            yield Coming(
                at=morning(day, latest.tz),
                kind="digest",
                to="all who stay in touch",
                what=f"Digest of {programme}, with {len(held)} opportunit{'y' if len(held) == 1 else 'ies'}",
                why=f"It leaves {plan.get_every_display()}, where something is approved.",
                url=reverse("checkins:after", args=[latest.slug]),
            )
