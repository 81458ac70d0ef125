"""Who gets whom: the best assignment, proved to be the best.

Pure: arrays in, a solution out. What is best is decided in this order:
  1. most mentees with at least one mentor,
  2. most of the wanted places filled (a mentee may want several mentors),
  3. highest sum of points.
The first two never conflict: whoever has a mentor keeps one while further places are filled.

It is a minimum-cost flow from mentees to mentors. The engine is not trusted: prices are computed from its answer, and
the answer stands only where the value of the pairs equals, to the last point, what the prices say no assignment can
exceed. Rows and columns are put in the order of their keys first, so the order of the input changes nothing, not even
which of several equally good solutions is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Pair = tuple[int, int]


class NotOptimalError(RuntimeError):
    """The engine's answer failed the proof; it must not be shown to anybody."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Mentees are rows, mentors are columns; points below 0 mean that the pair may not be matched."""

    points: Ints
    capacity: Ints  # how many mentees each mentor takes
    wanted: Ints  # how many different mentors each mentee wants
    locked: Sequence[Pair] = ()  # pairs that are in the solution whatever they cost
    forbidden: Sequence[Pair] = ()
    mentee_keys: Sequence[str] | None = None  # unique; the order of the input counts where there are none
    mentor_keys: Sequence[str] | None = None

    def __post_init__(self) -> None:
        for name in ("points", "capacity", "wanted"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.int64))
        if self.points.shape != (len(self.wanted), len(self.capacity)):
            raise ValueError("points has a row for each mentee and a column for each mentor")
        if (self.wanted < 0).any() or (self.capacity < 0).any():
            raise ValueError("capacity and wanted are 0 or more")
        for keys, count in ((self.mentee_keys, len(self.wanted)), (self.mentor_keys, len(self.capacity))):
            if keys is not None and (len(keys) != count or len(set(keys)) != count):
                raise ValueError("keys are unique, one for each mentee and each mentor")
        _check_locks(self)

    def name(self, pair: Pair) -> str:
        """The pair as people know it."""
        i, j = pair
        mentee = self.mentee_keys[i] if self.mentee_keys is not None else i
        mentor = self.mentor_keys[j] if self.mentor_keys is not None else j
        return f"{mentee} with {mentor}"

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Pairs that may be matched: eligible and not forbidden."""
        allowed = self.points >= 0
        for i, j in self.forbidden:
            allowed[i, j] = False
        return allowed


class Value(NamedTuple):
    """What a solution is worth, compared from left to right; also the difference between two."""

    matched: int  # mentees with at least one mentor
    places: int  # pairs
    points: int


@dataclass(frozen=True, eq=False)
class Solution:
    """The best pairs, and what one more seat at each mentor would add."""

    pairs: tuple[Pair, ...]
    value: Value
    unmatched: tuple[int, ...]  # mentees who want a mentor and have none
    prices: Ints  # in points; a filled place counts as `place_worth`, a first mentor as twice that
    place_worth: int
    certified: bool

    @property
    def matched(self) -> int:
        return self.value.matched

    @property
    def objective(self) -> int:
        return self.value.points


class Unmatched(NamedTuple):
    """Why a mentee has no mentor."""

    code: str  # "no_eligible", "forbidden" (all eligible ones are) or "full"
    eligible: tuple[int, ...]  # mentors the mentee could have, best first


class Other(NamedTuple):
    """A mentor that the mentee could have had."""

    mentor: int
    points: int
    state: str  # "free", "full", "locked" (locked pairs take all its places) or "decided" (the mentee's own are locked)


def solve(problem: Problem) -> Solution:
    """The best assignment; raises `NotOptimalError` rather than return one that is not proved."""
    market = _Market.of(problem)
    chosen = market.flow() if len(market.points) else np.zeros(0, dtype=bool)
    prices_in_order = market.certify(chosen)
    prices = np.zeros(len(problem.capacity), dtype=np.int64)
    prices[market.columns] = prices_in_order
    free = zip(market.rows[market.mentee[chosen]].tolist(), market.columns[market.mentor[chosen]].tolist(), strict=True)
    pairs = tuple(sorted({*free, *_pairs(problem.locked)}))
    has_mentor = {i for i, _ in pairs}
    return Solution(
        pairs=pairs,
        value=Value(len(has_mentor), len(pairs), sum(int(problem.points[pair]) for pair in pairs)),
        unmatched=tuple(i for i, wanted in enumerate(problem.wanted.tolist()) if wanted and i not in has_mentor),
        prices=prices,
        place_worth=market.worth,
        certified=True,
    )


def explain_unmatched(problem: Problem, solution: Solution, i: int) -> Unmatched:
    """Why mentee `i` has no mentor. "full": every eligible mentor is taken by pairs worth more together."""
    if any(mentee == i for mentee, _ in solution.pairs):
        raise ValueError("this mentee has a mentor")
    allowed = _best_first(problem, i)
    if allowed:
        return Unmatched("full", tuple(allowed))
    return Unmatched("forbidden" if (problem.points[i] >= 0).any() else "no_eligible", ())


def best_others(problem: Problem, solution: Solution, i: int, n: int = 3) -> list[Other]:
    """The runners-up of mentee `i`: the best mentors that are allowed and not theirs."""
    load = np.bincount([j for _, j in solution.pairs], minlength=len(problem.capacity))
    locked = np.bincount([j for _, j in _pairs(problem.locked)], minlength=len(problem.capacity))
    decided = sum(mentee == i for mentee, _ in _pairs(problem.locked)) >= problem.wanted[i]
    theirs = {j for mentee, j in solution.pairs if mentee == i}

    def state(j: int) -> str:
        if locked[j] >= problem.capacity[j]:
            return "locked"
        if decided:
            return "decided"
        return "full" if load[j] >= problem.capacity[j] else "free"

    others = [j for j in _best_first(problem, i) if j not in theirs][:n]
    return [Other(j, int(problem.points[i, j]), state(j)) for j in others]


def swap_cost(problem: Problem, solution: Solution, i: int, j: int) -> Value:
    """What is lost where the coordinator insists on the pair: people matched, places filled, points.

    Points may be negative, a gain, only where a person or a place is lost. Raises ValueError where locked pairs take
    all places of the mentor.
    """
    changed = solve(replace(problem, locked=[*problem.locked, (i, j)]))
    return Value(*(before - after for before, after in zip(solution.value, changed.value, strict=True)))


@dataclass(frozen=True, eq=False)
class _Market:
    """What is left to decide once locked pairs are set aside, in the order of the keys."""

    rows: Ints  # position here -> row of the problem
    columns: Ints
    mentee: Ints  # the allowed pairs, by mentee and then mentor
    mentor: Ints
    points: Ints
    seats: Ints
    wants: Ints
    has_lock: NDArray[np.bool_]
    worth: int  # more than all points together: what one filled place counts

    @classmethod
    def of(cls, problem: Problem) -> _Market:
        n, m = problem.points.shape
        rows, columns = _order(problem.mentee_keys, n), _order(problem.mentor_keys, m)
        allowed, seats, wants = problem.allowed.copy(), problem.capacity.copy(), problem.wanted.copy()
        has_lock = np.zeros(n, dtype=bool)
        for i, j in _pairs(problem.locked):
            allowed[i, j], has_lock[i] = False, True
            seats[j] -= 1
            wants[i] -= 1
        wants = np.clip(wants, 0, allowed.sum(axis=1))  # locks may go past what was wanted
        allowed[wants == 0] = False
        mentee, mentor = np.nonzero(allowed[np.ix_(rows, columns)])
        points = problem.points[rows[mentee], columns[mentor]]
        most_places = int(min(wants.sum(), seats.sum()))
        # One place more than there are, so that the price of one more seat is right as well.
        worth = int(points.max(initial=0)) * (most_places + 1) + 1
        # Sums along a path and over all places, times the number of nodes by which the engine scales costs.
        if worth * 8 * (n + m + most_places + 2) >= 2**63:
            raise OverflowError("the points are too large for so many people")
        return cls(rows, columns, mentee, mentor, points, seats[columns], wants[rows], has_lock[rows], worth)

    def flow(self) -> NDArray[np.bool_]:
        """The engine's answer: which of the allowed pairs to take."""
        # Here and not above: it is heavy, and only the worker needs it.
        from ortools.graph.python import min_cost_flow

        n, m = len(self.wants), len(self.seats)
        source, sink = n + m, n + m + 1
        first = np.flatnonzero((self.wants > 0) & ~self.has_lock)
        more = self.wants.copy()
        more[first] -= 1
        tails = [self.mentee, np.full(len(first) + n, source), n + np.arange(m)]
        heads = [n + self.mentor, np.concatenate([first, np.arange(n)]), np.full(m, sink)]
        room = [np.ones(len(self.points)), np.ones(len(first)), more, self.seats]
        # The first mentor of anybody outweighs every sum of points; that all places are filled that can be is what
        # a maximum flow is.
        costs = [-self.points, np.full(len(first), -self.worth), np.zeros(n + m)]
        engine = min_cost_flow.SimpleMinCostFlow()
        arcs = engine.add_arcs_with_capacity_and_unit_cost(
            *(np.concatenate(parts).astype(kind) for parts, kind in ((tails, np.int32), (heads, np.int32))),
            *(np.concatenate(parts).astype(np.int64) for parts in (room, costs)),
        )
        total = int(self.wants.sum())
        engine.set_nodes_supplies(np.array([source, sink], dtype=np.int32), np.array([total, -total], dtype=np.int64))
        status = engine.solve_max_flow_with_min_cost()
        if status != engine.OPTIMAL:
            raise NotOptimalError(f"the engine gave up: {status}")
        return engine.flows(arcs[: len(self.points)]) > 0

    def certify(self, chosen: NDArray[np.bool_]) -> Ints:
        """Prove that no assignment is worth more, and return the price of a seat at each mentor."""
        had = np.bincount(self.mentee[chosen], minlength=len(self.wants))
        load = np.bincount(self.mentor[chosen], minlength=len(self.seats))
        if (had > self.wants).any() or (load > self.seats).any():
            raise NotOptimalError("the engine's answer does not fit the seats")
        first, more = np.where(self.has_lock, self.worth, 2 * self.worth), self.worth
        mentee_cost, mentor_cost = self._distances(chosen, had, load)
        price, profit = np.maximum(0, -mentor_cost), mentee_cost
        # Weak duality: for any prices at all, nothing can be worth more than `bound`.
        left = self.points - profit[self.mentee] - price[self.mentor]
        bound = np.maximum(0, left).sum() + (self.seats * price).sum()
        bound += ((self.wants > 0) * np.maximum(0, first + profit)).sum()
        bound += (np.maximum(0, self.wants - 1) * np.maximum(0, more + profit)).sum()
        worth = self.points[chosen].sum() + first[had > 0].sum() + more * np.maximum(0, had - 1).sum()
        if worth != bound:
            raise NotOptimalError(f"duality gap of {int(bound - worth)} points")
        return price

    def _distances(self, chosen: NDArray[np.bool_], had: Ints, load: Ints) -> tuple[Ints, Ints]:
        """Cheapest change of the assignment that ends at each mentee and each mentor (Bellman-Ford).

        A step gives a mentee one more mentor, takes a chosen pair back, or frees a seat that is taken.
        Still falling after as many rounds as there are nodes means a cycle of changes that pays: not optimal.
        """
        far = np.int64(2**62)
        first, more = np.where(self.has_lock, self.worth, 2 * self.worth), self.worth
        start = np.where(had < self.wants, np.where(had == 0, -first, -more), far)
        undo = np.where(had > 1, more, first)  # what giving up a mentor costs
        mentee, mentor = start.copy(), np.where(load > 0, 0, far)
        by_mentor = np.argsort(self.mentor[~chosen], kind="stable")
        tail, head, points = (part[~chosen][by_mentor] for part in (self.mentee, self.mentor, self.points))
        begins = np.flatnonzero(np.diff(head, prepend=-1))
        to = head[begins]
        back_to, back_from, back_points = (part[chosen] for part in (self.mentee, self.mentor, self.points))
        for _ in range(len(had) + len(load) + 2):
            before = mentee.copy(), mentor.copy()
            if len(tail):
                reached = np.where(mentee[tail] < far, mentee[tail] - points, far)
                mentor[to] = np.minimum(mentor[to], np.minimum.reduceat(reached, begins))
            np.minimum.at(mentee, back_to, np.where(mentor[back_from] < far, mentor[back_from] + back_points, far))
            if ((mentee + undo < 0) & (had > 0)).any() or (mentor[load < self.seats] < 0).any():
                raise NotOptimalError("a change of the pairs pays")
            if (before[0] == mentee).all() and (before[1] == mentor).all():
                return mentee, np.minimum(mentor, 0)
        raise NotOptimalError("a cycle of changes pays")


def _check_locks(problem: Problem) -> None:
    n, m = problem.points.shape
    for i, j in [*problem.locked, *problem.forbidden]:
        if not (0 <= i < n and 0 <= j < m):
            raise ValueError(f"no such pair: {i}, {j}")
    forbidden = set(_pairs(problem.forbidden))
    load = np.zeros(m, dtype=np.int64)
    for i, j in _pairs(problem.locked):
        if (i, j) in forbidden:
            raise ValueError(f"locked and forbidden: {problem.name((i, j))}")
        if problem.points[i, j] < 0:
            raise ValueError(f"locked but not eligible: {problem.name((i, j))}")
        load[j] += 1
        if load[j] > problem.capacity[j]:
            raise ValueError(f"locked past the mentor's capacity: {problem.name((i, j))}")


def _pairs(pairs: Sequence[Pair]) -> list[Pair]:
    """Each pair once, in order, as plain integers."""
    return sorted({(int(i), int(j)) for i, j in pairs})


def _order(keys: Sequence[str] | None, count: int) -> Ints:
    return np.array(sorted(range(count), key=None if keys is None else lambda k: keys[k]), dtype=np.int64)


def _best_first(problem: Problem, i: int) -> list[int]:
    rank = np.argsort(_order(problem.mentor_keys, len(problem.capacity)))
    allowed = np.flatnonzero(problem.allowed[i]).tolist()
    return sorted(allowed, key=lambda j: (-problem.points[i, j], rank[j]))
