"""The quotas of a market as nodes and arcs of its flow. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matching.solver.problem import Bools, Ints, PairIndex, PairQuota


class QuotaArcs(NamedTuple):
    """The arcs of the quotas, inner ones first. They cost nothing."""

    tail: Ints
    head: Ints
    room: Ints
    inner: Ints  # the end whose pairs the arc counts


@dataclass(frozen=True)
class QuotasOfSide:
    """The quotas of mentees or of mentors, small sets first: a pair belongs to the innermost quota that holds it."""

    quotas: list[PairQuota]
    members: list[set[int]]
    owners: list[list[int]]  # in the order of their nodes
    base: Ints  # the node of each owner
    where: dict[tuple[int, int], int]  # quota and owner -> the node of the quota

    @classmethod
    def of(cls, quotas: Sequence[PairQuota], base: Ints, node: int) -> QuotasOfSide:
        """`node` is the first free one."""
        quotas = sorted(quotas, key=lambda q: (len(set(q.members)), q.limit))
        every = range(len(base))
        owners = [
            sorted(every if q.owners is None else {int(x) for x in q.owners}, key=lambda x: base[x]) for q in quotas
        ]
        places = [(at, owner) for at, several in enumerate(owners) for owner in several]
        where = {place: node + number for number, place in enumerate(places)}
        return cls(quotas, [{int(x) for x in q.members} for q in quotas], owners, base, where)

    def outer(self, at: int, owner: int) -> int:
        """The node around a quota of an owner: the next larger quota that holds all of it, else the owner's."""
        for larger in range(at + 1, len(self.quotas)):
            if (larger, owner) in self.where and self.members[at] <= self.members[larger]:
                return self.where[larger, owner]
        return int(self.base[owner])


def quota_nodes(
    mentee: Ints,
    mentor: Ints,
    open_pair: Bools,
    quotas: Sequence[PairQuota],
    locked: Sequence[PairIndex],
    n: int,
    m: int,
    row_at: Ints,
    column_at: Ints,
) -> tuple[Ints, Ints, QuotaArcs]:
    """Return where each pair starts and ends, and the arcs of the quotas. Closes full pairs."""
    tail, head = row_at[mentee].copy(), n + column_at[mentor]
    arcs: list[tuple[int, int, int, int]] = []
    node = n + m
    for side, own, other, ends in (("mentor", mentor, mentee, head), ("mentee", mentee, mentor, tail)):
        base = n + column_at if side == "mentor" else row_at
        here = QuotasOfSide.of([quota for quota in quotas if quota.side == side], base, node)
        node += len(here.where)
        for at, quota in enumerate(here.quotas):
            room = np.maximum(0, quota.limit - _used(side, here.members[at], locked, len(base)))
            lookup = np.full(len(base), -1, dtype=np.int64)
            for owner in here.owners[at]:
                lookup[owner] = here.where[at, owner]
            inside = np.isin(other, sorted(here.members[at])) & (lookup[own] >= 0)
            open_pair &= ~(inside & (room[own] == 0))
            first = inside & (ends == base[own])
            ends[first] = lookup[own[first]]
            for owner in here.owners[at]:
                inner, outer = here.where[at, owner], here.outer(at, owner)
                arc = (inner, outer) if side == "mentor" else (outer, inner)
                arcs.append((*arc, int(room[owner]), inner))
    return tail, head, QuotaArcs(*np.array(arcs, dtype=np.int64).reshape(-1, 4).T)


class EndPotentials:
    """Prices at both ends of a pair, for any block of mentees, whichever quotas the pair counts in.

    `costs` are by node, mentees and mentors in the order of their numbers. Whoever wants nobody else has a price at
    which no pair would help.
    """

    def __init__(
        self, costs: Ints, quotas: Sequence[PairQuota], locked: Sequence[PairIndex], wants: Ints, mentors: int
    ) -> None:
        n, m = len(wants), mentors
        self._done = wants <= 0
        self.mentee, self.mentor = np.where(self._done, 2**60, costs[:n]), costs[n : n + m]
        self._inside: list[tuple[str, Bools, Bools, Ints, Bools]] = []  # outer quotas first
        node = n + m
        for side, base, others in (("mentor", n + np.arange(m), n), ("mentee", np.arange(n), m)):
            here = QuotasOfSide.of([quota for quota in quotas if quota.side == side], base, node)
            node += len(here.where)
            for at in reversed(range(len(here.quotas))):
                members, owners = np.zeros(others, dtype=bool), np.zeros(len(base), dtype=bool)
                members[sorted(here.members[at])] = owners[here.owners[at]] = True
                potential = np.zeros(len(base), dtype=np.int64)
                for owner in here.owners[at]:
                    potential[owner] = costs[here.where[at, owner]]
                full = _used(side, here.members[at], locked, len(base)) >= here.quotas[at].limit
                self._inside.append((side, members, owners, potential, full & owners))

    def of(self, rows: slice) -> tuple[Ints, Ints, Bools | None]:
        """The potentials where pairs of these mentees leave and arrive, and which pairs no quota leaves room for."""
        tails, heads = self.mentee[rows, None], self.mentor[None, :]
        if not self._inside:
            return tails, heads, None
        size = len(self.mentor)
        closed = np.tile(self._done[rows, None], (1, size))
        tails, heads = np.tile(tails, (1, size)), np.tile(heads, (len(tails), 1))
        for side, members, owners, potential, full in self._inside:
            if side == "mentor":
                within = np.ix_(members[rows], owners)
                heads[within] = potential[owners]
                closed |= members[rows, None] & full
            else:
                within = np.ix_(owners[rows], members)
                tails[within] = potential[rows][owners[rows], None]
                closed |= full[rows, None] & members
        return tails, heads, closed


def _used(side: str, members: set[int], locked: Sequence[PairIndex], count: int) -> Ints:
    """Return how many places of a quota locked pairs take, by owner."""
    owners = [(j if side == "mentor" else i) for i, j in locked if (i if side == "mentor" else j) in members]
    return np.bincount(owners, minlength=count)
