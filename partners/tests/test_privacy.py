"""Nobody can be found in a figure, by subtraction neither."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from partners.privacy import MERGED, MINIMUM, may_tell, suppress

counts = st.lists(st.integers(0, 12), min_size=1, max_size=7)


@given(counts)
def test_every_figure_and_every_difference_from_the_total_is_nobody_or_five(numbers):
    rows = [(f"row {n}", number) for n, number in enumerate(numbers)]
    shown = suppress(rows)
    if not shown:
        assert sum(numbers) < MINIMUM or sum(n >= MINIMUM for n in numbers) < 2
        return
    assert sum(number for _label, number in shown) == sum(numbers)
    known = [number for _label, number in shown]
    for size in range(1, len(known) + 1):
        for chosen in combinations(known, size):
            assert sum(chosen) == 0 or sum(chosen) >= MINIMUM
            rest = sum(numbers) - sum(chosen)
            assert rest == 0 or rest >= MINIMUM


@given(counts)
def test_what_is_shown_by_name_is_true(numbers):
    rows = [(f"row {n}", number) for n, number in enumerate(numbers)]
    assert [row for row in suppress(rows) if row[0] != MERGED] == [row for row in rows if row in suppress(rows)]


def test_small_groups_go_together_and_take_one_more_where_they_must():
    assert suppress([("a", 20), ("b", 3), ("c", 2), ("d", 0)]) == [("a", 20), ("d", 0), (MERGED, 5)]
    assert suppress([("a", 20), ("b", 6), ("c", 2)]) == [("a", 20), (MERGED, 8)]
    assert suppress([("a", 20), ("b", 6)]) == [("a", 20), ("b", 6)]
    assert suppress([("a", 4)]) == []
    assert suppress([]) == []


def test_a_part_is_told_only_where_the_rest_is_no_group_of_few():
    assert may_tell(10, 10)
    assert may_tell(5, 10)
    assert not may_tell(4, 10)
    assert not may_tell(8, 10)
