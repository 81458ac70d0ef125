"""Why a mentee has no mentor, who else they could have, and what insisting on a pair would cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from matching.solver.assignment import solve
from matching.solver.dense import blocks_of
from matching.solver.problem import Assignment, AssignmentProblem, AssignmentValue


class UnmatchedReason(NamedTuple):
    """Why a mentee has no mentor."""

    code: str  # "no_eligible", "forbidden" (all eligible ones are), "too_low" (below the minimum score) or "full"
    eligible: tuple[int, ...]  # mentors the mentee could have, best first


class RunnerUp(NamedTuple):
    """A mentor that the mentee could have had."""

    mentor: int
    points: int
    state: str  # "free", "full", "locked" (locked pairs take all its places) or "decided" (the mentee's own are locked)


def explain_unmatched(problem: AssignmentProblem, solution: Assignment, i: int) -> UnmatchedReason:
    """Say why mentee `i` has no mentor. "full": every eligible mentor is taken by pairs worth more together."""
    if i in solution.mentors_of:
        raise ValueError("this mentee has a mentor")
    allowed = _best_first(problem, i)
    if allowed:
        return UnmatchedReason("full", tuple(allowed))
    eligible = np.flatnonzero(problem.points[i] >= 0).tolist()
    forbidden = {j for mentee, j in problem.forbidden if mentee == i}
    if not eligible:
        return UnmatchedReason("no_eligible", ())
    return UnmatchedReason("forbidden" if forbidden.issuperset(eligible) else "too_low", ())


def best_others(problem: AssignmentProblem, solution: Assignment, i: int, n: int = 3) -> list[RunnerUp]:
    """List the runners-up of mentee `i`: the best mentors who are allowed and not theirs."""
    theirs = solution.mentors_of.get(i, [])
    others = [j for j in _best_first(problem, i) if j not in theirs][:n]
    return [state_of(problem, solution, i, j) for j in others]


def state_of(problem: AssignmentProblem, solution: Assignment, i: int, j: int) -> RunnerUp:
    """Return mentor `j`, who is not theirs, as a runner-up of mentee `i`."""
    locked_of_mentee, locked_of_mentor = problem.locks
    if locked_of_mentor[j] >= problem.capacity[j]:
        state = "locked"
    elif locked_of_mentee[i] >= problem.wanted[i]:
        state = "decided"
    else:
        state = "full" if solution.load[j] >= problem.capacity[j] else "free"
    return RunnerUp(j, int(problem.points[i, j]), state)


def best_others_of_all(problem: AssignmentProblem, solution: Assignment, n: int = 3) -> Iterator[list[RunnerUp]]:
    """List the runners-up of every mentee, in the order of the rows."""
    m = len(problem.capacity)
    for rows in blocks_of(len(problem.wanted), m):
        points = problem.points[rows].astype(np.int64)
        points[~problem.allowed[rows]] = -1
        for i in range(rows.start, rows.stop):
            points[i - rows.start, solution.mentors_of.get(i, [])] = -1
        key = points * m - problem.rank_of_mentor
        best = np.argpartition(-key, n - 1, axis=1)[:, :n] if n < m else np.tile(np.arange(m), (len(key), 1))
        order = np.argsort(-np.take_along_axis(key, best, axis=1), axis=1)
        for at, mentors in enumerate(np.take_along_axis(best, order, axis=1).tolist()):
            i = rows.start + at
            yield [state_of(problem, solution, i, j) for j in mentors if points[at, j] >= 0]


def swap_cost(problem: AssignmentProblem, solution: Assignment, i: int, j: int) -> AssignmentValue:
    """Return what insisting on a pair loses: people matched, places filled, points.

    Points may be negative, a gain, only if a person or a place is lost. Raises ValueError if locked pairs take
    all places of the mentor. For many pairs use `PairCosts`, which asks the flow instead of solving again.
    """
    if (i, j) in set(solution.pairs):
        return AssignmentValue(0, 0, 0)
    changed = solve(replace(problem, locked=[*problem.locked, (i, j)]))
    return AssignmentValue(*(before - after for before, after in zip(solution.value, changed.value, strict=True)))


def _best_first(problem: AssignmentProblem, i: int) -> list[int]:
    allowed = np.flatnonzero(problem.allowed[i])
    order = np.lexsort((problem.rank_of_mentor[allowed], -problem.points[i, allowed]))
    return [int(j) for j in allowed[order]]
