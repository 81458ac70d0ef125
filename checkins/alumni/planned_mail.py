"""List the digests that are still to be sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from checkins.models import DigestPlan, Opportunity
from checkins.waves.due_dates import morning
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.outbox.planned.planned_mail import PlannedMail


def planned_digests(user: Any, now: datetime) -> Iterator[PlannedMail]:
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
            yield PlannedMail(
                at=morning(day, latest.tz),
                kind="digest",
                to="all who stay in touch",
                what=f"Digest of {programme}, with {len(held)} opportunit{'y' if len(held) == 1 else 'ies'}",
                why=f"It leaves {plan.get_every_display()}, where something is approved.",
                url=reverse("checkins:after", args=[latest.slug]),
            )
