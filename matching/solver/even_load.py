"""Of all the assignments that are equally good, take one with even loads, and prove that none is more even.

By the prices of the proof the best assignments are exactly those that leave what has a price above its worth, fill what
is worth more than its price, and move freely where both are equal. On what may move, the first mentee of a mentor
costs 1, the second 2 and so on (locked pairs and earlier matches count), so the sum is least where loads are even. That
is a flow with convex costs in small whole numbers; its own prices prove that no change of equal worth is more even.
A capacity is a limit, not an aim.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.solver.market import Frame, Market
from matching.solver.problem import Bools, Ints, NotOptimalError


class EvenLoad(NamedTuple):
    """The most even of the best answers, with the prices that prove it: by node, in steps of load."""

    chosen: Bools
    prices: Ints


class _Arcs(NamedTuple):
    """The arcs that may move at equal worth: pairs, arcs that cost nothing, and the mentors whose load is free."""

    pairs: Ints  # positions in the market
    frame: Ints  # positions in the frame, without those of `mentors`
    mentors: Ints
    seats: Ints  # for each of the mentors: the position of its arc to the root in the frame


def even_out(market: Market, chosen: Bools, costs: Ints, base: Ints) -> EvenLoad | None:
    """Return the most even answer of those worth as much as `chosen`; None if no change at all could be more even.

    `costs` are those of `Market.prove`, `base` is how many mentees each mentor has anyway, in the order of the market.
    Raises NotOptimalError if the engine's answer is not proved.
    """
    frame = market.frame(chosen)
    free = _free_arcs(market, costs, frame)
    load = base[free.mentors] + frame.flow[free.seats]
    room = frame.flow[free.seats] < frame.room[free.seats]
    lent = frame.flow[free.seats] > 0
    if not room.any() or not lent.any() or load[lent].max() <= load[room].min() + 1:
        return None  # moving one mentee from the fullest to the emptiest would not make it more even
    moved = _flow(market, chosen, frame, free, base)
    market.check(moved, costs)
    return EvenLoad(moved, _prove(market, moved, free, base))


def _free_arcs(market: Market, costs: Ints, frame: Frame) -> _Arcs:
    """Find what may be used or not: its price equals its worth."""
    pairs = np.flatnonzero(market.value == costs[market.tail] - costs[market.head])
    equal = costs[frame.tail] + frame.cost == costs[frame.head]
    n, m = len(market.wants), len(market.seats)
    of_mentor = (frame.head == market.root) & (frame.tail >= n) & (frame.tail < n + m)
    seats = np.flatnonzero(equal & of_mentor)
    return _Arcs(pairs, np.flatnonzero(equal & ~of_mentor), frame.tail[seats] - n, seats)


def _flow(market: Market, chosen: Bools, frame: Frame, free: _Arcs, base: Ints) -> Bools:
    """Have the engine find the most even flow through what is free; the rest stays."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 slow library: OR-Tools, which few pages need

    n = len(market.wants)
    tail, head = market.tail[free.pairs], market.head[free.pairs]
    # No mentor can get more than can move there, so no more seats are worth an arc each.
    more = np.bincount(head, minlength=market.nodes) + np.bincount(
        frame.head[free.frame], weights=frame.room[free.frame], minlength=market.nodes
    ).astype(np.int64)
    most = np.minimum(frame.room[free.seats], frame.flow[free.seats] + more[n + free.mentors])
    step = np.arange(int(most.sum())) - np.repeat(np.cumsum(most) - most, most) + 1
    mentors = np.repeat(free.mentors, most)
    ends = [
        (tail, head, np.ones(len(tail)), np.zeros(len(tail))),
        (frame.tail[free.frame], frame.head[free.frame], frame.room[free.frame], np.zeros(len(free.frame))),
        (n + mentors, np.full(len(mentors), market.root), np.ones(len(mentors)), base[mentors] + step),
    ]
    tails, heads, rooms, steps = (np.concatenate(parts).astype(np.int64) for parts in zip(*ends, strict=True))
    used = np.concatenate([free.frame, free.seats])
    supply = np.zeros(market.nodes, dtype=np.int64)
    for nodes, sign in ((market.tail, 1), (market.head, -1)):
        supply += sign * np.bincount(nodes[free.pairs], weights=chosen[free.pairs], minlength=market.nodes).astype(int)
    for nodes, sign in ((frame.tail, 1), (frame.head, -1)):
        supply += sign * np.bincount(nodes[used], weights=frame.flow[used], minlength=market.nodes).astype(int)
    engine = min_cost_flow.SimpleMinCostFlow()
    made = engine.add_arcs_with_capacity_and_unit_cost(tails.astype(np.int32), heads.astype(np.int32), rooms, steps)
    engine.set_nodes_supplies(np.arange(market.nodes, dtype=np.int32), supply)
    status = engine.solve()
    if status != engine.OPTIMAL:
        raise NotOptimalError(f"the engine gave up on even loads: {status}")
    moved = chosen.copy()
    moved[free.pairs] = engine.flows(made[: len(tail)]) > 0
    return moved


def _prove(market: Market, chosen: Bools, free: _Arcs, base: Ints) -> Ints:
    """Return prices by which no free change makes the loads more even. Raises NotOptimalError if one does."""
    frame, n = market.frame(chosen), len(market.wants)
    taken = chosen[free.pairs]
    tail, head = market.tail[free.pairs], market.head[free.pairs]
    flow, room = frame.flow[free.seats], frame.room[free.seats]
    load = base[free.mentors] + flow
    other = Frame(*(part[free.frame] for part in frame))
    more, less = other.flow < other.room, other.flow > 0
    up, down = flow < room, flow > 0
    mentors, root = n + free.mentors, np.full(len(free.mentors), market.root)
    start = [tail[~taken], head[taken], other.tail[more], other.head[less], mentors[up], root[down]]
    end = [head[~taken], tail[taken], other.head[more], other.tail[less], root[up], mentors[down]]
    starts, ends = np.concatenate(start), np.concatenate(end)
    steps = np.concatenate([load[up] + 1, -load[down]])
    cost = np.concatenate([np.zeros(len(starts) - len(steps), dtype=np.int64), steps])
    prices = np.zeros(market.nodes, dtype=np.int64)
    for _ in range(market.nodes + 2):
        before = prices.copy()
        np.minimum.at(prices, ends, prices[starts] + cost)
        if (before == prices).all():
            break
    if (prices[ends] > prices[starts] + cost).any():
        raise NotOptimalError("a change of the loads pays")
    return prices
