"""Why somebody has no mentor, who else they could have, and what insisting on a pair would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from matching.solver.market import FIRST, Market
from matching.solver.problem import Pair, Problem, Solution, Value, pairs_of
from matching.solver.solving import solve


class Unmatched(NamedTuple):
    """Why a mentee has no mentor."""

    code: str  # "no_eligible", "forbidden" (all eligible ones are), "too_low" (below the minimum score) or "full"
    eligible: tuple[int, ...]  # mentors the mentee could have, best first


class Other(NamedTuple):
    """A mentor that the mentee could have had."""

    mentor: int
    points: int
    state: str  # "free", "full", "locked" (locked pairs take all its places) or "decided" (the mentee's own are locked)


def explain_unmatched(problem: Problem, solution: Solution, i: int) -> Unmatched:
    """Why mentee `i` has no mentor. "full": every eligible mentor is taken by pairs worth more together."""
    if any(mentee == i for mentee, _ in solution.pairs):
        raise ValueError("this mentee has a mentor")
    allowed = _best_first(problem, i)
    if allowed:
        return Unmatched("full", tuple(allowed))
    eligible = np.flatnonzero(problem.points[i] >= 0).tolist()
    forbidden = {j for mentee, j in problem.forbidden if mentee == i}
    if not eligible:
        return Unmatched("no_eligible", ())
    return Unmatched("forbidden" if forbidden.issuperset(eligible) else "too_low", ())


def best_others(problem: Problem, solution: Solution, i: int, n: int = 3) -> list[Other]:
    """The runners-up of mentee `i`: the best mentors that are allowed and not theirs."""
    load = np.bincount([j for _, j in solution.pairs], minlength=len(problem.capacity))
    locked = np.bincount([j for _, j in pairs_of(problem.locked)], minlength=len(problem.capacity))
    decided = sum(mentee == i for mentee, _ in pairs_of(problem.locked)) >= problem.wanted[i]
    theirs = {j for mentee, j in solution.pairs if mentee == i}

    def state(j: int) -> str:
        if locked[j] >= problem.capacity[j]:
            return "locked"
        if decided:
            return "decided"
        return "full" if load[j] >= problem.capacity[j] else "free"

    others = [j for j in _best_first(problem, i) if j not in theirs][:n]
    return [Other(j, int(problem.points[i, j]), state(j)) for j in others]


def best_for_mentor(problem: Problem, solution: Solution, j: int, n: int = 3) -> list[int]:
    """The mentees whom mentor `j` suits best among those who are not theirs."""
    theirs = {i for i, mentor in solution.pairs if mentor == j}
    order = np.lexsort((np.arange(len(problem.wanted)), -problem.points[:, j]))
    return [int(i) for i in order if problem.allowed[i, j] and int(i) not in theirs][:n]


def swap_cost(problem: Problem, solution: Solution, i: int, j: int) -> Value:
    """What is lost where the coordinator insists on the pair: people matched, places filled, points.

    Points may be negative, a gain, only where a person or a place is lost. Raises ValueError where locked pairs take
    all places of the mentor. For many pairs use `Costs`, which asks the flow instead of solving again.
    """
    if (i, j) in set(solution.pairs):
        return Value(0, 0, 0)
    changed = solve(replace(problem, locked=[*problem.locked, (i, j)]))
    return Value(*(before - after for before, after in zip(solution.value, changed.value, strict=True)))


@dataclass(frozen=True, eq=False)
class Costs:
    """What insisting on any pair would cost, from the solved flow: one shortest-path search for each mentee.

    Insisting sends one unit through the pair; the cheapest way back through all open changes makes room for it, and by
    the prices of the proof no cost on the way is negative, so that Dijkstra's search is exact.
    """

    problem: Problem
    solution: Solution

    def of(self, i: int, mentors: Sequence[int]) -> list[Value | None]:
        """For each mentor what is lost; None where locked pairs or limits leave no way."""
        market, reach = self._market, self._distances_to(i)
        found: list[Value | None] = []
        for j in mentors:
            at = self._at.get((i, j))
            if (i, j) in self._pairs:
                found.append(Value(0, 0, 0))
            elif at is None or not np.isfinite(reach[market.tail[at]][market.head[at]]):
                found.append(None)
            else:
                tail, head, costs = int(market.tail[at]), int(market.head[at]), self._costs
                back = round(float(reach[tail][head])) - int(costs[head]) + int(costs[tail])
                found.append(self._read(back - int(market.value[at])))
        return found

    def _read(self, cost: int) -> Value:
        """A cost apart into people, places, favoured pairs and points: each counts more than all that follow."""
        market = self._market
        steps = round(cost / market.worth)
        people = round(steps / FIRST)
        rest = cost - steps * market.worth
        favoured = round(rest / market.tier) if self.problem.favoured else 0
        return Value(people, steps - FIRST * people, rest - favoured * market.tier, favoured)

    def _distances_to(self, i: int) -> dict[int, np.ndarray]:
        """From every node to where the mentee's pairs leave."""
        market = self._market
        row = int(np.flatnonzero(market.rows == i)[0])
        tails = np.unique(market.tail[market.mentee == row])
        if not len(tails):
            return {}
        reached = sparse.csgraph.dijkstra(self._backwards, indices=tails)
        return {int(tail): reached[k] for k, tail in enumerate(tails)}

    @cached_property
    def _market(self) -> Market:
        """The whole market, whatever was left out when it was solved."""
        return Market.of(self.problem)

    @cached_property
    def _chosen(self) -> np.ndarray:
        taken = np.zeros(self.problem.points.shape, dtype=bool)
        for pair in self.solution.pairs:
            taken[pair] = True
        return taken[self._market.rows[self._market.mentee], self._market.columns[self._market.mentor]]

    @cached_property
    def _costs(self) -> np.ndarray:
        return self._market.prove(self._chosen)

    @cached_property
    def _pairs(self) -> set[Pair]:
        return set(self.solution.pairs)

    @cached_property
    def _at(self) -> dict[Pair, int]:
        market = self._market
        pairs = zip(market.rows[market.mentee].tolist(), market.columns[market.mentor].tolist(), strict=True)
        return {pair: at for at, pair in enumerate(pairs)}

    @cached_property
    def _backwards(self) -> sparse.csr_matrix:
        """Every open change, turned round, with its cost by the prices: never negative."""
        market, chosen = self._market, self._chosen
        tails, heads, rooms, costs, flows = market.frame(chosen)
        more, less = flows < rooms, flows > 0
        start = np.concatenate([market.tail[~chosen], market.head[chosen], tails[more], heads[less]])
        end = np.concatenate([market.head[~chosen], market.tail[chosen], heads[more], tails[less]])
        cost = np.concatenate([-market.value[~chosen], market.value[chosen], costs[more], -costs[less]])
        cost = cost + self._costs[start] - self._costs[end]
        # Several arcs may join two nodes: the cheapest counts.
        order = np.lexsort((cost, start, end))
        start, end, cost = start[order], end[order], cost[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(start) != 0) | (np.diff(end) != 0)
        size = market.nodes
        return sparse.csr_matrix((cost[first].astype(float), (end[first], start[first])), shape=(size, size))


def _best_first(problem: Problem, i: int) -> list[int]:
    allowed = np.flatnonzero(problem.allowed[i]).tolist()
    return sorted(allowed, key=lambda j: (-problem.points[i, j], problem.rank_of_mentor[j]))
