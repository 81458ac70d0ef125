"""Suppress figures that would reveal fewer than five people. Pure; no Django."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product

MINIMUM = 5
MERGED = "others, put together"
NOT_APART = ", not told apart"
ELSEWHERE = "elsewhere in "


def suppress_small_groups(rows: Sequence[tuple[str, int]], minimum: int = MINIMUM) -> list[tuple[str, int]]:
    """Merge groups of 1 to `minimum` - 1 people into one row; empty if nothing is left to show.

    While the merged row itself is too small, the smallest other row joins it, so that subtracting all shown rows from
    the total reveals no small group. Rows of zero are merged, too, and the merged row grows if its total and these
    rules would reveal each of its rows. Rows must not overlap.
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
        # Equal rows go together: showing one would reveal the other.
        least = min(count for n, (_label, count) in enumerate(rows) if n not in hidden)
        hidden |= {n for n, (_label, count) in enumerate(rows) if count == least}
    shown = [row for n, row in enumerate(rows) if n not in hidden]
    if not any(count for _label, count in shown):
        return []  # one row of everybody says nothing
    return [*shown, (MERGED, sum(rows[n][1] for n in hidden))] if hidden else shown


def is_small_group(number: int, minimum: int = MINIMUM) -> bool:
    """Whether a number, or the difference of two numbers, stands for 1 to `minimum` - 1 people."""
    return 0 < abs(number) < minimum


def rounded(number: int) -> int:
    """The nearest five, shown if the exact number may not be."""
    return MINIMUM * round(number / MINIMUM)


def behind_rounded(number: int) -> range:
    """The numbers that round to this one."""
    return range(number - MINIMUM // 2, number + MINIMUM // 2 + 1)


def subset_sums(choices: Iterable[Iterable[int]]) -> set[int]:
    """Every sum of at most one number from each of the `choices`."""
    sums = {0}
    for numbers in choices:
        sums |= {known + one for known in sums for one in set(numbers)}
    return sums


CountRow = tuple[str, int]
PlaceRow = tuple[str, int, str]


def suppress_nested(groups: Sequence[tuple[str, Sequence[CountRow]]], minimum: int = MINIMUM) -> list[PlaceRow]:
    """Rows within groups (countries within continents) as (label, number, group), so that neither the rows nor the sums
    of the groups nor any difference between them is a group of few.

    Groups are suppressed first, then the rows within each shown group. Merged groups are one row.
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
        found += [(f"{ELSEWHERE}{name}" if label == MERGED else label, n, name) for label, n in shown]
    return found


def group_sums(rows: Sequence[PlaceRow]) -> list[CountRow]:
    """The sums of the groups of `suppress_nested`, in their order."""
    sums: dict[str, int] = {}
    for _label, number, group in rows:
        sums[group] = sums.get(group, 0) + number
    return list(sums.items())


Token = tuple[str, str]  # group and label: the smallest set of people that a table can name
Block = tuple[frozenset[Token], int]  # the people of a row, and their number
REST = "whatever no row names"
EITHER = "skipped, or no answer"
SKIPPED = ("answered", "skipped this question")
SILENT = ("no answer", "no answer")


def is_safe_beside(new: Sequence[Sequence], old: Sequence[Sequence], minimum: int = MINIMUM) -> bool:
    """Whether comparing two tables of the same people, of one or two dates, identifies nobody.

    Rows are (label, number, group); without a group each is a group of its own. Wherever rows of one table count a part
    of what rows of the other count, the difference is nobody or at least `minimum` people, in any combination of such
    differences. Tables of which neither is finer than the other somewhere are never safe: what they have in common can
    be worked out once a third one is known.
    """
    tokens = _tokens([*new, *old])
    differences = []
    for before, after in _components(_partition(old, tokens), _partition(new, tokens)):
        if len(before) > 1 and len(after) > 1:
            return False
        if len(after) == 1:
            whole, parts = after[0][1], before
            differences.append({whole - some for some in _sums_of_parts(parts)})
        else:
            whole, parts = before[0][1], after
            differences.append({some - whole for some in _sums_of_parts(parts)})
    return not any(is_small_group(one, minimum) for one in subset_sums(differences))


def _sums_of_parts(parts: Sequence[Block]) -> set[int]:
    """The sums of some but not all of the blocks."""
    numbers = [number for _tokens, number in parts]
    return set(numbers) if len(numbers) == 1 else subset_sums([one] for one in numbers) - {0}


def _place(row: Sequence) -> tuple[str, str]:
    label = str(row[0])
    return (str(row[2]) if len(row) > 2 else label), label


def _is_named(group: str, label: str) -> bool:
    return not (
        group in (MERGED, EITHER) or label == f"{ELSEWHERE}{group}" or label == f"{group}{NOT_APART}" or label == MERGED
    )


def _tokens(rows: Sequence[Sequence]) -> set[Token]:
    """All pieces that two tables distinguish, and further people whom each group and both together may contain."""
    places = [_place(row) for row in rows]
    tokens = {place for place in places if _is_named(*place)} | {(REST, REST)}
    tokens |= {(group, REST) for group, _label in places if group not in (MERGED, EITHER)}
    return tokens | ({SKIPPED, SILENT} if any(group == EITHER for group, _label in places) else set())


def _partition(rows: Sequence[Sequence], tokens: set[Token]) -> list[Block]:
    """The rows of a table as sets of tokens. People in no row are nobody."""
    left, found, others = set(tokens), list[Block](), 0
    places = [(*_place(row), int(row[1])) for row in rows]
    for group, label, number in sorted(places, key=lambda place: place[1] == f"{ELSEWHERE}{place[0]}"):
        if group == MERGED:
            others += number
            continue
        if group == EITHER:
            some = {SKIPPED, SILENT}
        elif label in (f"{ELSEWHERE}{group}", f"{group}{NOT_APART}"):
            some = {token for token in left if token[0] == group}
        else:
            some = {(group, label)}
        found.append((frozenset(some), number))
        left -= some
    if others:
        return [*found, (frozenset(left), others)]
    return [*found, *((frozenset({token}), 0) for token in left)]


def _components(old: list[Block], new: list[Block]) -> list[tuple[list[Block], list[Block]]]:
    """The smallest pieces of two partitions that are unions of rows of each."""
    pieces: list[tuple[set[Token], list[Block], list[Block]]] = [(set(block[0]), [block], []) for block in old]
    for block in new:
        met = [piece for piece in pieces if piece[0] & block[0]]
        pieces = [piece for piece in pieces if not piece[0] & block[0]]
        before = [one for piece in met for one in piece[1]]
        after = [one for piece in met for one in piece[2]]
        pieces.append((set[Token]().union(block[0], *(piece[0] for piece in met)), before, [*after, block]))
    return [(before, after) for _tokens, before, after in pieces]


# The units that a cohort's project numbers count: projects of one person or of a team, with or without a match,
# finished or not; members of teams other than the lead; and sign-ups that did not become a project.
_PROJECTS = list(product((False, True), repeat=3))
COUNTS: dict[str, tuple[int, ...]] = {
    "mentees": (*(1 for _ in _PROJECTS), 1, 0),
    "projects": (*(1 for _ in _PROJECTS), 0, 0),
    "teams": (*(int(team) for team, _match, _end in _PROJECTS), 0, 0),
    "matches": (*(int(match) for _team, match, _end in _PROJECTS), 0, 0),
    "graduates": (*(int(end) for _team, _match, end in _PROJECTS), 0, 0),
    "signups": (*(1 for _ in _PROJECTS), 0, 1),
}
Combination = Sequence[int]  # how often each of COUNTS


@cache
def groups_in_counts() -> list[Combination]:
    """Every combination of COUNTS that counts a group of people: each of them once, all others never."""
    found: list[Combination] = []
    for times in product((-1, 0, 1), repeat=len(COUNTS)):
        cells = [
            sum(n * one for n, one in zip(times, column, strict=True)) for column in zip(*COUNTS.values(), strict=True)
        ]
        if set(cells) <= {0, 1}:
            found.append(times)
    return found


def counts_tell_of_few(new: Mapping[str, int], old: Mapping[str, int]) -> bool:
    """Whether the numbers of COUNTS of two dates together reveal a few people.

    People counted at the later date were there before or joined since: each of these two may be any group that the
    numbers can count. Missing numbers were not shown.
    """
    sizes = ((_size(times_old, old), _size(times_new, new)) for times_old, times_new in _two_days())
    return any(then is not None and now is not None and is_small_group(then + now) for then, now in sizes)


@cache
def _two_days() -> list[tuple[Combination, Combination]]:
    """How often each number of the earlier and of the later date is used."""
    groups = groups_in_counts()
    return [
        (tuple(n - one for n, one in zip(before, joined, strict=True)), joined)
        for before in groups
        for joined in groups
    ]


def _size(times: Combination, numbers: Mapping[str, int]) -> int | None:
    """The value of a combination of numbers; None if one of them was not shown."""
    used = [(n, numbers.get(name)) for n, name in zip(times, COUNTS, strict=True) if n]
    return None if any(number is None for _n, number in used) else sum(n * (number or 0) for n, number in used)
