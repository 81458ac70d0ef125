"""Why a mentee has no mentor, who else they could have, and what insisting on a pair would cost."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from matching.solver.assignment import solve
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


def best_for_mentor(problem: AssignmentProblem, solution: Assignment, j: int, n: int = 3) -> list[int]:
    """List the mentees whom mentor `j` suits best among those who are not theirs."""
    theirs = {i for i, mentor in solution.pairs if mentor == j}
    allowed = np.flatnonzero(problem.allowed[:, j])
    order = np.lexsort((problem.rank_of_mentee[allowed], -problem.points[allowed, j]))
    return [int(i) for i in allowed[order] if int(i) not in theirs][:n]


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
