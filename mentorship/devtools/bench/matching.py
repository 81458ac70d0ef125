"""Solve at full size, each run beside its yardstick: SciPy, greedy, and the PyPI package `matching`.

Seconds are those of the processors, of all threads together, and the least of some tries taken in turns: what else the
machine does changes them little. The markets are made up: texts as vectors around common subjects, forty clocks, fifty
sets of languages, fewer seats than mentees.

The PyPI package `matching` is fetched into a folder of its own, as it has the name of an app of ours; if that fails
its row is missing. It recurses once for each proposal, so that it is only tried on the smallest market.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from time import process_time
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matching.scoring.points import MICRO
from matching.solver import AssignmentProblem, Dense, Edges, solve, solve_pruned
from matching.solver.market import Market
from matching.texts.scale import share_of_best

A = TypeVar("A")
B = TypeVar("B")
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Row = tuple[str, str, float, float]
LARGE = (5_000, 3_000)
TIMES = 5
KEEP = 50


def rows() -> Iterator[Row]:
    """(what, yardstick, seconds, seconds of the yardstick)."""
    yield from _small()
    yield from _large(*LARGE)


def market(n: int, m: int, seed: int = 1) -> tuple[Ints, Ints]:
    """The points of every pair, below 0 if it is excluded, and capacities for about 0.92 of the mentees."""
    rng = np.random.default_rng(seed)

    def texts(width: int, subjects: int) -> Floats:
        # Everybody is about a few subjects, and some subjects are more common than others.
        centre, common = rng.normal(size=(subjects, width)), 1 / np.arange(1, subjects + 1) ** 0.7
        sides = [rng.gamma(0.3 * common, 1.0, (count, subjects)) @ centre for count in (n, m)]
        sides = [side + 0.5 * np.abs(side).mean() * rng.normal(size=side.shape) for side in sides]
        left, right = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in sides)
        return share_of_best(left @ right.T, np.ones(n, dtype=bool), np.ones(m, dtype=bool))

    score = 0.35 * texts(192, 60) + 0.3 * texts(60, 30)
    excluded = np.zeros((n, m), dtype=bool)
    for answers, share, barred in (
        (40, 0.1, 0.25),
        (50, 0.08, 0.4),
        (7, 0.07, 0),
        (4, 0.05, 0),
        (4, 0.03, 0),
        (2, 0.02, 0),
    ):
        cells = np.ix_(rng.integers(0, answers, n), rng.integers(0, answers, m))
        score += share * rng.random((answers, answers))[cells]
        excluded |= (rng.random((answers, answers)) < barred)[cells]
    # Some people are both a mentee and a mentor.
    excluded[rng.choice(n, n // 50, replace=False), rng.integers(0, m, n // 50)] = True
    points = np.where(excluded, -1, np.rint(score * MICRO)).astype(np.int64)
    return points, rng.choice([1, 1, 1, 2, 2, 2], m)


def greedy(edges: Edges, capacity: Ints, n: int) -> tuple[int, int]:
    """Best pair first: how many are matched, and their total."""
    room, free, matched, total = capacity.tolist(), [True] * n, 0, 0
    order = np.argsort(-edges.points, kind="stable")
    for i, j, points in zip(*(part[order].tolist() for part in edges), strict=True):
        if free[i] and room[j]:
            free[i], room[j] = False, room[j] - 1
            matched, total = matched + 1, total + points
    return matched, total


def scipy_sparse(edges: Edges, capacity: Ints, n: int) -> tuple[int, int]:
    """SciPy's sparse full matching: a column for each seat, and one for each mentee that stays alone."""
    seats = int(capacity.sum())
    first = np.concatenate([[0], np.cumsum(capacity)])
    times = capacity[edges.column]
    row, points = np.repeat(edges.row, times), np.repeat(edges.points, times)
    within = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    column = first[np.repeat(edges.column, times)] + within
    alone = float(MICRO) * (n + 1)
    cost = np.concatenate([MICRO + 1.0 - points, np.full(n, alone)])
    at = np.concatenate([row, np.arange(n)]), np.concatenate([column, seats + np.arange(n)])
    found_row, found_column = min_weight_full_bipartite_matching(csr_matrix((cost, at), shape=(n, seats + n)))
    taken = np.asarray(
        csr_matrix((np.append(points, []), (row, column)), shape=(n, seats))[
            found_row[found_column < seats], found_column[found_column < seats]
        ]
    ).ravel()
    return len(taken), int(taken.sum())


def scipy_dense(points: Ints, capacity: Ints) -> tuple[int, int]:
    """SciPy's assignment on the whole matrix, a column for each seat."""
    seats = np.repeat(np.arange(len(capacity)), capacity)
    bonus = 10**10
    profit = np.where(points[:, seats] >= 0, points[:, seats] + bonus, 0)
    row, column = linear_sum_assignment(profit, maximize=True)
    taken = profit[row, column][profit[row, column] > 0] - bonus
    return len(taken), int(taken.sum())


def _small() -> Iterator[Row]:
    for n, m in ((150, 100), (1_000, 600)):
        points, capacity = market(n, m)
        problem = AssignmentProblem(points, capacity, np.ones(n, dtype=np.int64))
        row, column = np.nonzero(points >= 0)
        edges = Edges(row, column, points[row, column])
        size = f"{n:,}×{m:,} solve and prove"
        # The row is drawn before the next round of the loop, so the functions mean this market.
        (took, ours), (dense, theirs) = best_of(lambda: solve(problem), lambda: scipy_dense(points, capacity), 9)  # noqa: B023
        answer = ours.matched, ours.total_points
        check(answer, theirs)
        yield f"{size}: {said(answer)}", "SciPy dense LSA, the same", took, dense
        _, (sparse, theirs) = best_of(lambda: None, lambda: scipy_sparse(edges, capacity, n), 3)  # noqa: B023
        check(answer, theirs)
        yield f"{size}: {said(answer)}", "SciPy sparse matching, the same", took, sparse
        _, (quick, fast) = best_of(lambda: None, lambda: greedy(edges, capacity, n), 3)  # noqa: B023
        yield f"{size}: {said(answer)}", f"greedy: {said(fast)}", took, quick
        if n < 200 and (found := pypi_matching(edges, capacity, n)):
            yield f"{size}: {said(answer)}", f"PyPI matching: {said(found[1:])}", took, found[0]


PYPI = """
import json, sys, threading, time
from matching.games import HospitalResident
sys.setrecursionlimit(10**6)
threading.stack_size(2**29)
def work():
    mentees, mentors, capacity = (
        {int(k): v for k, v in side.items()} for side in json.load(sys.stdin)
    )
    began = time.process_time()
    game = HospitalResident.create_from_dictionaries(mentees, mentors, capacity)
    solved = game.solve(optimal="resident")
    took = time.process_time() - began
    print(json.dumps([took, [[r.name, h.name] for h, residents in solved.items() for r in residents]]))
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""


def pypi_matching(edges: Edges, capacity: Ints, n: int) -> tuple[float, int, int] | None:
    """Seconds, how many are matched and their total by the package, each side ranking by points; None without it."""
    order = np.argsort(-edges.points, kind="stable")
    mentees: dict[int, list[int]] = {}
    mentors: dict[int, list[int]] = {}
    for i, j in zip(edges.row[order].tolist(), edges.column[order].tolist(), strict=True):
        mentees.setdefault(i, []).append(n + j)
        mentors.setdefault(n + j, []).append(i)
    sides = json.dumps([mentees, mentors, {j: int(capacity[j - n]) for j in mentors}])
    points = {(i, j): p for i, j, p in zip(*(part.tolist() for part in edges), strict=True)}
    with tempfile.TemporaryDirectory() as folder:
        fetch = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder, "matching==1.4.3"]
        try:
            subprocess.run(fetch, capture_output=True, check=True, timeout=120)  # noqa: S603
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-c", PYPI],
                input=sides,
                capture_output=True,
                text=True,
                check=True,
                cwd=folder,
                timeout=600,
                env={**os.environ, "PYTHONPATH": folder},
            )
        except (OSError, subprocess.SubprocessError):
            return None
    took, pairs = json.loads(done.stdout)
    return took, len(pairs), sum(points[i, j - n] for i, j in pairs)


def _large(n: int, m: int) -> Iterator[Row]:
    points, capacity = market(n, m)
    source, size, ones = Dense(points), f"{n:,}×{m:,}", np.ones(n, dtype=np.int64)
    edges = source.best(KEEP)
    made = Market.of_edges(edges, capacity, ones, most=MICRO)
    (took, chosen), (sparse, theirs) = best_of(made.flow, lambda: scipy_sparse(edges, capacity, n), times=3)
    ours = int(chosen.sum()), int(made.points[chosen].sum())
    check(ours, theirs)
    yield f"{size} solve {KEEP} best: {said(ours)}", "SciPy sparse matching, the same", took, sparse
    (proved, _), (quick, fast) = best_of(lambda: made.prove(chosen), lambda: greedy(edges, capacity, n), times=3)
    yield f"{size} prove it", "solving it", proved, took
    yield f"{size} solve {KEEP} best: {said(ours)}", f"greedy: {said(fast)}", took, quick
    (whole, found), _ = best_of(lambda: solve_pruned(source, capacity, ones), lambda: None, times=3)
    answer = found.matched, found.total_points
    what = f"{size} certified over all pairs: {said(answer)}, {found.rounds} rounds"
    yield what, f"solving the {KEEP} best", whole, took


def best_of(
    ours: Callable[[], A], theirs: Callable[[], B], times: int = TIMES
) -> tuple[tuple[float, A], tuple[float, B]]:
    """The least processor time of each (of all its threads), taken in turns, with what it gave."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        began = process_time()
        one = ours()
        middle = process_time()
        other = theirs()
        took[0].append(middle - began)
        took[1].append(process_time() - middle)
    return (min(took[0]), one), (min(took[1]), other)


def check(ours: tuple[int, int], theirs: tuple[int, int]) -> None:
    if ours != theirs:
        raise AssertionError(f"not the same optimum: {ours} and {theirs}")


def said(answer: tuple[int, int]) -> str:
    return f"{answer[0]:,} people, {answer[1] / MICRO:,.1f}"
