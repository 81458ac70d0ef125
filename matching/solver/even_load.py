"""Of all the assignments that are equally good, take one with even loads, and prove that none is more even.

On the arcs that may move at equal worth, the first mentee of a mentor costs 1, the second 2 and so on (locked pairs and
earlier matches count), so the sum is least where loads are even. That is a flow with convex costs in small whole
numbers; its own prices prove that no change of equal worth is more even.
A capacity is a limit, not an aim.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.solver.equal_worth import Arcs, FreeArcs, free_arcs, rearranged
from matching.solver.market import Frame, Market
from matching.solver.problem import Bools, Ints, NotOptimalError


class EvenLoad(NamedTuple):
    """The most even of the best answers, with the prices that prove it: by node, in steps of load."""

    chosen: Bools
    prices: Ints


def even_out(market: Market, chosen: Bools, costs: Ints, base: Ints) -> EvenLoad | None:
    """Return the most even answer of those worth as much as `chosen`; None if no change at all could be more even.

    `costs` are those of `Market.prove`, `base` is how many mentees each mentor has anyway, in the order of the market.
    Raises NotOptimalError if the engine's answer is not proved.
    """
    frame = market.frame(chosen)
    free = free_arcs(market, costs, frame)
    load = base[free.mentors] + frame.flow[free.seats]
    room = frame.flow[free.seats] < frame.room[free.seats]
    lent = frame.flow[free.seats] > 0
    if not room.any() or not lent.any() or load[lent].max() <= load[room].min() + 1:
        return None  # moving one mentee from the fullest to the emptiest would not make it more even
    moved = _flow(market, chosen, frame, free, base)
    market.check(moved, costs)
    return EvenLoad(moved, _prove(market, moved, free, base))


def _flow(market: Market, chosen: Bools, frame: Frame, free: FreeArcs, base: Ints) -> Bools:
    """Have the engine find the most even flow through what is free; the rest stays."""
    n, head = len(market.wants), market.head[free.pairs]
    # No mentor can get more than can move there, so no more seats are worth an arc each.
    more = np.bincount(head, minlength=market.nodes) + np.bincount(
        frame.head[free.frame], weights=frame.room[free.frame], minlength=market.nodes
    ).astype(np.int64)
    most = np.minimum(frame.room[free.seats], frame.flow[free.seats] + more[n + free.mentors])
    step = np.arange(int(most.sum())) - np.repeat(np.cumsum(most) - most, most) + 1
    mentors = np.repeat(free.mentors, most)
    one_each = np.ones(len(mentors), dtype=np.int64)
    seats = Arcs(n + mentors, np.full(len(mentors), market.root), one_each, base[mentors] + step)
    return rearranged(market, chosen, frame, free, np.zeros(len(free.pairs), dtype=np.int64), seats)


def _prove(market: Market, chosen: Bools, free: FreeArcs, base: Ints) -> Ints:
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
