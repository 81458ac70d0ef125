"""A line of "Needs you" on the home page of coordinators, made by each app."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from mentorship.core.ui.counts import counts_up_to


@dataclass(frozen=True)
class Need:
    """One item: how many, of what, why it matters, and the list that shows exactly these.

    An app may give the rows in place of their number; `counted_needs` counts those of all apps at once.
    """

    number: Any
    title: str
    text: str
    url: str
    label: str


def counted_needs(needs: Iterable[Need]) -> list[Need]:
    """The needs with their numbers, without those of which there is none. At most one query."""
    found = list(needs)
    rows = {n: need.number for n, need in enumerate(found) if isinstance(need.number, QuerySet)}
    numbers = dict(zip(rows, counts_up_to(*rows.values()), strict=True))
    counted = (replace(need, number=numbers.get(n, need.number)) for n, need in enumerate(found))
    return [need for need in counted if need.number]
