"""The costs shown on the page of a training session."""

from collections.abc import Sequence

from mentorship.core.ui.facts import Fact
from partners.documents import formatting
from partners.models import Cost


def costs_of_sessions(ids: Sequence[int]) -> dict[int, list[Fact]]:
    """Session id → its costs, each followed by its shares."""
    found: dict[int, list[Fact]] = {pk: [] for pk in ids}
    for cost in Cost.objects.filter(session__in=ids).order_by("pk").prefetch_related("shares__partner", "shares__fund"):
        shares = list(cost.shares.all())
        lines = found[cost.session_id or 0]
        note = "" if shares else "Nobody is to pay it yet."
        lines.append(
            Fact(cost.what, formatting.money(cost.amount, cost.currency), note=note, url=cost.get_absolute_url())
        )
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
    return found
