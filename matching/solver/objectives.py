"""Solve for the fairest or the stable pairs, and compare what each objective gives."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matching.solver.assignment import solve
from matching.solver.dense import blocks_of
from matching.solver.floors import Floors
from matching.solver.problem import Assignment, AssignmentProblem, Ints, PairIndex, pairs_of

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
        blocking=count_blocking(problem, solution.pairs),
    )


def solve_fairest(problem: AssignmentProblem) -> Assignment:
    """Match as many people and places as possible, then maximise the lowest score, then the total."""
    best = solve(problem)
    locked = set(pairs_of(problem.locked))
    free = [int(problem.points[p]) for p in best.pairs if p not in locked]
    if not free:
        return best
    # The lowest score of the best total can be had; find the highest that can.
    low, high = min(free), int(problem.points.max())
    floors = Floors(problem, best)
    while low < high:
        middle = (low + high + 1) // 2
        if floors.can_be_had(middle):
            low = middle
        else:
            high = middle - 1
    return solve(replace(problem, least=max(low, problem.least)))


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
        certified=not count_blocking(problem, pairs),
    )


def _deferred_acceptance(problem: AssignmentProblem) -> tuple[PairIndex, ...]:
    """By one shared score the best pair of all is the first choice of both: taking the best that fits is stable."""
    if problem.quotas or problem.favoured:
        return _best_that_fits_limits(problem)
    locked = pairs_of(problem.locked)
    pairs, load = set(locked), problem.base_load.copy()
    room, wants = problem.capacity.copy(), problem.wanted.copy()
    taken: dict[int, list[int]] = {}
    for i, j in locked:
        room[j], wants[i] = room[j] - 1, wants[i] - 1
        taken.setdefault(i, []).append(j)

    def best_of(i: int) -> tuple[int, int, int, int, int] | None:
        """The best that a mentee can have now: of equal ones the mentor with the lowest load."""
        may = problem.allowed[i] & (room > 0)
        may[taken.get(i, [])] = False
        columns = np.flatnonzero(may)
        if not len(columns):
            return None
        points = problem.points[i, columns]
        columns = columns[points == points.max()]
        j = int(columns[np.lexsort((problem.rank_of_mentor[columns], load[columns]))[0]])
        return -int(points.max()), int(load[j]), int(problem.rank_of_mentee[i]), i, j

    queue = [one for i in np.flatnonzero(wants > 0).tolist() if (one := best_of(i))]
    heapq.heapify(queue)
    while queue:
        known = heapq.heappop(queue)
        if (now := best_of(i := known[3])) is None:
            continue
        if now > known:  # the mentor is full or has more mentees by now
            heapq.heappush(queue, now)
            continue
        j = now[4]
        pairs.add((i, j))
        taken.setdefault(i, []).append(j)
        room[j], load[j], wants[i] = room[j] - 1, load[j] + 1, wants[i] - 1
        if wants[i] > 0 and (further := best_of(i)):
            heapq.heappush(queue, further)
    return tuple(sorted(pairs))


def _best_that_fits_limits(problem: AssignmentProblem) -> tuple[PairIndex, ...]:
    limits = _Limits(problem)
    rows, columns = np.nonzero(problem.allowed)
    best_first = np.lexsort(
        (
            problem.rank_of_mentor[columns],
            problem.rank_of_mentee[rows],
            -problem.points[rows, columns],
            ~problem.is_favoured(rows, columns),
        )
    )
    locked = set(pairs_of(problem.locked))
    for i, j in zip(rows[best_first].tolist(), columns[best_first].tolist(), strict=True):
        if (i, j) not in locked and limits.fits(i, j):
            limits.take(i, j)
    return tuple(sorted(limits.pairs))


def blocking_pairs(problem: AssignmentProblem, pairs: tuple[PairIndex, ...]) -> list[PairIndex]:
    """List mentees and mentors who would both rather have each other than a current partner or an empty place."""
    if problem.quotas or problem.favoured:
        return _blocking_one_by_one(problem, pairs)
    return [(int(i), int(j)) for found in _blocking(problem, pairs) for i, j in found]


def count_blocking(problem: AssignmentProblem, pairs: tuple[PairIndex, ...]) -> int:
    """Count them."""
    if problem.quotas or problem.favoured:
        return len(_blocking_one_by_one(problem, pairs))
    return sum(len(found) for found in _blocking(problem, pairs))


def _blocking(problem: AssignmentProblem, pairs: tuple[PairIndex, ...]) -> Iterator[Ints]:
    """The blocking pairs, in blocks of mentees."""
    locked = set(pairs_of(problem.locked))
    n, m = problem.points.shape
    worst_i, worst_j = np.full(n, np.int64(2**60)), np.full(m, np.int64(2**60))
    had, load = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)
    for i, j in pairs:
        had[i] += 1
        load[j] += 1
        if (i, j) not in locked:
            worst_i[i], worst_j[j] = (min(w, int(problem.points[i, j])) for w in (worst_i[i], worst_j[j]))
    worst_i[had < problem.wanted], worst_j[load < problem.capacity] = -1, -1
    made, done = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    for rows in blocks_of(n, m):
        points = problem.points[rows]
        blocks = problem.allowed[rows] & (points > worst_i[rows, None]) & (points > worst_j)
        here = (made >= rows.start) & (made < rows.stop)
        blocks[made[here] - rows.start, done[here]] = False
        yield np.argwhere(blocks) + np.array([rows.start, 0])


def _blocking_one_by_one(problem: AssignmentProblem, pairs: tuple[PairIndex, ...]) -> list[PairIndex]:
    """The blocking pairs where limits or favoured pairs decide who may replace whom."""
    locked, favoured = set(pairs_of(problem.locked)), set(pairs_of(problem.favoured))
    ours = {pair for pair in pairs if pair not in locked}

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
