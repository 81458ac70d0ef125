"""No person can be found in a figure, not even by subtraction."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.disclosure.small_groups import MERGED, MINIMUM, suppress_small_groups

counts = st.lists(st.integers(0, 12), min_size=1, max_size=7)


@given(counts)
def test_every_figure_and_every_difference_from_the_total_is_nobody_or_five(numbers):
    rows = [(f"row {n}", number) for n, number in enumerate(numbers)]
    shown = suppress_small_groups(rows)
    if not shown:
        if sum(numbers) >= MINIMUM and len(set(numbers)) > 1:
            assert any(0 < n < MINIMUM for n in numbers) or sum(numbers) == 0
        return
    assert sum(number for _label, number in shown) == sum(numbers)
    known = [number for _label, number in shown]
    for size in range(1, len(known) + 1):
        for chosen in combinations(known, size):
            assert sum(chosen) == 0 or sum(chosen) >= MINIMUM
            rest = sum(numbers) - sum(chosen)
            assert rest == 0 or rest >= MINIMUM


@pytest.mark.parametrize(("labels", "most"), [(2, 16), (3, 12), (4, 7)])
def test_labels_and_rules_together_reveal_no_small_group(labels, most):
    """Every table, and all others that look the same once suppressed: no hidden row is certain."""
    alike: dict[tuple, list] = {}
    for numbers in product(range(most + 1), repeat=labels):
        shown = tuple(suppress_small_groups([(f"row {n}", number) for n, number in enumerate(numbers)]))
        alike.setdefault(shown, []).append(numbers)
    for shown, tables in alike.items():
        if not shown or max(map(max, tables)) > most - MINIMUM + 1:
            continue  # nothing is told, or larger tables than these look the same
        for n in range(labels):
            if f"row {n}" not in dict(shown):
                values = {table[n] for table in tables}
                assert len(values) > 1 or not 0 < values.pop() < MINIMUM, (shown, tables)


@given(counts)
def test_rows_that_are_shown_have_their_true_numbers(numbers):
    rows = [(f"row {n}", number) for n, number in enumerate(numbers)]
    assert [row for row in suppress_small_groups(rows) if row[0] != MERGED] == [
        row for row in rows if row in suppress_small_groups(rows)
    ]


def test_small_groups_are_merged_and_take_another_row_where_needed():
    assert suppress_small_groups([("a", 20), ("b", 3), ("c", 2), ("d", 0)]) == [("a", 20), (MERGED, 5)]
    assert suppress_small_groups([("a", 20), ("b", 9), ("c", 4), ("d", 4)]) == [("a", 20), (MERGED, 17)]
    assert suppress_small_groups([("a", 20), ("b", 0)]) == [("a", 20), ("b", 0)]
    assert suppress_small_groups([("a", 20), ("b", 6), ("c", 2)]) == [("a", 20), (MERGED, 8)]
    assert suppress_small_groups([("a", 20), ("b", 6)]) == [("a", 20), ("b", 6)]
    assert suppress_small_groups([("a", 4)]) == []
    assert suppress_small_groups([]) == []
