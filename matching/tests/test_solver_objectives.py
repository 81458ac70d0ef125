"""Limits, the fairest and the stable pairs, pruned markets and costs of a change, against every possible assignment."""

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching.solver import (
    AssignmentProblem,
    AssignmentValue,
    Dense,
    Growth,
    Market,
    NotOptimalError,
    PairCosts,
    PairQuota,
    assignment,
    blocking_pairs,
    compare,
    even_load,
    floors,
    market,
    solve,
    solve_fairest,
    solve_for,
    solve_pruned,
    solve_stable,
    swap_cost,
)
from matching.tests.test_solver_assignment import problems


def keeps_limits(problem: AssignmentProblem, pairs: set[tuple[int, int]]) -> bool:
    """Capacities, wishes and quotas. What locked pairs exceed may not be exceeded further."""
    locked = {*problem.locked}

    def fits(count: Counter, locks: Counter, limit: dict[int, int]) -> bool:
        return all(number <= max(limit[who], locks[who]) for who, number in count.items())

    rows, columns = dict(enumerate(problem.wanted.tolist())), dict(enumerate(problem.capacity.tolist()))
    if not fits(Counter(i for i, _ in pairs), Counter(i for i, _ in locked), rows):
        return False
    if not fits(Counter(j for _, j in pairs), Counter(j for _, j in locked), columns):
        return False
    for quota in problem.quotas:
        own, other = (1, 0) if quota.side == "mentor" else (0, 1)

        def held(of: set, own: int = own, other: int = other, quota: PairQuota = quota) -> Counter:
            inside = (p for p in of if p[other] in quota.members)
            return Counter(p[own] for p in inside if quota.owners is None or p[own] in quota.owners)

        everybody = columns if quota.side == "mentor" else rows
        if not fits(held(pairs), held(locked), dict.fromkeys(everybody, quota.limit)):
            return False
    return True


def every_assignment(problem: AssignmentProblem) -> list[set[tuple[int, int]]]:
    locked = {*problem.locked}
    choice = [(int(i), int(j)) for i, j in np.argwhere(problem.allowed) if (i, j) not in locked]
    subsets = itertools.product((False, True), repeat=len(choice))
    all_pairs = (locked | {p for p, taken in zip(choice, take, strict=True) if taken} for take in subsets)
    return [pairs for pairs in all_pairs if keeps_limits(problem, pairs)]


@st.composite
def limited(draw: st.DrawFn) -> AssignmentProblem:
    """Small problems with nested quotas on both sides, favoured pairs and a least score."""
    plain = draw(problems())
    n, m = plain.points.shape
    quotas = []
    for side, others, owners in (("mentor", n, m), ("mentee", m, n)):
        outer = draw(st.sets(st.integers(0, max(others - 1, 0)), max_size=others)) if others else set()
        inner = draw(st.sets(st.sampled_from(sorted(outer)))) if outer else set()
        some = draw(st.none() | st.sets(st.integers(0, max(owners - 1, 0)))) if owners else None
        quotas += [
            PairQuota(sorted(members), draw(st.integers(0, 2)), side, None if some is None else sorted(some))
            for members in (outer, inner)
            if members
        ]
    pairs = [(i, j) for i in range(n) for j in range(m)]
    favoured = draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True)) if pairs else []
    least = draw(st.sampled_from([0, 1, 500_000]))
    return replace(plain, quotas=quotas, favoured=favoured, least=least)


@settings(max_examples=100, deadline=None)
@given(limited())
def test_no_assignment_within_the_limits_is_better(problem):
    solution = solve(problem)
    assert solution.certified
    assert keeps_limits(problem, set(solution.pairs))
    assert {*problem.locked} <= {*solution.pairs}
    # A lock may hold somebody with nobody else: those count in every assignment alike.
    best = max(problem.value_of(sorted(pairs)).rank for pairs in every_assignment(problem))
    assert solution.value.rank == best


@settings(max_examples=60, deadline=None)
@given(limited())
def test_the_fairest_raises_the_lowest_first(problem):
    locked = {*problem.locked}

    def rank(pairs):
        value = problem.value_of(sorted(pairs))
        lowest = min((int(problem.points[p]) for p in pairs if p not in locked), default=2**40)
        return value.matched, value.places, lowest, value.favoured, value.points

    fairest = solve_fairest(problem)
    assert rank(set(fairest.pairs)) == max(rank(pairs) for pairs in every_assignment(problem))


@settings(max_examples=60, deadline=None)
@given(limited())
def test_nobody_leaves_a_stable_solution(problem):
    stable = solve_stable(problem)
    assert keeps_limits(problem, set(stable.pairs))
    assert blocking_pairs(problem, stable.pairs) == []


@settings(max_examples=40, deadline=None)
@given(problems())
def test_blocking_pairs_are_those_who_would_both_gain(problem):
    pairs = solve(problem).pairs
    free = {*pairs} - {*problem.locked}

    def gains(own, of, room, points):
        theirs = [p for p in pairs if p[of] == own]
        return len(theirs) < room or any(problem.points[p] < points for p in theirs if p in free)

    expected = [
        (i, j)
        for i, j in np.argwhere(problem.allowed).tolist()
        if (i, j) not in pairs
        and gains(i, 0, problem.wanted[i], problem.points[i, j])
        and gains(j, 1, problem.capacity[j], problem.points[i, j])
    ]
    assert blocking_pairs(problem, pairs) == expected
    unlimited = replace(problem, quotas=[PairQuota(range(len(problem.wanted)), 99)] if len(problem.wanted) else ())
    assert blocking_pairs(unlimited, pairs) == expected


@settings(max_examples=80, deadline=None)
@given(limited())
def test_what_insisting_costs_equals_solving_again(problem):
    solution = solve(problem)
    costs = PairCosts(problem, solution)
    for i, j in np.argwhere(problem.allowed).tolist():
        locks = sum(a == i for a, _ in problem.locked)
        if (i, j) in problem.locked or locks >= problem.wanted[i]:
            continue
        cost = costs.of(i, [j])[0]
        room = Counter(b for _, b in problem.locked)[j] < problem.capacity[j]
        trial = replace(problem, locked=[*problem.locked, (i, j)]) if room else None
        if cost is None or trial is None:
            assert trial is None or not keeps_limits(problem, {*trial.locked})
        else:
            assert cost == swap_cost(problem, solution, i, j)


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(1, 2), st.integers(1, 2))
def test_a_pruned_market_ends_with_the_value_of_the_whole(problem, keep, add):
    whole = solve(problem, prune_from=10**9)
    assert solve(problem, keep=keep, prune_from=0).value == whole.value
    if not problem.locked:
        points = np.where(problem.allowed, problem.points, -1)
        pruned = solve_pruned(Dense(points), problem.capacity, problem.wanted, keep=keep, add=add)
        assert (pruned.matched, len(pruned.row), pruned.total_points) == whole.value[:3]
        gain = points - pruned.prices - pruned.profits[:, None]
        taken = np.zeros(points.shape, dtype=bool)
        taken[pruned.row, pruned.column] = True
        assert not ((gain > 0) & (points >= 0) & ~taken).any()


@settings(max_examples=25, deadline=None)
@given(limited(), st.integers(1, 2), st.integers(1, 2))
def test_a_pruned_market_with_limits_and_favoured_pairs_ends_with_the_value_of_the_whole(problem, keep, add):
    whole = solve(problem, prune_from=10**9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "ADD", add)
        pruned = solve(problem, keep=keep, prune_from=0)
    assert pruned.value == whole.value
    assert keeps_limits(problem, set(pruned.pairs))
    assert unevenness(problem, pruned.pairs) == unevenness(problem, whole.pairs)


@settings(max_examples=20, deadline=None)
@given(limited(), st.booleans())
def test_two_smaller_questions_to_the_engine_find_the_same_as_one(problem, pruned):
    one = solve(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(market, "ENGINE_MOST", 0)
        two = solve(problem, keep=1, prune_from=0 if pruned else 10**9)
    assert two.certified
    assert two.value == one.value
    assert unevenness(problem, two.pairs) == unevenness(problem, one.pairs)
    assert two.prices.tolist() == one.prices.tolist()


def test_favoured_pairs_go_first_however_many_people_there_are():
    """As many places as need numbers that the engine can't take: larger points stand for more people."""
    rng = np.random.default_rng(3)
    points = rng.integers(0, 10**12, (60, 40))
    favoured = [(i, i % 40) for i in range(0, 60, 3)]
    problem = AssignmentProblem(points, np.full(40, 1), np.full(60, 2), favoured=favoured)
    assert not Market.of(problem).fits_engine
    solution = solve(problem)
    assert solution.certified
    assert solution.value[:2] == (40, 40)
    assert solution.value.favoured == len({j for _, j in favoured})
    left = PairCosts(problem, solution).of(1, [0])[0]
    assert left == swap_cost(problem, solution, 1, 0)


@settings(max_examples=20, deadline=None)
@given(problems())
def test_the_fairest_of_a_pruned_market_is_that_of_the_whole(problem):
    whole = solve_fairest(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(floors, "PRUNE_FROM", 0)
        patch.setattr(floors, "KEEP", 1)
        assert solve_fairest(problem).value == whole.value


def unevenness(problem, pairs):
    """1 for the first mentee of each mentor, 2 for the second and so on; those that they have anyway come first."""
    load = Counter({j: int(number) for j, number in enumerate(problem.base_load)})
    cost = 0
    for _, j in set(pairs) - {*problem.locked}:
        load[j] += 1
        cost += load[j]
    return cost


@settings(max_examples=40, deadline=None)
@given(limited(), st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_of_all_equally_good_answers_one_with_the_most_even_loads_is_taken(problem, before):
    problem = replace(problem, load=before[: len(problem.capacity)])
    for objective in ("total", "fairest"):
        solution = solve_for(problem, objective)
        equal = [pairs for pairs in every_assignment(problem) if problem.value_of(sorted(pairs)) == solution.value]
        if objective == "fairest":
            lowest = min((int(problem.points[p]) for p in {*solution.pairs} - {*problem.locked}), default=0)
            equal = [
                pairs for pairs in equal if all(problem.points[p] >= lowest for p in pairs if p not in problem.locked)
            ]
        assert solution.certified
        assert unevenness(problem, solution.pairs) == min(unevenness(problem, pairs) for pairs in equal)


@pytest.mark.parametrize("objective", ["total", "fairest", "stable"])
@pytest.mark.parametrize("prune_from", [0, 20_000])
def test_mentees_who_suit_all_mentors_alike_are_spread_over_them(objective, prune_from):
    alike = AssignmentProblem(np.full((24, 12), 400_000), np.full(12, 4), np.ones(24))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment.solve, "__kwdefaults__", {"keep": 2, "prune_from": prune_from})
        solution = solve_for(alike, objective)
        assert set(solution.load.values()) == {2}
        # Earlier matches and locked pairs count; a mentor's capacity is a limit, not an aim.
        busy = replace(alike, load=np.array([3, 3, *[0] * 10]), locked=[(0, 2), (1, 2)])
        load = solve_for(busy, objective).load
    assert (load[0], load[1]) == (0, 0)
    assert {load[j] for j in range(2, 12)} == {2, 3}


def test_a_better_score_goes_before_an_even_load():
    points = np.array([[901, 900], [901, 900]])
    assert solve(AssignmentProblem(points, np.array([2, 2]), np.ones(2))).load == {0: 2}


def test_loads_that_the_engine_did_not_make_even_are_refused(monkeypatch):
    alike = AssignmentProblem(np.full((4, 2), 7), np.full(2, 4), np.ones(4))
    monkeypatch.setattr(even_load, "_flow", lambda market, chosen, *_: chosen)
    monkeypatch.setattr(Market, "flow", lambda market: market.mentor == 0)
    with pytest.raises(NotOptimalError, match="change of the loads"):
        solve(alike)


@settings(max_examples=25, deadline=None)
@given(limited(), st.randoms())
def test_the_order_of_the_input_changes_nothing_under_any_objective(problem, random):
    n, m = problem.points.shape
    keyed = replace(problem, mentee_keys=[f"e{i}" for i in range(n)], mentor_keys=[f"r{j}" for j in range(m)])
    rows, columns = random.sample(range(n), n), random.sample(range(m), m)
    row, column = {i: a for a, i in enumerate(rows)}, {j: b for b, j in enumerate(columns)}

    def moved(quota: PairQuota) -> PairQuota:
        one, other = (row, column) if quota.side == "mentor" else (column, row)
        owners = None if quota.owners is None else [other[x] for x in reversed(quota.owners)]
        return replace(quota, members=[one[x] for x in quota.members], owners=owners)

    shuffled = AssignmentProblem(
        points=problem.points[np.ix_(rows, columns)],
        capacity=problem.capacity[columns],
        wanted=problem.wanted[rows],
        locked=[(row[i], column[j]) for i, j in problem.locked],
        forbidden=[(row[i], column[j]) for i, j in problem.forbidden],
        mentee_keys=[f"e{i}" for i in rows],
        mentor_keys=[f"r{j}" for j in columns],
        quotas=[moved(q) for q in problem.quotas],
        favoured=[(row[i], column[j]) for i, j in problem.favoured],
        least=problem.least,
    )
    for objective in ("total", "fairest", "stable"):
        straight, crooked = solve_for(keyed, objective), solve_for(shuffled, objective)
        assert sorted((rows[a], columns[b]) for a, b in crooked.pairs) == list(straight.pairs)


def test_equals_scipy_on_random_small_markets():
    for seed in range(200):
        rng = np.random.default_rng(seed)
        n, m = int(rng.integers(1, 14)), int(rng.integers(1, 9))
        points = rng.integers(0, [3, 1_000_001][seed % 2], (n, m))
        points[rng.random((n, m)) < rng.choice([0.0, 0.5, 0.8])] = -1
        check_against_scipy(points, rng.integers(0, 4, m))


@pytest.mark.parametrize(("n", "m"), [(150, 100), (1000, 600)])
def test_equals_scipy_on_whole_cohorts(n, m):
    rng = np.random.default_rng(n)
    points = np.rint(rng.beta(2, 5, (n, m)) * 1_000_000).astype(np.int64)
    points[rng.random((n, m)) > 0.27] = -1
    check_against_scipy(points, rng.choice([1, 1, 1, 2, 3], m))


def check_against_scipy(points, capacity):
    solution = solve(AssignmentProblem(points, capacity, np.ones(len(points), dtype=np.int64)))
    seats = np.repeat(np.arange(len(capacity)), capacity)
    bonus = 10**10
    profit = np.where(points[:, seats] >= 0, points[:, seats] + bonus, 0)
    rows, columns = linear_sum_assignment(profit, maximize=True)
    taken = profit[rows, columns][profit[rows, columns] > 0] - bonus
    assert solution.certified
    assert solution.value == AssignmentValue(len(taken), len(taken), int(taken.sum()))


def test_objectives_are_compared():
    points = np.array([[900, 800, -1], [850, 100, 20], [-1, 300, 10]])
    found = compare(AssignmentProblem(points, np.ones(3), np.ones(3)))
    assert {name: (o.matched, o.total, o.lowest, o.blocking) for name, o in found.items()} == {
        "total": (3, 1660, 10, 1),
        "fairest": (3, 1220, 20, 2),
        "stable": (3, 1220, 20, 0),
    } or found["stable"].blocking == 0
    assert found["total"].total >= found["fairest"].total
    assert found["fairest"].lowest >= found["total"].lowest


def test_quotas_that_cross_are_refused_by_name():
    with pytest.raises(ValueError, match="quotas cross: new and partner"):
        AssignmentProblem(
            np.ones((3, 1)),
            np.ones(1),
            np.ones(3),
            quotas=[PairQuota([0, 1], 1, name="new"), PairQuota([1, 2], 1, name="partner")],
        )


def test_a_partners_mentors_go_to_its_mentees_first():
    points = np.array([[900, 100], [500, 400]])
    problem = AssignmentProblem(points, np.array([1, 1]), np.ones(2), favoured=[(1, 0)])
    assert solve(problem).pairs == ((0, 1), (1, 0))
    assert solve(problem).value == AssignmentValue(2, 2, 600, 1)


def test_at_most_so_many_first_timers_for_a_mentor():
    points = np.array([[900], [800], [100]])
    problem = AssignmentProblem(points, np.array([2]), np.ones(3), quotas=[PairQuota([0, 1], 1, name="new")])
    assert solve(problem).pairs == ((0, 0), (2, 0))


@settings(max_examples=30, deadline=None)
@given(problems(), st.data())
def test_how_many_more_are_matched_where_more_is_allowed_equals_solving_again(problem, data):
    solution = solve(problem)
    growth = Growth(problem, solution)
    n, m = problem.points.shape
    more = np.array(data.draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m)), dtype=bool).reshape(n, m)
    points = np.where(problem.allowed, problem.points, np.where(more, 1, -1))
    wider = replace(problem, points=points, forbidden=())
    again = solve(wider).value.matched - solution.value.matched
    helped = growth.more_with(wider.allowed)
    assert (len(helped), len(set(helped))) == (again, again)
    assert set(helped) <= set(solution.unmatched)
    suits = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool)
    column = np.where(suits, 1, -1)[:, None]
    with_mentor = replace(
        problem,
        points=np.hstack([np.where(problem.allowed, problem.points, -1), column]),
        capacity=np.append(problem.capacity, 1),
        forbidden=(),
    )
    assert len(growth.would_help(suits)) == solve(with_mentor).value.matched - solution.value.matched
