"""Every pair of a market as a matrix, looked at in blocks of mentees: the best pairs, and those that would help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.solver.problem import Bools, Edges, Ints
from matching.solver.quotas import EndPotentials

BLOCK = 2**20  # pairs that are looked at together: what is held beside the matrix is some times eight bytes for each
NEVER = -(2**61)  # lower than any profit
MIX = 2**16  # parts of a point by which equal pairs are told apart, so that they are not all of the same few mentors


def blocks_of(count: int, width: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices of rows that together hold about `size` pairs each."""
    step = max(1, size // max(width, 1))
    return (slice(at, min(at + step, count)) for at in range(0, count, step))


@dataclass(frozen=True, eq=False)
class Dense:
    """Points; below 0 if a pair may not be made. Pairs outside `allowed` may not be made either."""

    points: Ints
    allowed: Bools | None = None
    favoured: Edges | None = None  # pairs that count so many points more, `points` each

    @cached_property
    def most(self) -> int:
        return int(self.points.max(initial=0))

    def best(self, keep: int) -> Edges:
        """The `keep` best pairs of each mentee and of each mentor."""
        n, m = self.points.shape
        some = np.zeros((n, m), dtype=bool)
        for rows in blocks_of(n, m):
            some[rows] = _highest(self._told_apart(rows, slice(0, m)), keep)
        for columns in blocks_of(m, n):
            some[:, columns] |= _highest(self._told_apart(slice(0, n), columns).T, keep).T
        if self.favoured is not None:
            at = self.favoured.row, self.favoured.column
            some[at] |= (self.points[at] >= 0) & (True if self.allowed is None else self.allowed[at])
        row, column = np.nonzero(some)
        return Edges(row, column, self.points[row, column].astype(np.int64))

    def better(self, ends: EndPotentials, add: int, *, even: EndPotentials | None = None) -> Edges:
        """The pairs that are worth more than their price, at most about `add` of each mentee.

        With `even`, those worth exactly their price that would make the loads more even.
        """
        n, m = self.points.shape
        found: list[Edges] = []
        for rows in blocks_of(n, m):
            tails, heads, closed = ends.of(rows)
            gain = self._values(rows) + heads - tails
            if closed is not None:
                gain[closed] = NEVER
            if even is not None:
                tails, heads, _ = even.of(rows)
                more = heads - tails
                gain = np.where((gain == 0) & (more > 0), more * MIX + _mixed(rows, slice(0, m)), 0)
            at = np.flatnonzero((gain > 0).any(axis=1))
            if len(at):
                row, column = np.nonzero(_highest(gain[at], add, above=0))
                row = at[row] + rows.start
                found.append(Edges(row, column, self.points[row, column].astype(np.int64)))
        if not found:
            none = np.zeros(0, dtype=np.int64)
            return Edges(none, none, none)
        return Edges(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _block(self, rows: slice, columns: slice) -> tuple[Ints, Bools]:
        points = self.points[rows, columns].astype(np.int64)
        may = points >= 0
        return points, may if self.allowed is None else may & self.allowed[rows, columns]

    def _values(self, rows: slice) -> Ints:
        points, may = self._block(rows, slice(0, self.points.shape[1]))
        if self.favoured is not None:
            here = (self.favoured.row >= rows.start) & (self.favoured.row < rows.stop)
            points[self.favoured.row[here] - rows.start, self.favoured.column[here]] += self.favoured.points[here]
        points[~may] = NEVER
        return points

    def _told_apart(self, rows: slice, columns: slice) -> Ints:
        """The points with a fraction that tells equal pairs apart; -1 if the pair may not be made."""
        points, may = self._block(rows, columns)
        if self.most < 2**40:
            points = points * MIX + _mixed(rows, columns)
        points[~may] = -1
        return points


def _mixed(rows: slice, columns: slice) -> Ints:
    """A number below `MIX` for each pair, without a pattern."""
    i, j = np.arange(rows.start, rows.stop)[:, None], np.arange(columns.start, columns.stop)
    return (i * 40_503 + j * 30_011) % MIX


def _highest(values: Ints, count: int, above: int = -1) -> Bools:
    """The highest values of each row that are above a limit: `count` of them, more only if some are equal."""
    high = values > above
    if count < values.shape[1]:
        crowded = np.flatnonzero(high.sum(axis=1) > count)
        kth = np.partition(values[crowded], values.shape[1] - count, axis=1)[:, -count] if count else None
        high[crowded] &= False if kth is None else values[crowded] >= kth[:, None]
    return high
