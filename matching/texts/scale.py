"""Scale similarities to the best that each mentee reaches, so that those by words and by meaning can be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from matching.profiles import Bools, Floats

MOST_ROWS = 500  # mentees who tell what a good similarity is
AT_ONCE = 2**20  # pairs of them that are compared together
CROWD = 0.5  # how much of the similarity that a mentor has with everybody is taken off


@dataclass(frozen=True, eq=False)
class BeyondCrowd:
    """Similarities with a part of each mentor's mean taken off, for any block of mentees.

    A mentor who is near to everybody says little by being near to one mentee.
    """

    raw: Callable[[Any], Floats]  # rows, as a slice or as positions → their similarities
    crowd: Floats  # the mean similarity of each mentor

    def of(self, rows: Any) -> Floats:
        values = self.raw(rows) - CROWD * self.crowd
        return np.maximum(values, 0, out=values)


def good_of(best: Callable[[Any], Floats], count: int, width: int) -> float:
    """The best of the median row, which is the least that counts as good: nobody's best is 1 just because it is theirs.

    `best` returns those of some rows. With more than `MOST_ROWS` mentees, that many of them, evenly spaced, give the
    median.
    """
    rows = np.arange(count) if count <= MOST_ROWS else np.linspace(0, count - 1, MOST_ROWS).astype(np.int64)
    step = max(1, AT_ONCE // max(width, 1))
    found = [best(rows[at : at + step]) for at in range(0, len(rows), step)]
    return float(np.median(np.concatenate(found))) if found else 0.0


def share_of(best: Floats, values: Floats, good: float) -> Floats:
    """Scale each row to its best, or to what counts as good, at most 1, and 0 where there is none."""
    best = np.maximum(best, good)[:, None]
    found = np.divide(values, best, out=np.zeros_like(values), where=best > 0)
    return np.minimum(found, 1, out=found)


@dataclass(frozen=True, eq=False)
class ShareOfBest:
    """Similarities beyond the crowd's, scaled to the best in the row; NaN if a side is silent."""

    beyond: BeyondCrowd
    rows_told: Bools
    columns_told: Bools

    def of(self, rows: slice) -> Floats:
        values = self.beyond.of(rows)
        shares = share_of(values.max(axis=1, initial=0), values, self._good)
        return unless_silent(shares, self.rows_told[rows], self.columns_told)

    @cached_property
    def _good(self) -> float:
        return good_of(
            lambda rows: self.beyond.of(rows).max(axis=1, initial=0), len(self.rows_told), len(self.columns_told)
        )


def share_of_best(values: Floats, rows_told: Bools, columns_told: Bools) -> Floats:
    """Scale a matrix of similarities as `ShareOfBest` does."""
    crowd = values[rows_told].mean(axis=0) if rows_told.any() else np.zeros(values.shape[1])
    beyond = BeyondCrowd(lambda rows: values[rows], crowd)
    return ShareOfBest(beyond, rows_told, columns_told).of(slice(0, len(values)))


def unless_silent(values: Floats, rows_told: Sequence[bool] | Bools, columns_told: Sequence[bool] | Bools) -> Floats:
    """Return the values with NaN if a side said nothing."""
    return np.where(np.asarray(rows_told, bool)[:, None] & np.asarray(columns_told, bool), values, np.nan)
