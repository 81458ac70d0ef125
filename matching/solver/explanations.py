"""Why a mentee has no mentor, and what insisting on a pair would cost."""

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
