"""Suppress figures that would reveal fewer than five people. Pure; no Django."""

from collections.abc import Sequence

MINIMUM = 5
MERGED = "others, put together"
NOT_APART = ", not told apart"


def suppress_small_groups(rows: Sequence[tuple[str, int]], minimum: int = MINIMUM) -> list[tuple[str, int]]:
    """Merge groups of 1 to `minimum` - 1 people into one row; empty where nothing is left to show.

    While the merged row is too small itself, the smallest of the other rows joins it: who knows the total and every
    row that is shown finds no small group by subtraction. Rows of zero are merged, too, and the merged row grows where
    its total and these rules would tell what each of its rows is. Rows must not overlap.
    """
    if not 0 < minimum <= sum(count for _label, count in rows):
        return []
    hidden = {n for n, (_label, count) in enumerate(rows) if count < minimum}
    if not any(rows[n][1] for n in hidden):
        return list(rows)
    full = (minimum - 1) * len(hidden) - 2
    while sum(rows[n][1] for n in hidden) < minimum or sum(rows[n][1] for n in hidden) > full:
        if len(hidden) == len(rows):
            return []
        full = sum(count for _label, count in rows)
        # Equals go together: one of them shown would tell what the other is.
        least = min(count for n, (_label, count) in enumerate(rows) if n not in hidden)
        hidden |= {n for n, (_label, count) in enumerate(rows) if count == least}
    shown = [row for n, row in enumerate(rows) if n not in hidden]
    if not any(count for _label, count in shown):
        return []  # everybody in one heap says nothing
    return [*shown, (MERGED, sum(rows[n][1] for n in hidden))] if hidden else shown


def is_small_group(number: int, minimum: int = MINIMUM) -> bool:
    """Whether a number, or the difference of two numbers, stands for 1 to `minimum` - 1 people."""
    return 0 < abs(number) < minimum


def may_tell(part: int, whole: int, minimum: int = MINIMUM) -> bool:
    """Whether `part` of `whole` people may be told: neither the part nor the rest is a group of few."""
    return part >= minimum and (whole == part or whole - part >= minimum)


def most_people_in(number: int, projects: int, people: int, teams: int = 0) -> int:
    """The most people that `number` of the projects can have, for a reader who knows the totals.

    Where nearly every project is of one person, few projects are few people. The other projects have at least one
    person each, and two where not enough are of one.
    """
    others = projects - number
    return people - others - max(0, others - (projects - teams))


def is_apart_from_sums(number: int, others: Sequence[int], minimum: int = MINIMUM) -> bool:
    """Whether no sum of some of the `others` (people by role, who may overlap) is fewer than five people away."""
    sums = {0}
    for one in others:
        sums |= {known + one for known in sums}
    return not any(is_small_group(number - one, minimum) for one in sums)


CountRow = tuple[str, int]
PlaceRow = tuple[str, int, str]


def suppress_nested(groups: Sequence[tuple[str, Sequence[CountRow]]], minimum: int = MINIMUM) -> list[PlaceRow]:
    """Rows within groups (countries within continents) as (label, number, group), so that neither the rows nor the
    sums of the groups nor any difference between them is a group of few.

    Groups are suppressed first, then the rows within each group that is shown. Merged groups are one row.
    """
    sums = suppress_small_groups([(name, sum(number for _label, number in rows)) for name, rows in groups], minimum)
    found: list[PlaceRow] = []
    within = dict(groups)
    for name, number in sums:
        if name == MERGED:
            found.append((MERGED, number, MERGED))
            continue
        shown = [row for row in suppress_small_groups(within[name], minimum) if row[1]]
        if not shown and number:
            shown = [(f"{name}{NOT_APART}", number)]
        found += [(f"elsewhere in {name}" if label == MERGED else label, n, name) for label, n in shown]
    return found


def group_sums(rows: Sequence[PlaceRow]) -> list[CountRow]:
    """The sums of the groups of `suppress_nested`, in their order."""
    sums: dict[str, int] = {}
    for _label, number, group in rows:
        sums[group] = sums.get(group, 0) + number
    return list(sums.items())


def is_safe_beside(new: Sequence[Sequence], old: Sequence[Sequence], minimum: int = MINIMUM) -> bool:
    """Whether two tables about the same people at two times tell of nobody in particular when they are compared.

    Every sum of any of the differences, row by row, is nobody or at least `minimum` people. A row that one of them
    lacks counts as zero there.
    """
    before = {row[0]: int(row[1]) for row in old}
    after = {row[0]: int(row[1]) for row in new}
    sums = {0}
    for label in {**before, **after}:
        if change := after.get(label, 0) - before.get(label, 0):
            sums |= {known + change for known in sums}
    return all(one == 0 or abs(one) >= minimum for one in sums)
