"""Find the best assignment of mentors to mentees, and prove that none is better.

Pure: arrays in, a solution out. The best solution is decided in this order:
  1. most mentees with at least one mentor,
  2. most of the wanted places filled (a mentee may want several mentors),
  3. most favoured pairs, if some are (a partner's mentors with its mentees),
  4. highest sum of points,
  5. of several such, the one with the most even loads.
The first two never conflict: whoever has a mentor keeps one while further places are filled.

It is a minimum-cost flow from mentees to mentors. The engine is not trusted: prices are computed from its answer, and
the answer stands only if the value of the pairs equals, to the last point, what the prices say no assignment can
exceed. Rows and columns are put in the order of their keys first, so the order of the input changes nothing, not even
which of several equally good solutions is taken.
"""

from matching.solver.assignment import Pruned, solve, solve_pruned
from matching.solver.dense import Dense
from matching.solver.explanations import UnmatchedReason, explain_unmatched, swap_cost
from matching.solver.growth import Growth
from matching.solver.losses import Losses, PairCosts
from matching.solver.market import Market
from matching.solver.objectives import (
    OBJECTIVE_NAMES,
    ObjectiveResult,
    blocking_pairs,
    compare,
    outcome,
    solve_fairest,
    solve_for,
    solve_stable,
)
from matching.solver.problem import (
    Assignment,
    AssignmentProblem,
    AssignmentValue,
    Edges,
    NotOptimalError,
    PairIndex,
    PairQuota,
    Potentials,
)

__all__ = [
    "OBJECTIVE_NAMES",
    "Assignment",
    "AssignmentProblem",
    "AssignmentValue",
    "Dense",
    "Edges",
    "Growth",
    "Losses",
    "Market",
    "NotOptimalError",
    "ObjectiveResult",
    "PairCosts",
    "PairIndex",
    "PairQuota",
    "Potentials",
    "Pruned",
    "UnmatchedReason",
    "blocking_pairs",
    "compare",
    "explain_unmatched",
    "outcome",
    "solve",
    "solve_fairest",
    "solve_for",
    "solve_pruned",
    "solve_stable",
    "swap_cost",
]
