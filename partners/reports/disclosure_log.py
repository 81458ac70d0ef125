"""Keep a record of every table shown outside the team, and show only what is safe beside it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from cohorts.models import Cohort
from partners.models import ReleasedTable
from partners.reports.disclosure_control import is_safe_beside, is_small_group

Rows = Sequence[Sequence[Any]]
# Families of numbers that don't count people.
OWN_RULES = ("works", "countries")


@transaction.atomic
def release_tables(
    cohort: Cohort, tables: Mapping[str, Rows], *, write: bool, rule: Callable[[str, int], bool] | None = None
) -> dict[str, list]:
    """Each table as it may be shown: as given, or as last shown where a comparison would reveal few people.

    With `write` what is shown goes on record; without, nobody outside the team may see it. `tables` are suppressed
    already. A key is `family:table`. All tables of a family put the same people into rows, so that their sums are one
    number, and every sum ever shown of a family is compared. `rule(key, change)` decides whether a number of one of the
    families in OWN_RULES may change by so much. All reports and pages about a cohort share one record.
    """
    if write:
        Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    earlier: dict[str, list[list]] = {}
    totals: dict[str, set[int]] = {}
    for key, rows in ReleasedTable.objects.filter(cohort=cohort).values_list("key", "rows"):
        earlier.setdefault(key, []).append(rows)
        totals.setdefault(_family(key), set()).add(_total(rows))
    shown: dict[str, list] = {}
    new: list[ReleasedTable] = []
    for key, rows in tables.items():
        plain, before = [list(row) for row in rows], earlier.get(key, [])
        if _family(key) in OWN_RULES:
            fine = all(rule is None or rule(key, abs(_total(plain) - _total(old))) for old in before)
        else:
            fine = all(is_safe_beside(plain, old) for old in before)
            fine = fine and not any(is_small_group(_total(plain) - total) for total in totals.get(_family(key), ()))
        if plain and fine:
            shown[key] = plain
            if plain not in before:
                new.append(ReleasedTable(cohort=cohort, key=key, rows=plain))
        else:
            shown[key] = before[-1] if before else []
    if write:
        ReleasedTable.objects.bulk_create(new)
    return shown


def _family(key: str) -> str:
    return key.partition(":")[0]


def _total(rows: Rows) -> int:
    return sum(int(row[1]) for row in rows)
