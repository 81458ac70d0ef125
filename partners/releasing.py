"""What leaves the house about people, and that it tells of nobody in particular beside what left it before."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from cohorts.models import Cohort
from partners.models import ReleasedTable
from partners.privacy import safe_beside

Rows = Sequence[Sequence[Any]]


@transaction.atomic
def released(cohort: Cohort, tables: Mapping[str, Rows], *, write: bool) -> dict[str, list]:
    """Each table as it may be shown: itself, where every comparison with those shown before is harmless, else the last
    one that was shown. With `write` it is on record as shown from now on; without, nobody outside may see it.

    `tables` are suppressed already. All reports, pages and filters about a cohort draw from the same record.
    """
    if write:
        Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    earlier: dict[str, list[list]] = {}
    for key, rows in ReleasedTable.objects.filter(cohort=cohort, key__in=list(tables)).values_list("key", "rows"):
        earlier.setdefault(key, []).append(rows)
    shown: dict[str, list] = {}
    new: list[ReleasedTable] = []
    for key, rows in tables.items():
        plain = [list(row) for row in rows]
        before = earlier.get(key, [])
        if plain and all(safe_beside(plain, old) for old in before):
            shown[key] = plain
            if plain not in before:
                new.append(ReleasedTable(cohort=cohort, key=key, rows=plain))
        else:
            shown[key] = before[-1] if before else []
    if write:
        ReleasedTable.objects.bulk_create(new)
    return shown
