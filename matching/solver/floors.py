"""Whether as many people and places can be matched with no score below a floor: by maximum flows, proved both ways."""

from __future__ import annotations

import numpy as np

from matching.solver.assignment import PRUNE_FROM
from matching.solver.dense import Dense, blocks_of
from matching.solver.market import Market
from matching.solver.problem import Assignment, AssignmentProblem, Bools, Edges, Ints

KEEP = 32  # pairs of each mentee and mentor that are tried first


class Floors:
    """Answers for one problem. Small flows are tried first; a pair that was left out is added where it could help.

    A flow that fills all places shows that a floor can be had. Where none does, nobody who could still gain has a pair
    above the floor, among all pairs, with anybody who has room: that shows that it can't.
    """

    def __init__(self, problem: AssignmentProblem, best: Assignment) -> None:
        self.problem = problem
        # Quotas make other nodes, by which pairs that were left out can't be judged: all are taken then.
        whole = bool(problem.quotas) or np.count_nonzero(problem.allowed) < PRUNE_FROM
        row, column = np.nonzero(problem.allowed) if whole else self._first(best)
        self._whole = whole
        self._market = Market.of_pairs(problem, row, column)
        self._known = np.zeros(problem.points.shape, dtype=bool)  # what is in the market already, and locked pairs
        self._known[row, column] = True
        for pair in problem.locked:
            self._known[pair] = True
        market = self._market
        self._first_places = ((market.wants > 0) & ~market.has_lock).astype(np.int64)
        self._people = best.value.matched - int(market.has_lock.sum())
        self._places = best.value.places - problem.locks[0].total()

    def can_be_had(self, floor: int) -> bool:
        """Whether as many people are matched and as many places filled without a lower score."""
        # The most people and the most places can always be had together.
        return self._reaches(floor, self._first_places, self._people) and self._reaches(
            floor, self._market.wants, self._places
        )

    def _first(self, best: Assignment) -> tuple[Ints, Ints]:
        """The best pairs of each side, and those of the best total."""
        found = Dense(self.problem.points, self.problem.allowed).best(KEEP)
        made, m = np.array(best.pairs, dtype=np.int64).reshape(-1, 2), len(self.problem.capacity)
        row, column = np.divmod(np.unique(np.concatenate([found.row * m + found.column, made @ [m, 1]])), m)
        return row, column

    def _reaches(self, floor: int, wants: Ints, enough: int) -> bool:
        while True:
            most, gaining, open_mentors = self._flow(self._market.points >= floor, wants)
            if most >= enough:
                return True
            more = None if self._whole else self._left_out(floor, gaining, open_mentors)
            if more is None:
                return False
            market = self._market
            self._known[more.row, more.column] = True
            row = np.concatenate([market.rows[market.mentee], more.row])
            column = np.concatenate([market.columns[market.mentor], more.column])
            self._market = Market.of_pairs(self.problem, row, column)

    def _left_out(self, floor: int, gaining: Bools, open_mentors: Bools) -> Edges | None:
        """Pairs above the floor of those who could gain with mentors whom their changes do not reach yet."""
        market, problem = self._market, self.problem
        rows, columns = np.sort(market.rows[gaining]), np.sort(market.columns[open_mentors])
        found: list[Edges] = []
        for part in blocks_of(len(rows), len(columns)):
            at = np.ix_(rows[part], columns)
            helps = problem.allowed[at] & (problem.points[at] >= floor) & ~self._known[at]
            some = np.flatnonzero(helps.any(axis=1))
            if len(some):
                order = np.argsort(~helps[some], axis=1, kind="stable")[:, :KEEP]
                taken = np.take_along_axis(helps[some], order, axis=1)
                row, column = np.nonzero(taken)
                found.append(Edges(rows[part][some[row]], columns[order[row, column]], np.zeros(0, dtype=np.int64)))
        if not found:
            return None
        return Edges(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _flow(self, kept: Bools, wants: Ints) -> tuple[int, Bools, Bools]:
        """Return the most places that these pairs fill, who could gain by a change, and whom no change reaches."""
        from ortools.graph.python import max_flow  # noqa: PLC0415 slow library: OR-Tools, which few pages need

        market = self._market
        n, m = len(market.wants), len(market.seats)
        sink, some = market.nodes, np.flatnonzero(wants)
        parts = [
            (market.tail[kept], market.head[kept], np.ones(int(kept.sum()))),
            market.sides[:3],
            (np.full(len(some), market.root), some, wants[some]),
            (n + np.arange(m), np.full(m, sink), market.seats),
        ]
        tails, heads, rooms = (np.concatenate(p).astype(np.int64) for p in zip(*parts, strict=True))
        engine = max_flow.SimpleMaxFlow()
        made = engine.add_arcs_with_capacity(tails.astype(np.int32), heads.astype(np.int32), rooms)
        engine.solve(market.root, sink)
        flows = engine.flows(made)
        start = np.concatenate([tails[flows < rooms], heads[flows > 0]])
        end = np.concatenate([heads[flows < rooms], tails[flows > 0]])
        reached = np.zeros(sink + 1, dtype=bool)
        reached[market.root] = True
        while True:
            at = reached[start] & ~reached[end]
            if not at.any():
                return int(engine.optimal_flow()), reached[:n], ~reached[n : n + m]
            reached[end[at]] = True
