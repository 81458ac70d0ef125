"""What may be told about few people. Pure."""

from collections.abc import Sequence

MINIMUM = 5
MERGED = "others, put together"


def suppress(rows: Sequence[tuple[str, int]], minimum: int = MINIMUM) -> list[tuple[str, int]]:
    """The rows with every group of 1 to `minimum` - 1 people hidden in a larger one; empty where that says nothing.

    Small groups are put together, and where they are too few even so, the smallest of the others goes with them: who
    knows the total and every row that is shown finds no smaller group by subtraction. Zeros stay; they are nobody.
    Rows must not overlap and must add up to the total that is shown beside them.
    """
    if not 0 < minimum <= sum(count for _label, count in rows):
        return []
    hidden = {n for n, (_label, count) in enumerate(rows) if 0 < count < minimum}
    while hidden and sum(rows[n][1] for n in hidden) < minimum:
        # The sum of all is large enough, so there is one left to add. The last of equals, to be the same every time.
        hidden.add(min((n for n in range(len(rows)) if n not in hidden and rows[n][1]), key=lambda n: (rows[n][1], -n)))
    shown = [row for n, row in enumerate(rows) if n not in hidden]
    if not any(count for _label, count in shown):
        return []  # everybody in one heap says nothing
    return [*shown, (MERGED, sum(rows[n][1] for n in hidden))] if hidden else shown


def may_tell(part: int, whole: int, minimum: int = MINIMUM) -> bool:
    """Whether `part` of `whole` people may be told: neither the part nor the rest is a group of few."""
    return part >= minimum and (whole == part or whole - part >= minimum)
