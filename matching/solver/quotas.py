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


def _used(side: str, members: set[int], locked: Sequence[PairIndex], count: int) -> Ints:
    """Return how many places of a quota locked pairs take, by owner."""
    owners = [(j if side == "mentor" else i) for i, j in locked if (i if side == "mentor" else j) in members]
    return np.bincount(owners, minlength=count)
