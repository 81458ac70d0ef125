"""The assignments that are worth as much as a proved one, and the best of them by something else.

By the prices of the proof the best assignments are exactly those that leave what has a price above its worth, fill what
is worth more than its price, and move freely where both are equal. On these free arcs the engine can look for what
comes next in the order of importance, in numbers of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.solver.market import Frame, Market
from matching.solver.problem import Bools, Ints, NotOptimalError


class FreeArcs(NamedTuple):
    """The arcs that may move at equal worth: pairs, arcs that cost nothing, and the mentors whose load is free."""

    pairs: Ints  # positions in the market
    frame: Ints  # positions in the frame, without those of `mentors`
    mentors: Ints
    seats: Ints  # for each of the mentors: the position of its arc to the root in the frame


class Arcs(NamedTuple):
    """Arcs for the engine."""

    tail: Ints
    head: Ints
    room: Ints
    cost: Ints


def free_arcs(market: Market, costs: Ints, frame: Frame) -> FreeArcs:
    """Find what may be used or not: its price equals its worth. `costs` are those of `Market.prove`."""
    pairs = np.flatnonzero(market.value == costs[market.tail] - costs[market.head])
    equal = costs[frame.tail] + frame.cost == costs[frame.head]
    n, m = len(market.wants), len(market.seats)
    of_mentor = (frame.head == market.root) & (frame.tail >= n) & (frame.tail < n + m)
    seats = np.flatnonzero(equal & of_mentor)
    return FreeArcs(pairs, np.flatnonzero(equal & ~of_mentor), frame.tail[seats] - n, seats)


def rearranged(market: Market, chosen: Bools, frame: Frame, free: FreeArcs, cost: Ints, seats: Arcs) -> Bools:
    """Have the engine move what is free to where it costs least; the rest of `chosen` stays.

    `cost` is that of each free pair, `seats` are the arcs from the free mentors to the root.
    """
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 slow library: OR-Tools, which few pages need

    tail, head = market.tail[free.pairs], market.head[free.pairs]
    ends = [
        Arcs(tail, head, np.ones(len(tail), dtype=np.int64), cost),
        Arcs(
            frame.tail[free.frame],
            frame.head[free.frame],
            frame.room[free.frame],
            np.zeros(len(free.frame), dtype=np.int64),
        ),
        seats,
    ]
    tails, heads, rooms, costs = (np.concatenate(parts).astype(np.int64) for parts in zip(*ends, strict=True))
    used = np.concatenate([free.frame, free.seats])
    supply = np.zeros(market.nodes, dtype=np.int64)
    for nodes, sign in ((market.tail, 1), (market.head, -1)):
        supply += sign * np.bincount(nodes[free.pairs], weights=chosen[free.pairs], minlength=market.nodes).astype(int)
    for nodes, sign in ((frame.tail, 1), (frame.head, -1)):
        supply += sign * np.bincount(nodes[used], weights=frame.flow[used], minlength=market.nodes).astype(int)
    engine = min_cost_flow.SimpleMinCostFlow()
    made = engine.add_arcs_with_capacity_and_unit_cost(tails.astype(np.int32), heads.astype(np.int32), rooms, costs)
    engine.set_nodes_supplies(np.arange(market.nodes, dtype=np.int32), supply)
    status = engine.solve()
    if status != engine.OPTIMAL:
        raise NotOptimalError(f"the engine gave up on equal answers: {status}")
    moved = chosen.copy()
    moved[free.pairs] = engine.flows(made[: len(tail)]) > 0
    return moved


def flow_in_turns(market: Market) -> Bools:
    """Return which of the pairs the engine makes, asked twice, where the numbers of one question are too large for it.

    First most people, places and favoured pairs; then, among all answers that are equal in these, the most points.
    """
    first = market.without_points()
    chosen = first.flow()
    frame = first.frame(chosen)
    free = free_arcs(first, first.prove(chosen), frame)
    nothing = np.zeros(len(free.seats), dtype=np.int64)
    seats = Arcs(frame.tail[free.seats], frame.head[free.seats], frame.room[free.seats], nothing)
    return rearranged(first, chosen, frame, free, -market.points[free.pairs], seats)
