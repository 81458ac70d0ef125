"""Find the best assignment; prune a large market first and prove that the pruned pairs do not matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.solver.market import Market
from matching.solver.problem import Assignment, AssignmentProblem, Bools, Edges, Ints, PairIndex, order_of, pairs_of

KEEP = 50  # pairs of each mentee to begin with
FEW = 32  # the same if every pair is at hand and each mentor's best count as well: most markets need no second round
ADD = 12  # pairs of each mentee that are added at once if left-out ones could help
PRUNE_FROM = 20_000  # allowed pairs; below, the whole market is solved as fast


def solve(problem: AssignmentProblem, *, keep: int = FEW, prune_from: int = PRUNE_FROM) -> Assignment:
    """Find the best assignment. Raises `NotOptimalError` rather than return one that is not proved."""
    if problem.quotas or np.count_nonzero(problem.allowed) < prune_from or problem.favoured:
        market = Market.of(problem)
        chosen, costs = _answer(market)
        free = zip(
            market.rows[market.mentee[chosen]].tolist(), market.columns[market.mentor[chosen]].tolist(), strict=True
        )
        prices = np.zeros(len(problem.capacity), dtype=np.int64)
        prices[market.columns] = market.prices(costs)
        return _solution(problem, tuple(sorted({*free, *pairs_of(problem.locked)})), prices, market.worth, rounds=1)
    rows, columns = (
        order_of(problem.mentee_keys, len(problem.wanted)),
        order_of(problem.mentor_keys, len(problem.capacity)),
    )
    source = Dense(_in_order(np.where(problem.allowed, problem.points, -1), rows, columns))
    row_at, column_at = np.argsort(rows), np.argsort(columns)
    found = solve_pruned(
        source,
        problem.capacity[columns],
        problem.wanted[rows],
        locked=[(int(row_at[i]), int(column_at[j])) for i, j in pairs_of(problem.locked)],
        keep=keep,
    )
    pairs = tuple(sorted((int(rows[i]), int(columns[j])) for i, j in zip(found.row, found.column, strict=True)))
    # The proof holds for every pair of the problem, so these prices are those of the whole market.
    prices = np.zeros(len(columns), dtype=np.int64)
    prices[columns] = found.prices
    return _solution(problem, pairs, prices, found.worth, rounds=found.rounds)


@dataclass(frozen=True, eq=False)
class Pruned:
    """A solution over every pair of a market, found by solving a part of them."""

    row: Ints
    column: Ints
    points: Ints
    profits: Ints
    prices: Ints
    worth: int  # what one filled place counts in the prices
    rounds: int
    edges: int
    certified: bool

    @property
    def matched(self) -> int:
        return len(np.unique(self.row))

    @property
    def total_points(self) -> int:
        return int(self.points.sum())


def solve_pruned(
    source: Dense, capacity: Ints, wanted: Ints, *, locked: Sequence[PairIndex] = (), keep: int = KEEP, add: int = ADD
) -> Pruned:
    """Solve with the best pairs of each mentee, then add left-out pairs that could help, until none could."""
    n, m = len(wanted), len(capacity)
    edges = source.best(keep)
    rounds = 0
    while True:
        rounds += 1
        market = Market.of_edges(edges, capacity, wanted, locked=locked, most=source.most)
        chosen, costs = _answer(market)
        profits = np.where(market.wants > 0, costs[:n], 2**60)
        # Pairs that are made may still look better than their price: room beyond them is asked for.
        missing = source.better(profits, market.prices(costs), add + int(market.wants.max(initial=0)))
        missing = _without(missing, edges, locked, m)
        if not len(missing.row):
            break
        edges = Edges(*(np.concatenate(parts) for parts in zip(edges, missing, strict=True)))
    made = Edges(market.mentee[chosen], market.mentor[chosen], market.points[chosen])
    pairs = Edges(*(np.concatenate(parts) for parts in zip(made, _locked_edges(edges, locked), strict=True)))
    return Pruned(
        row=pairs.row,
        column=pairs.column,
        points=pairs.points,
        profits=profits,
        prices=market.prices(costs),
        worth=market.worth,
        rounds=rounds,
        edges=len(edges.row),
        certified=True,
    )


def _locked_edges(edges: Edges, locked: Sequence[PairIndex]) -> Edges:
    """The locked pairs with their points, 0 if they are not among the edges."""
    lock_i, lock_j = np.array(locked, dtype=np.int64).reshape(-1, 2).T
    at = {(int(i), int(j)): int(p) for i, j, p in zip(*edges, strict=True)} if locked else {}
    points = [at.get((int(i), int(j)), 0) for i, j in zip(lock_i, lock_j, strict=True)]
    return Edges(lock_i, lock_j, np.array(points, dtype=np.int64))


def _without(found: Edges, edges: Edges, locked: Sequence[PairIndex], m: int) -> Edges:
    """Keep the pairs that are not in the market yet."""
    known = np.concatenate([edges.row * m + edges.column, np.array([i * m + j for i, j in locked], dtype=np.int64)])
    known.sort()
    keys = found.row * m + found.column
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    new = known[at] != keys if len(known) else np.ones(len(keys), dtype=bool)
    return Edges(*(part[new] for part in found))


@dataclass(frozen=True, eq=False)
class Dense:
    """Every pair as a matrix, points below 0 if it may not be made."""

    points: Ints

    @property
    def most(self) -> int:
        return int(self.points.max(initial=0))

    @cached_property
    def _worth(self) -> Ints:
        """The points, so few if a pair may not be made that no profit is lower."""
        return np.where(self.points >= 0, self.points, -(2**61))

    def best(self, keep: int) -> Edges:
        n, m = self.points.shape
        some = np.zeros(self.points.shape, dtype=bool)
        for side, count in ((1, min(keep, m)), (0, min(keep, n))):
            if count:
                kth = self.points.shape[side] - count
                some |= self.points >= np.partition(self.points, kth, axis=side).take([kth], axis=side)
        some &= self.points >= 0
        row, column = np.divmod(np.flatnonzero(some), max(m, 1))
        return Edges(row, column, self.points[row, column])

    def better(self, profits: Ints, prices: Ints, add: int) -> Edges:
        gain = self._worth - prices
        # Few rows have any, so only these are examined.
        rows = np.flatnonzero(gain.max(axis=1, initial=-(2**62)) > profits)
        gain = gain[rows] - profits[rows, None]
        helps = gain > 0
        crowded = np.flatnonzero(helps.sum(axis=1) > add)
        if len(crowded):
            kth = np.partition(gain[crowded], gain.shape[1] - add, axis=1)[:, -add]
            helps[crowded] &= gain[crowded] >= kth[:, None]
        row, column = np.nonzero(helps)
        return Edges(rows[row], column, self.points[rows[row], column])


def _in_order(points: Ints, rows: Ints, columns: Ints) -> Ints:
    """Put rows and columns in the order of the keys; copies only if that order differs."""
    same = [(np.diff(order) > 0).all() for order in (rows, columns)]
    return points if all(same) else points[np.ix_(rows, columns)]


def _answer(market: Market) -> tuple[Bools, Ints]:
    chosen = market.flow() if len(market.points) else np.zeros(0, dtype=bool)
    return chosen, market.prove(chosen)


def _solution(
    problem: AssignmentProblem, pairs: tuple[PairIndex, ...], prices: Ints, worth: int, *, rounds: int
) -> Assignment:
    has_mentor = {i for i, _ in pairs}
    return Assignment(
        pairs=pairs,
        value=problem.value_of(pairs),
        unmatched=tuple(i for i, wanted in enumerate(problem.wanted.tolist()) if wanted and i not in has_mentor),
        prices=prices,
        place_worth=worth,
        certified=True,
        rounds=rounds,
    )
