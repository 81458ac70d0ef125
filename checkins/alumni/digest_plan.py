"""Work out the next digest of a plan; both the sweep and the list of planned mail ask here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from checkins.models import DigestPlan, Opportunity
from checkins.schedule.due_dates import morning
from cohorts.models import Cohort, Programme


@dataclass(frozen=True)
class NextDigest:
    """The next digest of a plan: when it is due (UTC), and what it would hold that day."""

    plan: DigestPlan
    at: datetime
    zone: ZoneInfo
    latest: Cohort | None
    opportunities: list[Opportunity]


def next_digests(plans: QuerySet[DigestPlan]) -> Iterator[NextDigest]:
    """The next digest of each of these plans that has a date. Three queries."""
    approved = Opportunity.objects.filter(status=Opportunity.Status.APPROVED).order_by("kind", "pk")
    related = ("programme__cohorts", Prefetch("programme__opportunities", approved))
    for plan in plans.select_related("programme").prefetch_related(*related).order_by("pk"):
        day = plan.leaves_on
        if not plan.every or day is None:
            continue
        zone = programme_zone(plan.programme)
        held = [one for one in plan.programme.opportunities.all() if one.closes_on is None or one.closes_on >= day]
        yield NextDigest(plan, morning(day, zone), zone, latest_round(plan.programme), held)


def latest_round(programme: Programme) -> Cohort | None:
    """The round that starts last. One query, or none if the cohorts are prefetched."""
    return max(programme.cohorts.all(), key=lambda cohort: (cohort.starts_on, cohort.pk), default=None)


def programme_zone(programme: Programme) -> ZoneInfo:
    """The time zone of the programme: that of its latest round."""
    latest = latest_round(programme)
    return latest.tz if latest else ZoneInfo("UTC")
