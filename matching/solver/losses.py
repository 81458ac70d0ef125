"""Losses of insisting on any pair, by shortest paths through all possible changes.

Insisting sends one unit through the pair, and the cheapest way back makes room for it. By the prices of the proof no
cost on the way is negative. Hardly any change has to be kept for that: by those prices whatever leads away from the
root costs nothing, so a change that costs as much as the way from its beginning to the root is never needed. Where a
market is large, prices leave little room, and next to nothing is kept.

`Losses` are arrays and NumPy alone, so that pages can ask them of what a run stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from matching.solver.dense import blocks_of
from matching.solver.market import FIRST, Market
from matching.solver.problem import Assignment, AssignmentProblem, AssignmentValue, Bools, Ints, pairs_of

FAR = np.int64(2**61)
MOST_ARCS = 400_000  # changes that are kept; a market that needs more has no losses


class Arcs(NamedTuple):
    """Possible changes with their cost by the prices of the proof, which is never negative."""

    start: Ints
    end: Ints
    cost: Ints


@dataclass(frozen=True, eq=False)
class Losses:
    """The prices of a solved market and the changes that can matter. Nodes: mentees, mentors, others, the root last."""

    price: Ints  # by node: the cost of the cheapest change that ends there
    to_root: Ints  # by node: the length of the shortest way to the root
    arcs: Arcs  # sorted by where they start
    worth: int  # what one filled place counts
    tier: int  # what a favoured pair counts; 0 if none is

    def of(self, tail: int, heads: Ints, values: Ints) -> list[AssignmentValue | None]:
        """Return what pairs from one node to others lose; `values` are what the pairs are worth. None if impossible."""
        costs = self.back(tail)[heads] - self.price[heads] + self.price[tail] - values
        return [self._read(cost) if cost < FAR // 4 else None for cost in costs.tolist()]

    def back(self, target: int) -> Ints:
        """The length of the shortest way from every node to one; about `FAR` if there is none. Kept for the next."""
        if target not in self._found:
            if len(self._found) > 64:
                self._found.clear()
            self._found[target] = _shortest_to(target, self.arcs, self._begins, self.to_root)
        return self._found[target]

    def arrays(self) -> dict[str, Ints]:
        """Return all of it as arrays, to be stored."""
        scales = np.array([self.worth, self.tier], dtype=np.int64)
        arcs = dict(zip(("loss_start", "loss_end", "loss_cost"), self.arcs, strict=True))
        return {"loss_price": self.price, "loss_to_root": self.to_root, "loss_scales": scales, **arcs}

    @classmethod
    def from_arrays(cls, kept: Mapping[str, Ints]) -> Losses | None:
        """The losses of stored arrays; None if there are none."""
        if "loss_price" not in kept:
            return None
        worth, tier = kept["loss_scales"].tolist()
        arcs = Arcs(kept["loss_start"], kept["loss_end"], kept["loss_cost"])
        return cls(kept["loss_price"], kept["loss_to_root"], arcs, worth, tier)

    @cached_property
    def _found(self) -> dict[int, Ints]:
        return {}

    @cached_property
    def _begins(self) -> Ints:
        return np.flatnonzero(np.diff(self.arcs.start, prepend=-1))

    def _read(self, cost: int) -> AssignmentValue:
        """Split a cost into people, places, favoured pairs and points; each counts more than all that follow."""
        steps = round(cost / self.worth)
        people = round(steps / FIRST)
        rest = cost - steps * self.worth
        favoured = round(rest / self.tier) if self.tier else 0
        return AssignmentValue(people, steps - FIRST * people, rest - favoured * self.tier, favoured)


@dataclass(frozen=True, eq=False)
class PairCosts:
    """The losses of a solved problem, asked by mentee and mentor."""

    problem: AssignmentProblem
    solution: Assignment

    def of(self, i: int, mentors: Sequence[int]) -> list[AssignmentValue | None]:
        """Return for each mentor what is lost; None if locked pairs or limits make the pair impossible."""
        kept = self.losses
        if kept is None:
            return [None] * len(mentors)
        tails, heads, values, is_open = self._ends(i, np.asarray(mentors, dtype=np.int64))
        found: list[AssignmentValue | None] = [None] * len(mentors)
        for tail in set(tails[is_open].tolist()):
            at = np.flatnonzero(is_open & (tails == tail))
            for where, cost in zip(at.tolist(), kept.of(tail, heads[at], values[at]), strict=True):
                found[where] = cost
        for where, j in enumerate(mentors):
            if (i, j) in self._pairs:
                found[where] = AssignmentValue(0, 0, 0)
        return found

    @cached_property
    def losses(self) -> Losses | None:
        """The losses; None if too many changes can matter."""
        tier = self._market.tier if self.problem.favoured else 0
        return losses_of(self._market, self._chosen, self._costs, self._open_pairs, tier=tier)

    @property
    def nodes(self) -> tuple[Ints, Ints]:
        """The nodes of all mentees and of all mentors; without quotas their pairs leave and arrive there."""
        return self._row_node, len(self.problem.wanted) + self._column_node

    def nodes_of(self, row: int, mentors: Ints) -> tuple[Ints, Ints]:
        """The nodes where pairs of a mentee leave and arrive, if they are open."""
        tails, heads, _, _ = self._ends(row, mentors)
        return tails, heads

    def is_open(self, row: int, mentors: Ints) -> Bools:
        """Mark the pairs of a mentee that could be made at all."""
        return self._ends(row, mentors)[3]

    def _ends(self, i: int, mentors: Ints) -> tuple[Ints, Ints, Ints, Bools]:
        market, m = self._market, len(self.problem.capacity)
        n, row, columns = len(market.wants), self._row_node[i], self._column_node[mentors]
        tails, heads = np.full(len(mentors), row), n + columns
        points = self.problem.points[i, mentors].astype(np.int64)
        values = points + market.tier * self.problem.is_favoured(np.full(len(mentors), i), mentors)
        if not self.problem.quotas:
            is_open = self.problem.allowed[i, mentors] & (market.wants[row] > 0)
            if self.problem.locked:
                is_open &= ~np.isin(i * m + mentors, [a * m + b for a, b in pairs_of(self.problem.locked)])
            return tails, heads, values, is_open
        begins, end = np.searchsorted(market.mentee, [row, row + 1])
        of_pair = dict(zip(market.mentor[begins:end].tolist(), range(begins, end), strict=True))
        at = np.array([of_pair.get(column, -1) for column in columns.tolist()], dtype=np.int64)
        there = at >= 0
        tails[there], heads[there] = market.tail[at[there]], market.head[at[there]]
        return tails, heads, values, there

    @cached_property
    def _market(self) -> Market:
        """With quotas the whole market; else the pairs that are made, as every other one has the same nodes."""
        if self.problem.quotas:
            return Market.of(self.problem)
        made = np.array(self.solution.pairs, dtype=np.int64).reshape(-1, 2)
        return Market.of_pairs(self.problem, made[:, 0], made[:, 1])

    @cached_property
    def _chosen(self) -> Bools:
        return self._made_in(self._market)

    def _made_in(self, market: Market) -> Bools:
        m = len(self.problem.capacity)
        made = np.array([i * m + j for i, j in self.solution.pairs], dtype=np.int64)
        return np.isin(market.rows[market.mentee] * m + market.columns[market.mentor], made)

    @cached_property
    def _costs(self) -> Ints:
        known, market = self.solution.potentials, self._market
        if known is not None and not self.problem.quotas:
            return np.concatenate([known.mentee[market.rows], known.mentor[market.columns], [0]])
        whole = market if self.problem.quotas else Market.of(self.problem)
        return whole.prove(self._made_in(whole))

    @cached_property
    def _pairs(self) -> set[tuple[int, int]]:
        return set(self.solution.pairs)

    @cached_property
    def _row_node(self) -> Ints:
        return np.argsort(self._market.rows)

    @cached_property
    def _column_node(self) -> Ints:
        return np.argsort(self._market.columns)

    def _open_pairs(self) -> Iterator[Arcs]:
        """Every pair that could be made and is not, in blocks, with its cost."""
        market, costs = self._market, self._costs
        if self.problem.quotas:
            out = ~self._chosen
            tail, head = market.tail[out], market.head[out]
            yield Arcs(tail, head, costs[tail] - costs[head] - market.value[out])
            return
        n, m = self.problem.points.shape
        made, done = np.array([*self.problem.locked, *self.solution.pairs], dtype=np.int64).reshape(-1, 2).T
        free = (market.wants > 0)[self._row_node]
        for rows in blocks_of(n, m):
            is_open = self.problem.allowed[rows] & free[rows, None]
            here = (made >= rows.start) & (made < rows.stop)
            is_open[made[here] - rows.start, done[here]] = False
            row, column = np.nonzero(is_open)
            row += rows.start
            value = self.problem.points[row, column] + market.tier * self.problem.is_favoured(row, column)
            tail, head = self._row_node[row], n + self._column_node[column]
            yield Arcs(tail, head, costs[tail] - costs[head] - value)


def losses_of(
    market: Market, chosen: Bools, costs: Ints, open_pairs: Callable[[], Iterator[Arcs]], *, tier: int
) -> Losses | None:
    """Keep the changes that can matter; None if they are too many. Goes through all open pairs twice."""
    fixed = _fixed_arcs(market, chosen, costs)
    to_root = _to_root(fixed, np.full(market.nodes, FAR), market.root)
    nearer, free, count = to_root.copy(), [_only(fixed, fixed.cost == 0)], 0
    for some in open_pairs():
        np.minimum.at(nearer, some.start, np.minimum(to_root[some.end], FAR // 2) + some.cost)
        free.append(_only(some, some.cost == 0))
        count += len(free[-1].start)
        if count > 10 * MOST_ARCS:
            return None
    reached, tree = _reached_for_nothing(_joined(free), market.nodes, market.root)
    to_root = _to_root(fixed, nearer, market.root)
    # Nothing leads on from a mentor without mentees but to the root, and that is known.
    n, m = len(market.wants), len(market.seats)
    ends_there = np.zeros(market.nodes, dtype=bool)
    ends_there[n : n + m] = np.bincount(market.mentor[chosen], minlength=m) == 0
    kept, count = [fixed, tree], 0
    for some in open_pairs():
        one = _only(some, (some.cost < to_root[some.start]) | ~(reached | ends_there)[some.end])
        kept.append(one)
        count += len(one.start)
        if count > 10 * MOST_ARCS:
            return None
    every = _joined(kept)
    to_root = _to_root(every, to_root, market.root)
    matters = (every.cost < to_root[every.start]) | ~reached[every.end]
    matters[: len(fixed.start) + len(tree.start)] = True
    every = _only(every, matters & ~ends_there[every.end])
    if len(every.start) > MOST_ARCS:
        return None
    order = np.argsort(every.start, kind="stable")
    return Losses(costs, to_root, _only(every, order), market.worth, tier)


def _fixed_arcs(market: Market, chosen: Bools, costs: Ints) -> Arcs:
    """The changes that are no new pairs: taking back a pair, and what is between mentees, quotas, mentors and root."""
    frame = market.frame(chosen)
    more, less = frame.flow < frame.room, frame.flow > 0
    start = np.concatenate([market.head[chosen], frame.tail[more], frame.head[less]])
    end = np.concatenate([market.tail[chosen], frame.head[more], frame.tail[less]])
    cost = np.concatenate([market.value[chosen], frame.cost[more], -frame.cost[less]])
    return Arcs(start, end, cost + costs[start] - costs[end])


def _to_root(arcs: Arcs, known: Ints, root: int) -> Ints:
    """The shortest ways to the root by these changes, where `known` are as long at most."""
    distance = known.copy()
    distance[root] = 0
    while True:
        before = distance.copy()
        np.minimum.at(distance, arcs.start, np.minimum(distance[arcs.end], FAR // 2) + arcs.cost)
        distance[distance >= FAR // 2] = FAR
        if (before == distance).all():
            return distance


def _reached_for_nothing(free: Arcs, nodes: int, root: int) -> tuple[Bools, Arcs]:
    """Where changes lead from the root at no cost, and a tree of them."""
    reached = np.zeros(nodes, dtype=bool)
    reached[root] = True
    tree: list[Arcs] = [_only(free, np.zeros(len(free.start), dtype=bool))]
    while True:
        at = np.flatnonzero(reached[free.start] & ~reached[free.end])
        if not len(at):
            return reached, _joined(tree)
        _, first = np.unique(free.end[at], return_index=True)
        tree.append(_only(free, at[first]))
        reached[free.end[at]] = True


def _shortest_to(target: int, arcs: Arcs, begins: Ints, to_root: Ints) -> Ints:
    """The shortest ways from every node to one (Bellman-Ford over what was kept, with a step to the root from all)."""
    distance = np.full(len(to_root), FAR)
    distance[target] = 0
    starts = arcs.start[begins]
    by_root = np.minimum(to_root, FAR // 2)
    while True:
        before = distance.copy()
        if len(begins):
            ways = np.minimum.reduceat(np.minimum(distance[arcs.end], FAR // 2) + arcs.cost, begins)
            distance[starts] = np.minimum(distance[starts], ways)
        np.minimum(distance, by_root + min(int(distance[-1]), int(FAR // 2)), out=distance)
        distance[distance >= FAR // 2] = FAR
        if (before == distance).all():
            return distance


def _only(arcs: Arcs, which: Ints | Bools) -> Arcs:
    return Arcs(arcs.start[which], arcs.end[which], arcs.cost[which])


def _joined(parts: Sequence[Arcs]) -> Arcs:
    return Arcs(*(np.concatenate(one) for one in zip(*parts, strict=True)))
