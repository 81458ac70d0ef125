"""The solver against every possible assignment, against scipy, and against itself with the input shuffled."""

import itertools
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching.solver import (
    AssignmentProblem,
    AssignmentValue,
    Market,
    NotOptimalError,
    UnmatchedReason,
    explain_unmatched,
    solve,
    swap_cost,
)


def best_by_trying_all(problem: AssignmentProblem) -> AssignmentValue:
    """Every subset of the allowed pairs that holds the locks and fits, compared by value."""
    locked = {*problem.locked}
    choice = [(int(i), int(j)) for i, j in np.argwhere(problem.allowed) if (i, j) not in locked]
    best = None
    for take in itertools.product((False, True), repeat=len(choice)):
        pairs = locked | {pair for pair, taken in zip(choice, take, strict=True) if taken}
        load = np.bincount([j for _, j in pairs], minlength=len(problem.capacity))
        had = np.bincount([i for i, _ in pairs], minlength=len(problem.wanted))
        locks = np.bincount([i for i, _ in locked], minlength=len(problem.wanted))
        if (load > problem.capacity).any() or (had > np.maximum(problem.wanted, locks)).any():
            continue
        value = AssignmentValue(int((had > 0).sum()), len(pairs), sum(int(problem.points[pair]) for pair in pairs))
        best = value if best is None else max(best, value)
    assert best is not None
    return best


@st.composite
def problems(draw: st.DrawFn) -> AssignmentProblem:
    n, m = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    top = draw(st.sampled_from([2, 1_000_000]))  # many ties, or none
    points = np.array(draw(st.lists(st.integers(-1, top), min_size=n * m, max_size=n * m)), dtype=np.int64)
    points = points.reshape(n, m)
    capacity = np.array(draw(st.lists(st.integers(0, 3), min_size=m, max_size=m)), dtype=np.int64)
    wanted = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=np.int64)
    pairs = [(i, j) for i in range(n) for j in range(m)]
    some = st.lists(st.sampled_from(pairs), max_size=3, unique=True) if pairs else st.just([])
    room, locked = capacity.copy(), []
    for i, j in draw(some):
        if points[i, j] >= 0 and room[j]:
            locked.append((i, j))
            room[j] -= 1
    forbidden = [pair for pair in draw(some) if pair not in locked]
    return AssignmentProblem(points, capacity, wanted, locked, forbidden)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_no_assignment_is_better_than_the_solution(problem):
    solution = solve(problem)
    assert solution.certified
    assert solution.value == best_by_trying_all(problem)
    assert {*problem.locked} <= {*solution.pairs}
    assert not {*problem.forbidden} & {*solution.pairs}
    assert len({*solution.pairs}) == len(solution.pairs) == solution.value.places
    assert all(problem.points[pair] >= 0 for pair in solution.pairs)
    has_mentor = {i for i, _ in solution.pairs}
    assert {*solution.unmatched} == {i for i in range(len(problem.wanted)) if problem.wanted[i] and i not in has_mentor}


@settings(max_examples=40, deadline=None)
@given(problems(), st.randoms())
def test_the_order_of_the_input_changes_nothing(problem, random):
    n, m = problem.points.shape
    keyed = replace(problem, mentee_keys=[f"e{i}" for i in range(n)], mentor_keys=[f"r{j}" for j in range(m)])
    rows, columns = random.sample(range(n), n), random.sample(range(m), m)
    at_row, at_column = {i: a for a, i in enumerate(rows)}, {j: b for b, j in enumerate(columns)}
    shuffled = AssignmentProblem(
        points=problem.points[np.ix_(rows, columns)],
        capacity=problem.capacity[columns],
        wanted=problem.wanted[rows],
        locked=[(at_row[i], at_column[j]) for i, j in reversed(problem.locked)],
        forbidden=[(at_row[i], at_column[j]) for i, j in reversed(problem.forbidden)],
        mentee_keys=[f"e{i}" for i in rows],
        mentor_keys=[f"r{j}" for j in columns],
    )
    straight, crooked = solve(keyed), solve(shuffled)
    assert sorted((rows[a], columns[b]) for a, b in crooked.pairs) == list(straight.pairs)
    assert crooked.prices.tolist() == straight.prices[columns].tolist()
    assert straight.pairs == solve(keyed).pairs == solve(problem).pairs


@settings(max_examples=25, deadline=None)
@given(problems())
def test_a_price_is_what_one_more_seat_adds(problem):
    solution = solve(problem)

    def worth(value: AssignmentValue) -> int:
        return solution.place_worth * (value.places + 3 * value.matched) + value.points

    for j, price in enumerate(solution.prices.tolist()):
        more = problem.capacity.copy()
        more[j] += 1
        gained = worth(solve(replace(problem, capacity=more)).value) - worth(solution.value)
        assert gained == price


@pytest.mark.parametrize("seed", range(12))
def test_equals_scipy_where_everybody_wants_one(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(20, 90)), int(rng.integers(15, 70))
    capacity = rng.integers(0, 4, m)
    points = rng.integers(0, [5, 1_000_000][seed % 2], (n, m))
    points[rng.random((n, m)) < 0.7] = -1
    solution = solve(AssignmentProblem(points, capacity, np.ones(n, dtype=np.int64)))

    seats = np.repeat(np.arange(m), capacity)
    bonus = 10**9
    profit = np.where(points[:, seats] >= 0, points[:, seats] + bonus, 0)
    rows, columns = linear_sum_assignment(profit, maximize=True)
    taken = profit[rows, columns][profit[rows, columns] > 0] - bonus
    assert solution.value == AssignmentValue(len(taken), len(taken), int(taken.sum()))


def test_a_large_market_with_extra_mentors_is_certified():
    rng = np.random.default_rng(7)
    points = rng.integers(0, 1_000_000, (600, 400))
    points[rng.random(points.shape) < 0.5] = -1
    solution = solve(AssignmentProblem(points, rng.integers(1, 3, 400), rng.integers(1, 4, 600)))
    assert solution.certified
    assert solution.matched > 550


def test_a_first_mentor_goes_before_the_second_of_another_mentee():
    points = np.array([[900, 800], [-1, 1]])
    solution = solve(AssignmentProblem(points, np.array([1, 1]), np.array([2, 1])))
    assert solution.pairs == ((0, 0), (1, 1))
    assert (solution.matched, solution.total_points, solution.unmatched) == (2, 901, ())


def test_a_locked_mentor_is_the_first_one():
    points = np.array([[5, 900], [-1, 1]])
    solution = solve(AssignmentProblem(points, np.array([1, 1]), np.array([2, 1]), locked=[(0, 0)]))
    assert solution.pairs == ((0, 0), (1, 1))


def test_most_matched_goes_before_points():
    points = np.array([[1000, 10], [999, -1]])
    assert solve(AssignmentProblem(points, np.array([1, 1]), np.array([1, 1]))).pairs == ((0, 1), (1, 0))


def test_equal_solutions_are_settled_by_the_keys():
    points = np.full((3, 3), 7)
    ones = np.ones(3, dtype=np.int64)
    one = solve(AssignmentProblem(points, ones, ones, mentee_keys="abc", mentor_keys="xyz"))
    other = solve(AssignmentProblem(points, ones, ones, mentee_keys="cba", mentor_keys="zxy"))
    named = {("abc"[i], "xyz"[j]) for i, j in one.pairs}
    assert {("cba"[i], "zxy"[j]) for i, j in other.pairs} == named


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"locked": [(0, 0)], "forbidden": [(0, 0)]}, "locked and forbidden: ana with rob"),
        ({"locked": [(1, 1)]}, "locked but not eligible: bea with sam"),
        ({"locked": [(0, 0), (1, 0)]}, "locked past the mentor's capacity: bea with rob"),
        ({"locked": [(0, 2)]}, "no such pair: 0, 2"),
        ({"forbidden": [(-1, 0)]}, "no such pair: -1, 0"),
        ({"capacity": np.array([1, -1])}, "0 or more"),
        ({"wanted": np.array([1])}, "a row for each mentee"),
        ({"mentee_keys": ["ana", "ana"]}, "keys are unique"),
    ],
)
def test_contradictory_problems_are_refused(change, message):
    problem = AssignmentProblem(
        points=np.array([[3, 2], [1, -1]]),
        capacity=np.array([1, 1]),
        wanted=np.array([1, 1]),
        mentee_keys=["ana", "bea"],
        mentor_keys=["rob", "sam"],
    )
    with pytest.raises(ValueError, match=message):
        replace(problem, **change)


def test_points_too_large_to_add_up_are_refused():
    with pytest.raises(OverflowError):
        solve(AssignmentProblem(np.full((2, 2), 2**60), np.ones(2), np.ones(2)))


@settings(max_examples=40, deadline=None)
@given(problems(), st.data())
def test_the_certificate_refuses_every_answer_that_is_not_the_best(problem, data):
    market = Market.of(problem)
    size = len(market.points)
    answer = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=bool)
    locked = {(int(i), int(j)) for i, j in problem.locked}
    pairs = {(int(i), int(j)) for i, j in zip(market.mentee[answer], market.mentor[answer], strict=True)} | locked
    value = AssignmentValue(len({i for i, _ in pairs}), len(pairs), sum(int(problem.points[pair]) for pair in pairs))
    load = np.bincount([j for _, j in pairs], minlength=len(problem.capacity))
    had = np.bincount(market.mentee[answer], minlength=len(problem.wanted))
    fits = (load <= problem.capacity).all() and (had <= market.wants).all()
    if fits and value == solve(problem).value:
        market.certify(answer)
    else:
        with pytest.raises(NotOptimalError):
            market.certify(answer)


def test_prices_that_prove_nothing_are_refused(monkeypatch):
    problem = AssignmentProblem(np.array([[9, 8], [7, 1]]), np.ones(2), np.ones(2))
    market = Market.of(problem)
    best = market.flow()
    market.certify(best)
    monkeypatch.setattr(Market, "_distances", lambda *_: np.zeros(market.nodes, dtype=np.int64))
    with pytest.raises(NotOptimalError, match="duality gap"):
        market.certify(best)


def test_the_reason_why_somebody_has_no_mentor():
    points = np.array([[9, 8], [1, 2], [-1, -1], [4, -1]])
    problem = AssignmentProblem(points, np.array([1, 0]), np.ones(4), forbidden=[(3, 0)])
    solution = solve(problem)
    assert solution.unmatched == (1, 2, 3)
    assert explain_unmatched(problem, solution, 1) == UnmatchedReason("full", (1, 0))
    assert explain_unmatched(problem, solution, 2) == UnmatchedReason("no_eligible", ())
    assert explain_unmatched(problem, solution, 3) == UnmatchedReason("forbidden", ())
    with pytest.raises(ValueError, match="has a mentor"):
        explain_unmatched(problem, solution, 0)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_insisting_on_a_pair_never_gains_and_locked_places_stay(problem):
    solution = solve(problem)
    locked_of_mentee, locked_of_mentor = problem.locks
    others = {(i, j) for i, j in np.argwhere(problem.allowed).tolist()} - set(solution.pairs)
    for i, j in sorted(others)[:9]:
        if locked_of_mentor[j] >= problem.capacity[j]:
            with pytest.raises(ValueError, match="capacity"):
                swap_cost(problem, solution, i, j)
        elif locked_of_mentee[i] < problem.wanted[i]:  # one more than wanted may be a gain
            assert swap_cost(problem, solution, i, j) >= AssignmentValue(0, 0, 0)


def test_what_a_pair_costs_that_the_coordinator_insists_on():
    points = np.array([[50, 40], [-1, 45]])
    problem = AssignmentProblem(points, np.ones(2), np.ones(2))
    solution = solve(problem)
    assert swap_cost(problem, solution, 0, 0) == AssignmentValue(0, 0, 0)
    assert swap_cost(problem, solution, 0, 1) == AssignmentValue(1, 1, 55)
    with pytest.raises(ValueError, match="not eligible"):
        swap_cost(problem, solution, 1, 0)


def test_the_engine_is_loaded_only_when_something_is_solved():
    script = "import sys, matching.scoring, matching.solver; print('ortools' in sys.modules, 'django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
