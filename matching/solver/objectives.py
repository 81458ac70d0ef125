"""Solve for the fairest or the stable pairs, and compare what each objective gives."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.solver.assignment import solve
from matching.solver.market import Market
from matching.solver.problem import Assignment, AssignmentProblem, Bools, Ints, PairIndex, pairs_of

OBJECTIVE_NAMES = {"total": "Best total", "fairest": "Fairest", "stable": "Stable"}


@dataclass(frozen=True)
class ObjectiveResult:
    """The result of an objective, for the table that compares them. Points, not scores."""

    matched: int
    places: int
    total: int
    mean: float
    lowest: int | None
    blocking: int  # pairs of a mentee and a mentor who would both rather have each other


def solve_for(problem: AssignmentProblem, objective: str = "total") -> Assignment:
    """Solve for an objective: "total", "fairest" or "stable"."""
    if objective not in OBJECTIVE_NAMES:
        raise ValueError(f"no such objective: {objective}")
    return {"total": solve, "fairest": solve_fairest, "stable": solve_stable}[objective](problem)


def compare(problem: AssignmentProblem, solutions: dict[str, Assignment] | None = None) -> dict[str, ObjectiveResult]:
    """Return what each objective gives. Those that are solved already are not solved again."""
    known = solutions or {}
    return {name: outcome(problem, known.get(name) or solve_for(problem, name)) for name in OBJECTIVE_NAMES}


def outcome(problem: AssignmentProblem, solution: Assignment) -> ObjectiveResult:
    points = [int(problem.points[pair]) for pair in solution.pairs]
    return ObjectiveResult(
        matched=solution.value.matched,
        places=len(points),
        total=sum(points),
        mean=sum(points) / len(points) if points else 0.0,
        lowest=min(points, default=None),
        blocking=len(blocking_pairs(problem, solution.pairs)),
    )


def solve_fairest(problem: AssignmentProblem) -> Assignment:
    """Match as many people and places as possible, then maximise the lowest score, then the total."""
    best = solve(problem)
    locked = set(pairs_of(problem.locked))
    if not set(best.pairs) - locked:
        return best
    whole = Market.of(problem)
    levels = np.unique(whole.points)
    # The lowest score of the best total can be had; find the highest that can.
    low = int(np.searchsorted(levels, min(int(problem.points[p]) for p in best.pairs if p not in locked)))
    high = len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _fills(whole, whole.points >= levels[middle], best, len(locked)):
            low = middle
        else:
            high = middle - 1
    return solve(replace(problem, least=int(max(levels[low], problem.least))))


def _fills(market: Market, kept: Bools, best: Assignment, locks: int) -> bool:
    """Check whether these pairs alone match as many people and fill as many places."""
    first = ((market.wants > 0) & ~market.has_lock).astype(np.int64)
    people = best.value.matched - int(market.has_lock.sum())
    # The most people and the most places can always be had together.
    return _most(market, kept, first) >= people and _most(market, kept, market.wants) >= best.value.places - locks


def _most(market: Market, kept: Bools, wants: Ints) -> int:
    from ortools.graph.python import max_flow  # noqa: PLC0415 slow library: OR-Tools, which few pages need

    n, m = len(market.wants), len(market.seats)
    sink = market.nodes
    some = np.flatnonzero(wants)
    engine = max_flow.SimpleMaxFlow()
    parts = [
        (market.tail[kept], market.head[kept], np.ones(int(kept.sum()))),
        market.sides[:3],
        (np.full(len(some), market.root), some, wants[some]),
        (n + np.arange(m), np.full(m, sink), market.seats),
    ]
    tails, heads, rooms = (np.concatenate(p) for p in zip(*parts, strict=True))
    engine.add_arcs_with_capacity(tails.astype(np.int32), heads.astype(np.int32), rooms.astype(np.int64))
    engine.solve(market.root, sink)
    return int(engine.optimal_flow())


def solve_stable(problem: AssignmentProblem) -> Assignment:
    """Find pairs such that no mentee and mentor would both rather have each other (deferred acceptance).

    Both sides rank by the score; ties are settled by the order of the keys. Locked pairs stay.
    """
    pairs = _deferred_acceptance(problem)
    value = problem.value_of(pairs)
    has_mentor = {i for i, _ in pairs}
    return Assignment(
        pairs=pairs,
        value=value,
        unmatched=tuple(i for i, wanted in enumerate(problem.wanted.tolist()) if wanted and i not in has_mentor),
        prices=np.zeros(len(problem.capacity), dtype=np.int64),
        place_worth=0,
        certified=not blocking_pairs(problem, pairs),
    )


def _deferred_acceptance(problem: AssignmentProblem) -> tuple[PairIndex, ...]:
    limits = _Limits(problem)
    row_rank = problem.rank_of_mentee
    column_rank = problem.rank_of_mentor
    # By one shared score the best pair of all is the first choice of both: taking the best that still fits is stable.
    rows, columns = np.nonzero(problem.allowed)
    first = np.zeros(problem.points.shape, dtype=bool)
    for pair in problem.favoured:
        first[pair] = True
    best_first = np.lexsort(
        (column_rank[columns], row_rank[rows], -problem.points[rows, columns], ~first[rows, columns])
    )
    locked = set(pairs_of(problem.locked))
    for i, j in zip(rows[best_first].tolist(), columns[best_first].tolist(), strict=True):
        if (i, j) not in locked and limits.fits(i, j):
            limits.take(i, j)
    return tuple(sorted(limits.pairs))


def blocking_pairs(problem: AssignmentProblem, pairs: tuple[PairIndex, ...]) -> list[PairIndex]:
    """List mentees and mentors who would both rather have each other than a current partner or an empty place."""
    locked = set(pairs_of(problem.locked))
    ours = {p for p in pairs if p not in locked}
    if problem.quotas or problem.favoured:
        return _blocking_one_by_one(problem, pairs, ours)
    n, m = problem.points.shape
    worst_i, worst_j = np.full(n, np.int64(2**60)), np.full(m, np.int64(2**60))
    had, load = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)
    for i, j in pairs:
        had[i] += 1
        load[j] += 1
        if (i, j) in ours:
            worst_i[i], worst_j[j] = (min(w, problem.points[i, j]) for w in (worst_i[i], worst_j[j]))
    worst_i[had < problem.wanted], worst_j[load < problem.capacity] = -1, -1
    blocks = problem.allowed & (problem.points > worst_i[:, None]) & (problem.points > worst_j)
    for pair in pairs:
        blocks[pair] = False
    return [(int(i), int(j)) for i, j in np.argwhere(blocks)]


def _blocking_one_by_one(
    problem: AssignmentProblem, pairs: tuple[PairIndex, ...], ours: set[PairIndex]
) -> list[PairIndex]:
    """The same if limits or favoured pairs decide who may replace whom."""
    favoured = set(pairs_of(problem.favoured))

    def worth(pair: PairIndex) -> tuple[bool, int]:
        return pair in favoured, int(problem.points[pair])

    limits = _Limits(problem)
    for i, j in pairs:
        if (i, j) in ours:
            limits.take(i, j)
    found = []
    for i, j in ((int(a), int(b)) for a, b in np.argwhere(problem.allowed)):
        if (i, j) in limits.pairs:
            continue
        rivals = [limits.rivals(i, j, side) for side in ("mentee", "mentor")]
        if all(r is None or any(p in ours and worth(p) < worth((i, j)) for p in r) for r in rivals):
            found.append((i, j))
    return found


class _Limits:
    """The pairs made so far, and what still fits: capacities, mentors wanted and quotas."""

    def __init__(self, problem: AssignmentProblem) -> None:
        self.problem = problem
        self.pairs: set[PairIndex] = set()
        self.of: dict[str, dict[int, list[PairIndex]]] = {"mentee": {}, "mentor": {}}
        # Small sets first: whoever is let in leaves the innermost limit that is full.
        quotas = sorted(problem.quotas, key=lambda q: (len(set(q.members)), q.limit))
        self.quotas = [
            (q.side, {int(x) for x in q.members}, None if q.owners is None else {int(x) for x in q.owners}, q.limit)
            for q in quotas
        ]
        for i, j in pairs_of(problem.locked):
            self.take(i, j)

    def take(self, i: int, j: int) -> None:
        self.pairs.add((i, j))
        self.of["mentee"].setdefault(i, []).append((i, j))
        self.of["mentor"].setdefault(j, []).append((i, j))

    def fits(self, i: int, j: int) -> bool:
        return all(self.rivals(i, j, side) is None for side in ("mentee", "mentor"))

    def rivals(self, i: int, j: int, side: str) -> list[PairIndex] | None:
        """Return whose place the pair would take on that side, innermost limit first; None if there is room."""
        owner, other = (i, j) if side == "mentee" else (j, i)
        theirs = self.of[side].get(owner, [])
        for kind, members, owners, limit in self.quotas:
            if kind == side and other in members and (owners is None or owner in owners):
                inside = [p for p in theirs if (p[1] if side == "mentee" else p[0]) in members]
                if len(inside) >= limit:
                    return inside
        room = self.problem.wanted[owner] if side == "mentee" else self.problem.capacity[owner]
        return theirs if len(theirs) >= room else None
