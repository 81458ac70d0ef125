"""Why a mentee has no mentor, who else they could have, and what insisting on a pair would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from matching.solver.assignment import solve
from matching.solver.market import FIRST, Market
from matching.solver.problem import Assignment, AssignmentProblem, AssignmentValue, PairIndex, pairs_of

MOST_NODES = 2_000  # filling the table of paths between them takes the cube of this


class UnmatchedReason(NamedTuple):
    """Why a mentee has no mentor."""

    code: str  # "no_eligible", "forbidden" (all eligible ones are), "too_low" (below the minimum score) or "full"
    eligible: tuple[int, ...]  # mentors the mentee could have, best first


class RunnerUp(NamedTuple):
    """A mentor that the mentee could have had."""

    mentor: int
    points: int
    state: str  # "free", "full", "locked" (locked pairs take all its places) or "decided" (the mentee's own are locked)


def explain_unmatched(problem: AssignmentProblem, solution: Assignment, i: int) -> UnmatchedReason:
    """Say why mentee `i` has no mentor. "full": every eligible mentor is taken by pairs worth more together."""
    if any(mentee == i for mentee, _ in solution.pairs):
        raise ValueError("this mentee has a mentor")
    allowed = _best_first(problem, i)
    if allowed:
        return UnmatchedReason("full", tuple(allowed))
    eligible = np.flatnonzero(problem.points[i] >= 0).tolist()
    forbidden = {j for mentee, j in problem.forbidden if mentee == i}
    if not eligible:
        return UnmatchedReason("no_eligible", ())
    return UnmatchedReason("forbidden" if forbidden.issuperset(eligible) else "too_low", ())


def best_others(problem: AssignmentProblem, solution: Assignment, i: int, n: int = 3) -> list[RunnerUp]:
    """List the runners-up of mentee `i`: the best mentors who are allowed and not theirs."""
    theirs = {j for mentee, j in solution.pairs if mentee == i}
    others = [j for j in _best_first(problem, i) if j not in theirs][:n]
    return [state_of(problem, solution, i, j) for j in others]


def state_of(problem: AssignmentProblem, solution: Assignment, i: int, j: int) -> RunnerUp:
    """Return mentor `j`, who is not theirs, as a runner-up of mentee `i`."""
    locks = pairs_of(problem.locked)
    if sum(mentor == j for _, mentor in locks) >= problem.capacity[j]:
        state = "locked"
    elif sum(mentee == i for mentee, _ in locks) >= problem.wanted[i]:
        state = "decided"
    else:
        state = "full" if sum(mentor == j for _, mentor in solution.pairs) >= problem.capacity[j] else "free"
    return RunnerUp(j, int(problem.points[i, j]), state)


def best_for_mentor(problem: AssignmentProblem, solution: Assignment, j: int, n: int = 3) -> list[int]:
    """List the mentees whom mentor `j` suits best among those who are not theirs."""
    theirs = {i for i, mentor in solution.pairs if mentor == j}
    allowed = np.flatnonzero(problem.allowed[:, j])
    order = np.lexsort((problem.rank_of_mentee[allowed], -problem.points[allowed, j]))
    return [int(i) for i in allowed[order] if int(i) not in theirs][:n]


def swap_cost(problem: AssignmentProblem, solution: Assignment, i: int, j: int) -> AssignmentValue:
    """Return what insisting on a pair loses: people matched, places filled, points.

    Points may be negative, a gain, only if a person or a place is lost. Raises ValueError if locked pairs take
    all places of the mentor. For many pairs use `Costs`, which asks the flow instead of solving again.
    """
    if (i, j) in set(solution.pairs):
        return AssignmentValue(0, 0, 0)
    changed = solve(replace(problem, locked=[*problem.locked, (i, j)]))
    return AssignmentValue(*(before - after for before, after in zip(solution.value, changed.value, strict=True)))


@dataclass(frozen=True, eq=False)
class PairCosts:
    """The cost of insisting on any pair, from the solved flow: shortest paths through all possible changes.

    Insisting sends one unit through the pair; the cheapest way back makes room for it. By the prices of the proof no
    cost on the way is negative, so that the searches are exact. If only mentors have limits, a way passes a mentee
    only between two mentors: then all ways are found at once in a table of mentors by mentors.
    """

    problem: AssignmentProblem
    solution: Assignment

    @property
    def steps(self) -> int:
        """About how many changes are examined to price the pairs of every mentee."""
        market = self._market
        return len(market.value) * (1 if self._by_table else len(market.wants))

    def of(self, i: int, mentors: Sequence[int]) -> list[AssignmentValue | None]:
        """Return the loss for each mentor; None if locked pairs or limits make the pair impossible."""
        market = self._market
        found: list[AssignmentValue | None] = []
        for j in mentors:
            at = self._at.get((i, j))
            if (i, j) in self._pairs:
                found.append(AssignmentValue(0, 0, 0))
                continue
            back = np.inf if at is None else self._back(int(market.head[at]), int(market.tail[at]))
            if at is None or not np.isfinite(back):
                found.append(None)
                continue
            tail, head = int(self._costs[market.tail[at]]), int(self._costs[market.head[at]])
            found.append(self._read(round(back) - head + tail - int(market.value[at])))
        return found

    def _back(self, head: int, tail: int) -> float:
        """Return the length of the shortest path from where a pair ends to where it begins."""
        n = len(self._market.wants)
        if self._ways is None:
            return float(self._searched(tail)[head])
        starts, cost = self._into(tail)
        return float((self._ways[head - n, starts] + cost).min(initial=np.inf))

    def _read(self, cost: int) -> AssignmentValue:
        """Split a cost into people, places, favoured pairs and points; each counts more than all that follow."""
        market = self._market
        steps = round(cost / market.worth)
        people = round(steps / FIRST)
        rest = cost - steps * market.worth
        favoured = round(rest / market.tier) if self.problem.favoured else 0
        return AssignmentValue(people, steps - FIRST * people, rest - favoured * market.tier, favoured)

    def _searched(self, tail: int) -> np.ndarray:
        """Return distances from every node to this one. Kept for the other mentors of the mentee."""
        if tail not in self._found:
            self._found.clear()
            self._found[tail] = sparse.csgraph.dijkstra(self._backwards, indices=tail)
        return self._found[tail]

    @cached_property
    def _found(self) -> dict[int, np.ndarray]:
        return {}

    @property
    def _by_table(self) -> bool:
        n = len(self._market.wants)
        return self._market.nodes - n <= MOST_NODES and not (self._market.sides.tail < n).any()

    @cached_property
    def _ways(self) -> np.ndarray | None:
        """Shortest paths between nodes that are no mentees; None if mentees have limits or it is too large."""
        if not self._by_table:
            return None
        n, size = len(self._market.wants), self._market.nodes - len(self._market.wants)
        start, end, cost = self._open
        out = np.full((n, size), np.inf)
        leaves = (start < n) & (end >= n)
        np.minimum.at(out, (start[leaves], end[leaves] - n), cost[leaves])
        ways = np.full((size, size), np.inf)
        direct = (start >= n) & (end >= n)
        np.minimum.at(ways, (start[direct] - n, end[direct] - n), cost[direct])
        enters = (start >= n) & (end < n)
        for hub, mentee, price in zip(start[enters] - n, end[enters], cost[enters], strict=True):
            np.minimum(ways[hub], out[mentee] + price, out=ways[hub])
        np.fill_diagonal(ways, 0)
        spare = np.empty_like(ways)
        for hub in range(size):  # Floyd-Warshall; SciPy's takes paths of length 0 for missing ones
            np.add(ways[:, hub, None], ways[hub], out=spare)
            np.minimum(ways, spare, out=ways)
        return ways

    def _into(self, mentee: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the nodes (mentors first) from which a change leads to the mentee, and the cost of each."""
        begins, start, cost = self._entrances
        here = slice(begins[mentee], begins[mentee + 1])
        return start[here], cost[here]

    @cached_property
    def _entrances(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        n = len(self._market.wants)
        start, end, cost = self._open
        enters = np.flatnonzero((start >= n) & (end < n))
        enters = enters[np.argsort(end[enters], kind="stable")]
        return np.searchsorted(end[enters], np.arange(n + 1)), start[enters] - n, cost[enters]

    @cached_property
    def _market(self) -> Market:
        """The whole market, including pairs that were left out when it was solved."""
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
    def _pairs(self) -> set[PairIndex]:
        return set(self.solution.pairs)

    @cached_property
    def _at(self) -> dict[PairIndex, int]:
        market = self._market
        pairs = zip(market.rows[market.mentee].tolist(), market.columns[market.mentor].tolist(), strict=True)
        return {pair: at for at, pair in enumerate(pairs)}

    @cached_property
    def _open(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every possible change: its start, end and cost by the prices, which is never negative."""
        market, chosen = self._market, self._chosen
        tails, heads, rooms, costs, flows = market.frame(chosen)
        more, less = flows < rooms, flows > 0
        start = np.concatenate([market.tail[~chosen], market.head[chosen], tails[more], heads[less]])
        end = np.concatenate([market.head[~chosen], market.tail[chosen], heads[more], tails[less]])
        cost = np.concatenate([-market.value[~chosen], market.value[chosen], costs[more], -costs[less]])
        return start, end, (cost + self._costs[start] - self._costs[end]).astype(float)

    @cached_property
    def _backwards(self) -> sparse.csr_matrix:
        """The possible changes, reversed."""
        start, end, cost = self._open
        # Several arcs may join two nodes: the cheapest counts.
        order = np.lexsort((cost, start, end))
        start, end, cost = start[order], end[order], cost[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(start) != 0) | (np.diff(end) != 0)
        size = self._market.nodes
        return sparse.csr_matrix((cost[first], (end[first], start[first])), shape=(size, size))


def _best_first(problem: AssignmentProblem, i: int) -> list[int]:
    allowed = np.flatnonzero(problem.allowed[i])
    order = np.lexsort((problem.rank_of_mentor[allowed], -problem.points[i, allowed]))
    return [int(j) for j in allowed[order]]
