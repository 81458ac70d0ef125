"""List the digests that are still to be sent."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from checkins.alumni.digest_plan import next_digests
from checkins.models import DigestPlan, Opportunity
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.outbox.planned.planned_mail import PlannedMail, Source


def planned_digests(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """The next digest of each programme with a plan, if something is approved for it. Three queries."""
    for digest in next_digests(_plans(user)):
        number = len(digest.opportunities)
        if digest.latest is None or not number:
            continue
        yield PlannedMail(
            at=digest.at,
            kind="digest",
            to="all who stay in touch",
            what=f"Digest of {digest.plan.programme}, with {number} opportunit{'y' if number == 1 else 'ies'}",
            why=f"It leaves {digest.plan.get_every_display()}, where something is approved.",
            url=reverse("checkins:opportunity-list", args=[digest.latest.slug]),
        )


def _plans(user: Any) -> QuerySet[DigestPlan]:
    return DigestPlan.objects.filter(every__gt=0, programme__workspace__in=workspaces_of(user))


def _approved(user: Any, now: datetime) -> Sequence[QuerySet[Any]]:
    programmes = _plans(user).values("programme")
    return [Opportunity.objects.filter(programme__in=programmes, status=Opportunity.Status.APPROVED)]


DIGESTS = Source(_approved, planned_digests)
