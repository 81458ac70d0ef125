"""The problem as a flow, solved by an engine that is not trusted, and the proof that nothing beats its answer.

Nodes: mentees, mentors, one for each quota of each owner, and the root, where every place begins and ends:
root → mentee (first mentor, further ones) → [the mentee's quotas] → [the mentor's quotas] → mentor → root.
A circulation is the best one exactly if no cycle of changes pays, and then the shortest distances from the root are
prices that prove it: the value of the pairs equals, to the last point, what the prices say nothing can exceed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from matching.solver.problem import (
    AssignmentProblem,
    Bools,
    Edges,
    Ints,
    NotOptimalError,
    PairIndex,
    PairQuota,
    order_of,
    pairs_of,
)
from matching.solver.quotas import QuotaArcs, quota_nodes

FAR = np.int64(2**61)
ENGINE_MOST = 2**62  # no number of the engine may reach this
FIRST = 3  # what a first mentor counts beside its place, in places: any change can then be read from its cost


class Frame(NamedTuple):
    """The arcs that are no pairs: capacity, cost, and how much of each the chosen pairs use."""

    tail: Ints
    head: Ints
    room: Ints
    cost: Ints
    flow: Ints


@dataclass(frozen=True, eq=False)
class Market:
    """The problem without locked pairs, in the order of the keys."""

    rows: Ints  # position here -> row of the problem
    columns: Ints
    mentee: Ints  # the pairs that may be made, by mentee and then mentor
    mentor: Ints
    points: Ints
    value: Ints  # points, and `tier` more if the pair is favoured
    tail: Ints  # the node where each pair leaves the mentee's side
    head: Ints
    seats: Ints
    wants: Ints
    has_lock: Bools
    sides: QuotaArcs
    tier: int  # what a favoured pair counts: more than all points together
    worth: int  # what one filled place counts: more than all values together

    @classmethod
    def of(cls, problem: AssignmentProblem) -> Market:
        """The market of all pairs that the problem allows."""
        mentee, mentor = np.nonzero(problem.allowed)
        return cls.of_pairs(problem, mentee, mentor)

    @classmethod
    def of_pairs(cls, problem: AssignmentProblem, mentee: Ints, mentor: Ints) -> Market:
        """Only these of the pairs that the problem allows."""
        return build(
            Edges(mentee, mentor, problem.points[mentee, mentor].astype(np.int64)),
            problem.is_favoured(mentee, mentor),
            capacity=problem.capacity,
            wanted=problem.wanted,
            locked=pairs_of(problem.locked),
            quotas=problem.quotas,
            most=int(problem.points.max(initial=0)),
            any_favoured=bool(problem.favoured),
            rows=order_of(problem.mentee_keys, len(problem.wanted)),
            columns=order_of(problem.mentor_keys, len(problem.capacity)),
        )

    @classmethod
    def of_edges(
        cls,
        edges: Edges,
        capacity: Ints,
        wanted: Ints,
        *,
        locked: Sequence[PairIndex] = (),
        most: int,
        favoured: Bools | None = None,
        quotas: Sequence[PairQuota] = (),
    ) -> Market:
        """The market of these pairs alone, by their numbers; without `favoured` none goes before points."""
        return build(
            edges,
            np.zeros(len(edges.row), dtype=bool) if favoured is None else favoured,
            capacity=capacity,
            wanted=wanted,
            locked=locked,
            quotas=quotas,
            most=most,
            any_favoured=favoured is not None,
            rows=np.arange(len(wanted)),
            columns=np.arange(len(capacity)),
        )

    @property
    def root(self) -> int:
        return self.nodes - 1

    @cached_property
    def nodes(self) -> int:
        n, m = len(self.wants), len(self.seats)
        return max(n + m, int(max(self.sides.tail.max(initial=0), self.sides.head.max(initial=0))) + 1) + 1

    # --- the engine ---

    @property
    def fits_engine(self) -> bool:
        """Whether the engine can be asked at once: it multiplies costs by the number of nodes."""
        return bool(int(self.worth) * (FIRST + 1) * 4 * self.nodes < ENGINE_MOST)

    def without_points(self) -> Market:
        """A market with these pairs in which only people, places and favoured pairs count, in small numbers."""
        places = int(min(self.wants.sum(), np.clip(self.seats, 0, len(self.wants)).sum()))
        tier, worth = _scales(0, places, any_favoured=True)
        return replace(self, value=(self.value > self.points).astype(np.int64), tier=tier, worth=worth)

    def flow(self) -> Bools:
        """Return which of the pairs the engine makes."""
        # Imported late: it is slow to load, and only the worker needs it.
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 slow library: OR-Tools, which few pages need

        n, m = len(self.wants), len(self.seats)
        supply = np.zeros(self.nodes, dtype=np.int64)
        supply[n : n + m] = -self.seats
        arcs = [(self.tail, self.head, np.ones(len(self.tail), dtype=np.int64), -self.value)]
        arcs.append((self.sides.tail, self.sides.head, self.sides.room, np.zeros(len(self.sides.tail), dtype=np.int64)))
        if (self.wants <= 1).all() and not (self.has_lock & (self.wants > 0)).any():
            supply[:n] = self.wants  # every place is a first mentor: a maximum flow matches the most
        else:
            supply[self.root] = self.wants.sum()
            first = (self.wants > 0) & ~self.has_lock
            for room, cost in ((first.astype(np.int64), -FIRST * self.worth), (self.wants - first, 0)):
                to = np.flatnonzero(room)
                arcs.append((np.full(len(to), self.root), to, room[to], np.full(len(to), cost)))
        tails, heads, rooms, costs = (np.concatenate(parts) for parts in zip(*arcs, strict=True))
        engine = min_cost_flow.SimpleMinCostFlow()
        made = engine.add_arcs_with_capacity_and_unit_cost(
            tails.astype(np.int32), heads.astype(np.int32), rooms.astype(np.int64), costs.astype(np.int64)
        )
        engine.set_nodes_supplies(np.arange(self.nodes, dtype=np.int32), supply)
        status = engine.solve_max_flow_with_min_cost()
        if status != engine.OPTIMAL:
            raise NotOptimalError(f"the engine gave up: {status}")
        return engine.flows(made[: len(self.tail)]) > 0

    # --- the proof ---

    def certify(self, chosen: Bools) -> Ints:
        """Prove that no assignment is worth more; returns the price of a seat at each mentor."""
        return self.prices(self.prove(chosen))

    def prices(self, costs: Ints) -> Ints:
        n, m = len(self.wants), len(self.seats)
        return np.maximum(0, -costs[n : n + m])

    def prove(self, chosen: Bools) -> Ints:
        """Return the cost of the cheapest change that ends at each node.

        Raises NotOptimalError if a cycle of changes gains.
        """
        arcs = self.frame(chosen)
        _check_fits(arcs)
        distance = self._distances(chosen, *arcs)
        self.check(chosen, distance)
        return distance

    def check(self, chosen: Bools, distance: Ints) -> None:
        """Check by weak duality: for any prices at all, nothing can be worth more than `bound`.

        Raises NotOptimalError if the chosen pairs are worth less.
        """
        arcs = self.frame(chosen)
        _check_fits(arcs)
        tails, heads, rooms, costs, flows = arcs
        over = np.maximum(0, self.value - distance[self.tail] + distance[self.head])
        frame = np.maximum(0, distance[heads] - distance[tails] - costs)
        bound = _sum(over) + _sum(frame, rooms)
        worth = _sum(self.value[chosen]) - _sum(costs, flows)
        if worth != bound:
            raise NotOptimalError(f"duality gap of {bound - worth} points")

    def frame(self, chosen: Bools) -> Frame:
        """Return every arc that is not a pair, those from mentors to the root among them, in an order that stays."""
        n, m = len(self.wants), len(self.seats)
        had = np.bincount(self.mentee[chosen], minlength=n)
        load = np.bincount(self.mentor[chosen], minlength=m)
        some = np.flatnonzero(self.wants > 0)
        first = np.where(self.has_lock, 0, 1)[some]
        took_first = np.minimum(had[some], first)
        root = np.full(len(some), self.root)
        mentors = n + np.arange(m)
        parts = [
            (root, some, first, np.full(len(some), -(FIRST + 1) * self.worth), took_first),
            (root, some, self.wants[some] - first, np.full(len(some), -self.worth), had[some] - took_first),
            (mentors, np.full(m, self.root), self.seats, np.zeros(m, dtype=np.int64), load),
            (
                self.sides.tail,
                self.sides.head,
                self.sides.room,
                np.zeros(len(self.sides.tail), dtype=np.int64),
                self._side_flows(chosen),
            ),
        ]
        return Frame(*(np.concatenate(p).astype(np.int64) for p in zip(*parts, strict=True)))

    def _side_flows(self, chosen: Bools) -> Ints:
        """Return the flow through each quota: its own pairs and those of the quotas nested in it."""
        through = np.bincount(np.concatenate([self.tail[chosen], self.head[chosen]]), minlength=self.nodes)
        flows = np.zeros(len(self.sides.tail), dtype=np.int64)
        # Inner quotas come first, so what they pass on is known when the outer one is counted.
        for at, inner in enumerate(self.sides.inner.tolist()):
            flows[at] = through[inner]
            outer = self.sides.head[at] if inner == self.sides.tail[at] else self.sides.tail[at]
            through[outer] += through[inner]
        return flows

    def _distances(self, chosen: Bools, tails: Ints, heads: Ints, rooms: Ints, costs: Ints, flows: Ints) -> Ints:
        """Return the shortest distances from the root over all possible changes (Bellman-Ford, all arcs at once).

        Distances that still fall after as many rounds as there are nodes mean a cycle that gains: not optimal.
        """
        from scipy import sparse  # noqa: PLC0415 slow library: SciPy, which only the worker needs

        more, less = flows < rooms, flows > 0
        open_pairs = np.flatnonzero(~chosen)
        # Compressing by columns is a sort that takes one pass.
        ends = (self.tail[open_pairs], self.head[open_pairs])
        by_head = open_pairs[sparse.coo_array((np.arange(len(open_pairs)), ends), shape=(self.nodes,) * 2).tocsc().data]
        tail, head, value = (part[by_head] for part in (self.tail, self.head, self.value))
        begins = np.flatnonzero(np.diff(head, prepend=-1))
        to = head[begins]
        small_tail = np.concatenate([tails[more], heads[less], self.head[chosen]])
        small_head = np.concatenate([heads[more], tails[less], self.tail[chosen]])
        small_cost = np.concatenate([costs[more], -costs[less], self.value[chosen]])
        distance = np.full(self.nodes, FAR, dtype=np.int64)
        distance[self.root] = 0
        changed = np.ones(self.nodes, dtype=bool)
        for _ in range(self.nodes + 2):
            before = distance.copy()
            np.minimum.at(distance, small_head, distance[small_tail] + small_cost)
            fell = changed | (distance < before)
            if fell.sum() * 4 > self.nodes:
                if len(tail):
                    distance[to] = np.minimum(distance[to], np.minimum.reduceat(distance[tail] - value, begins))
            else:  # late rounds move few: only what starts at these is looked at
                at = np.flatnonzero(fell[tail])
                np.minimum.at(distance, head[at], distance[tail[at]] - value[at])
            distance[distance > FAR // 2] = FAR
            changed = distance < before
            if distance[self.root] < 0:
                raise NotOptimalError("a change of the pairs pays")
            if not changed.any():
                return self._with_edges(distance)
        raise NotOptimalError("a cycle of changes pays")

    def _with_edges(self, distance: Ints) -> Ints:
        """Return the distances with those of seats that nobody needs and of nodes that no change reaches."""
        n, m = len(self.wants), len(self.seats)
        distance[n : n + m] = np.minimum(distance[n : n + m], 0)  # a seat that nobody needs is free
        # What no change reaches: nothing enters there, so the price that lets nothing leave it is right.
        reached = distance[distance < FAR]
        distance[distance == FAR] = int(reached.max()) + int(self.value.max(initial=0)) + 1
        return distance


def _check_fits(arcs: Frame) -> None:
    if (arcs.flow > arcs.room).any() or (arcs.flow < 0).any():
        raise NotOptimalError("the engine's answer does not fit the seats")


def _sum(numbers: Ints, times: Ints | None = None) -> int:
    """Return the exact weighted sum of large integers, by halves that can't overflow if the whole could."""
    halves = numbers >> 31, numbers & (2**31 - 1)
    high, low = (int(half.sum() if times is None else half @ times) for half in halves)
    return (high << 31) + low


def build(
    edges: Edges,
    favoured: Bools,
    *,
    capacity: Ints,
    wanted: Ints,
    locked: Sequence[PairIndex],
    quotas: Sequence[PairQuota] = (),
    most: int,
    any_favoured: bool = False,
    rows: Ints,
    columns: Ints,
) -> Market:
    """Build a market of these pairs; `most` is the highest number of points of any pair at all."""
    mentee, mentor, points = edges
    n, m = len(wanted), len(capacity)
    row_at, column_at = np.argsort(rows), np.argsort(columns)
    seats, wants, has_lock, open_pair = _without_locked(mentee, mentor, capacity, wanted, locked)
    tail, head, sides = quota_nodes(mentee, mentor, open_pair, quotas, locked, n, m, row_at, column_at)
    kept = _in_order(open_pair, row_at[mentee], column_at[mentor])
    mentee, mentor, points, tail, head = (part[kept] for part in (mentee, mentor, points, tail, head))
    favoured = favoured[kept]
    places = int(min(np.clip(wants, 0, m).sum(), np.clip(seats, 0, n).sum()))
    tier, worth = _scales(most, places, any_favoured=any_favoured)
    return Market(
        rows=rows,
        columns=columns,
        mentee=row_at[mentee],
        mentor=column_at[mentor],
        points=points,
        value=points + tier * favoured,
        tail=tail,
        head=head,
        seats=seats[columns],
        wants=np.clip(wants, 0, None)[rows],
        has_lock=has_lock[rows],
        sides=sides,
        tier=tier,
        worth=worth,
    )


def _in_order(chosen: Bools, row: Ints, column: Ints) -> Ints:
    """The indices of the chosen pairs, sorted by row and then by column."""
    at = np.flatnonzero(chosen)
    return at[np.lexsort((column[at], row[at]))]


def _without_locked(
    mentee: Ints, mentor: Ints, capacity: Ints, wanted: Ints, locked: Sequence[PairIndex]
) -> tuple[Ints, Ints, Bools, Bools]:
    """Set locked pairs aside; return the seats and wishes that are left, who has a lock, and which pairs are open."""
    seats, wants = capacity.copy(), wanted.copy()
    has_lock = np.zeros(len(wanted), dtype=bool)
    open_pair = np.ones(len(mentee), dtype=bool)
    if locked:
        lock_i, lock_j = np.array(locked, dtype=np.int64).T
        np.subtract.at(seats, lock_j, 1)
        np.subtract.at(wants, lock_i, 1)
        has_lock[lock_i] = True
        open_pair &= ~np.isin(mentee * len(capacity) + mentor, lock_i * len(capacity) + lock_j)
    return seats, wants, has_lock, open_pair & (wants > 0)[mentee]


def _scales(most: int, places: int, *, any_favoured: bool) -> tuple[int, int]:
    """Return what a favoured pair and what a filled place count. Raises OverflowError."""
    tier = 2 * most * (places + 2) + 1
    worth = 2 * (most + tier * any_favoured) * (places + 2) + 1
    # A path goes through the root once, so no price is more than some times what a first mentor counts. With favoured
    # pairs and points of a million that is enough for 90,000 places.
    if worth * (FIRST + 1) * 4 >= 2**59:
        raise OverflowError("the points are too large for so many people")
    return tier, worth
