"""The costs shown on the page of a training session, to those who bear them."""

from collections.abc import Sequence

from django.db.models import F

from mentorship.core.ui.facts import Fact
from partners.documents import formatting
from partners.models import Cost
from training.models import SeatHold


def costs_of_sessions(ids: Sequence[int]) -> dict[int, list[Fact]]:
    """Session id → the costs of its own cohort, each followed by its shares. Others' costs are theirs to see."""
    found: dict[int, list[Fact]] = {pk: [] for pk in ids}
    costs = Cost.objects.filter(session__in=ids, cohort=F("session__cohort")).order_by("pk")
    for cost in costs.prefetch_related("shares__partner", "shares__fund"):
        found[cost.session_id or 0] += _lines(cost)
    return found


def costs_of_holds(ids: Sequence[int]) -> dict[int, list[Fact]]:
    """Hold id → the costs that those who borrow the session have recorded for it, each followed by its shares."""
    found: dict[int, list[Fact]] = {pk: [] for pk in ids}
    holds = SeatHold.objects.filter(pk__in=ids).select_related("cohort")
    programmes = {h.pk: (h.session_id, h.cohort.programme_id if h.cohort else h.programme_id) for h in holds}
    costs = Cost.objects.filter(session__in=[session for session, _ in programmes.values()])
    costs = costs.exclude(cohort=F("session__cohort")).select_related("cohort").order_by("pk")
    for cost in costs.prefetch_related("shares__partner", "shares__fund"):
        for pk, whose in programmes.items():
            if whose == (cost.session_id, cost.cohort.programme_id):
                found[pk] += _lines(cost)
    return found


def _lines(cost: Cost) -> list[Fact]:
    shares = list(cost.shares.all())
    note = "" if shares else "No payer yet."
    lines = [Fact(cost.what, formatting.money(cost.amount, cost.currency), note=note, url=cost.get_absolute_url())]
    for share in shares:
        own = share.payer_currency != cost.currency
        lines.append(
            Fact(
                f"{share.payer} pays {formatting.money(share.amount, cost.currency)}",
                share.get_status_display(),
                word=share.status,
                note=f"{formatting.money(share.payer_amount, share.payer_currency)} of theirs" if own else "",
            )
        )
    return lines
