"""The scores of markets too large to write down: coded once, computed in blocks, only the best and the needed kept.

Every factor becomes a product of matrices: texts as short vectors, everything else as a table with a row for each
different answer of a mentee (a clock, a set of languages). All numbers are whole and small enough that single precision
adds them without rounding, in whatever order a block takes them: a pair has the same points every time, which the proof
over all pairs needs. What is not known is the mean of what is known, as everywhere.

Texts of a large market are compressed (the strongest directions of their TF-IDF vectors), so that their similarity
differs a little from that of `score`; all other factors and rules are the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from os import cpu_count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matching.scoring.factors import MICRO
from matching.solver.assignment import Edges
from matching.solver.problem import Ints

Singles = NDArray[np.float32]

FINE = 512.0  # mentors' texts are vectors of this length in whole numbers: products stay below 2**24
BARRED = -4.0 * MICRO  # what a rule takes off: no score makes up for it, and three of them are still exact
ROWS, COLUMNS = 256, 3072  # a tile stays in the caches; smaller ones spend more on calls
SAMPLE = 1024  # mentors by whom the best similarity of a mentee is judged
NEEDED = 8  # pairs that each mentor has at least, if they can


@dataclass(frozen=True, eq=False)
class Text:
    """One similarity of texts as vectors of whole numbers, whose products are micro-points up to `most`."""

    rows: Singles
    columns: Singles
    most: np.float32  # a product may exceed it, as the best was taken from a sample


@dataclass(eq=False)
class Coded:
    """Every pair of a market, ready to be scored."""

    texts: list[Text]
    codes: Singles  # for each mentee a 1 for each of their answers
    tables: Singles  # for each answer the micro-points of each mentor
    singles: tuple[Ints, Ints, Ints]  # mentee, mentor, what is added to that one pair; `BARRED` rules it out; by mentee
    most: int = MICRO
    workers: int = field(default_factory=lambda: min(cpu_count() or 1, 8))
    lowest: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # the last pair kept of each mentee

    @property
    def shape(self) -> tuple[int, int]:
        return self.codes.shape[0], self.tables.shape[1]

    @property
    def width(self) -> int:
        """How many multiplications a pair takes."""
        return sum(text.rows.shape[1] for text in self.texts) + self.codes.shape[1]

    def block(self, rows: Any, columns: slice | Ints | None = None) -> Singles:
        """The points of these mentees with these mentors (all of them), below 0 where a pair is ruled out.

        The array is the thread's own and is written over by its next block.
        """
        columns = slice(None) if columns is None else columns
        tables = self.tables[:, columns]
        texts = [(text, text.rows[rows], text.columns[columns]) for text in self.texts]
        codes = self.codes[rows]
        found = _room("found", len(codes), tables.shape[1])
        spare = _room("spare", len(codes), min(COLUMNS, tables.shape[1]))
        for at in range(0, tables.shape[1], COLUMNS):
            here = slice(at, at + COLUMNS)
            tile, room = found[:, here], spare[:, : found[:, here].shape[1]]
            np.matmul(codes, tables[:, here], out=tile)
            for text, left, right in texts:
                np.matmul(left, right[here].T, out=room)
                np.clip(room, 0, text.most, out=room)
                np.add(tile, room, out=tile)
        return found

    def adjust(self, found: Singles, rows: Ints, columns: Ints | None = None) -> None:
        """What is said about single pairs, put into a block of these mentees with these mentors (all of them)."""
        row, column, added = self.singles
        if not len(row):
            return
        low, high = np.searchsorted(row, rows), np.searchsorted(row, rows + 1)
        count = high - low
        at = np.repeat(low - (np.cumsum(count) - count), count) + np.arange(count.sum())
        here, there = np.repeat(np.arange(len(rows)), count), column[at]
        if columns is not None:
            place = np.full(self.shape[1], -1, dtype=np.int64)
            place[columns] = np.arange(len(columns))
            there = place[there]
            here, there, at = here[there >= 0], there[there >= 0], at[there >= 0]
        np.add.at(found, (here, there), added[at].astype(np.float32))

    def dense(self) -> Ints:
        """Every pair, -1 where it is ruled out. For small markets."""
        found = self.block(slice(None)).copy()
        self.adjust(found, np.arange(len(found)))
        return np.where(found >= 0, np.rint(found), -1).astype(np.int64)

    # --- what the solver asks for ---

    def best(self, keep: int) -> Edges:
        """The `keep` best pairs of each mentee, and some for each mentor whom few of these name."""
        n, m = self.shape
        self.lowest = np.full(n, -1, dtype=np.int64)
        parts = self._each(range(0, n, ROWS), lambda first: self._best_of_rows(first, min(keep, m)))
        edges = Edges(*(np.concatenate(p) for p in zip(*parts, strict=True))) if parts else _no_edges()
        named = np.bincount(edges.column, minlength=m)
        rare = np.flatnonzero(named < NEEDED)
        if not len(rare) or not n:
            return edges
        more = self._each(range(0, len(rare), ROWS // 4), lambda at: self._best_of_columns(rare[at : at + ROWS // 4]))
        return _unique([edges, *more], m)

    def better(self, profits: Ints, prices: Ints, add: int) -> Edges:
        """Pairs with points - price > profit. A mentee's left-out pairs have at most the points of the last one kept,
        so only mentors who are cheap enough for that are looked at."""
        room = self.lowest - profits  # a mentor whose price is this high can't gain anything here
        rows = np.flatnonzero(room > prices.min(initial=0))
        if not len(rows):
            return _no_edges()
        rows = rows[np.argsort(-room[rows], kind="stable")]
        columns = np.argsort(prices, kind="stable")
        ordered = self._ordered(columns)
        cheap = prices[columns]

        def look(at: int) -> Edges:
            here = rows[at : at + ROWS]
            upto = int(np.searchsorted(cheap, room[here[0]]))
            found = ordered.block(here, slice(0, upto))
            self.adjust(found, here, columns[:upto])
            limit = profits[here].astype(float)[:, None] + (cheap[:upto] + 0.5)
            # A score is exact but for its fraction; the candidates are judged by whole points.
            row, column = _where(found >= np.maximum(limit, 0))
            points = np.rint(found[row, column]).astype(np.int64)
            gain = points - profits[here[row]] - cheap[column]
            edges = Edges(here[row], columns[column], points)
            return _most_gain(Edges(*(part[gain > 0] for part in edges)), gain[gain > 0], add)

        parts = self._each(range(0, len(rows), ROWS), look)
        return Edges(*(np.concatenate(p) for p in zip(*parts, strict=True)))

    def product(self) -> None:
        """Only the matrix products of one scoring, in the same blocks: the limit that the scoring is measured by."""
        left = np.hstack([*(text.rows for text in self.texts), self.codes])
        right = np.hstack([*(text.columns for text in self.texts), self.tables.T]).T.copy()

        def multiply(first: int) -> None:
            here = left[first : first + ROWS]
            for at in range(0, right.shape[1], COLUMNS):
                part = right[:, at : at + COLUMNS]
                np.matmul(here, part, out=_room("found", len(here), part.shape[1]))

        self._each(range(0, self.shape[0], ROWS), multiply)

    # --- parts ---

    def _best_of_rows(self, first: int, keep: int) -> Edges:
        rows = slice(first, min(first + ROWS, self.shape[0]))
        found = self.block(rows)
        self.adjust(found, np.arange(rows.start, rows.stop))
        row, column = _top(found, keep)
        points = np.rint(found[row, column]).astype(np.int64)
        count = np.bincount(row, minlength=len(found))
        last = np.full(len(found), np.iinfo(np.int64).max)
        np.minimum.at(last, row, points)
        # Whoever has fewer than asked for has all of theirs.
        self.lowest[rows] = np.where(count >= keep, last, -(2**61))
        return Edges(row + first, column, points)

    def _best_of_columns(self, columns: Ints) -> Edges:
        found = np.empty((self.shape[0], len(columns)), dtype=np.float32)
        for first in range(0, self.shape[0], 4096):
            rows = slice(first, min(first + 4096, self.shape[0]))
            found[rows] = self.block(rows, columns)
        self.adjust(found, np.arange(len(found)), columns)
        count = min(NEEDED, len(found))
        top = np.argpartition(found, len(found) - count, axis=0)[len(found) - count :]
        row, column = top.ravel(), np.tile(np.arange(len(columns)), count)
        points = np.rint(found[row, column]).astype(np.int64)
        edges = Edges(row, columns[column], points)
        return Edges(*(part[points >= 0] for part in edges))

    def _ordered(self, columns: Ints) -> Coded:
        texts = [Text(t.rows, t.columns[columns], t.most) for t in self.texts]
        return Coded(texts, self.codes, self.tables[:, columns], self.singles, workers=self.workers)

    def _each(self, items: Iterable[int], work: Callable[[int], Any]) -> list[Any]:
        """The work on every item, in their order, on every core; the products themselves use one thread each."""
        with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(work, items))


_own = threading.local()


def _room(name: str, rows: int, columns: int) -> Singles:
    """A part of an array that the thread keeps: to ask the system for memory each time takes longer than to fill it."""
    kept = getattr(_own, name, None)
    if kept is None or kept.size < rows * columns:
        kept = np.empty(rows * columns, dtype=np.float32)
        setattr(_own, name, kept)
    return kept[: rows * columns].reshape(rows, columns)


def _top(found: Singles, keep: int) -> tuple[Ints, Ints]:
    """Where the `keep` best of each row are. A sample tells what is good enough; few are sorted."""
    m = found.shape[1]
    step = 16 if m >= 4096 else 8
    if m < 16 * keep or m < 1024:
        part = (
            np.argpartition(found, m - keep, axis=1)[:, m - keep :]
            if keep < m
            else np.tile(np.arange(m), (len(found), 1))
        )
        row, column = np.repeat(np.arange(len(found)), part.shape[1]), part.ravel()
        good = found[row, column] >= 0
        return row[good], column[good]
    sample = np.ascontiguousarray(found[:, ::step])
    expected = keep / step
    at = min(int(np.ceil(expected + 3 * np.sqrt(expected))), sample.shape[1] - 1)
    level = np.maximum(np.partition(sample, sample.shape[1] - at, axis=1)[:, sample.shape[1] - at], 0)
    row, column = _where(found >= level[:, None])
    count = np.bincount(row, minlength=len(found))
    short = np.flatnonzero((count < keep) & (level > 0))
    if len(short):  # the sample was too kind: these rows are looked at as a whole
        fill = ~np.isin(row, short)
        again = found[short]
        part = np.argpartition(again, m - keep, axis=1)[:, m - keep :]
        more_row, more_column = np.repeat(short, keep), part.ravel()
        good = found[more_row, more_column] >= 0
        row, column = np.concatenate([row[fill], more_row[good]]), np.concatenate([column[fill], more_column[good]])
    # One number for each: its row, then how far below the best (the bits of a positive float grow with it), its column.
    bits = np.int64(int(m).bit_length())
    below = np.int64(2**31 - 1) - found[row, column].view(np.int32)
    keys = np.sort((row << (31 + bits)) | (below << bits) | column)
    row, column = keys >> (31 + bits), keys & ((1 << bits) - 1)
    begins = np.searchsorted(row, np.arange(len(found)))
    kept = np.arange(len(row)) - begins[row] < keep
    return row[kept], column[kept]


def _where(mask: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Where few of many are true: eight are skipped at once."""
    flat = mask.ravel()
    whole = len(flat) // 8 * 8
    words = np.flatnonzero(flat[:whole].view(np.uint64))
    inside = np.flatnonzero(flat[:whole].reshape(-1, 8)[words])
    at = np.concatenate([words[inside // 8] * 8 + inside % 8, whole + np.flatnonzero(flat[whole:])])
    return np.divmod(at, mask.shape[1])


def _most_gain(edges: Edges, gain: Ints, add: int) -> Edges:
    order = np.lexsort((edges.column, -gain, edges.row))
    row = edges.row[order]
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    rank = np.arange(len(row)) - np.repeat(begins, np.diff(np.append(begins, len(row))))
    kept = order[rank < add]
    return Edges(*(part[kept] for part in edges))


def _unique(parts: Sequence[Edges], m: int) -> Edges:
    edges = Edges(*(np.concatenate(p) for p in zip(*parts, strict=True)))
    _, first = np.unique(edges.row * m + edges.column, return_index=True)
    return Edges(*(part[first] for part in edges))


def _no_edges() -> Edges:
    empty = np.zeros(0, dtype=np.int64)
    return Edges(empty, empty, empty)


# --- coding ---


def text_of(rows: Singles, columns: Singles, share: float, *, sample: int = SAMPLE) -> Text:
    """A similarity of vectors no longer than 1 (0 for whoever is silent), as a share of the best that a mentee has.

    The best is that among about `sample` mentors. The scale is part of the rows, so that a product is in micro-points.
    """
    right = np.rint(columns * FINE).astype(np.float32)
    told = (right != 0).any(axis=1)
    if told.any():
        right[~told] = np.rint(right[told].mean(axis=0))
    some = right[:: max(1, len(right) // sample)]
    best = np.zeros(len(rows), dtype=np.float32)
    for first in range(0, len(rows), 4096) if len(some) else ():
        part = rows[first : first + 4096].astype(np.float32)
        best[first : first + 4096] = (part @ some.T).max(axis=1, initial=0)
    # Who fits nobody has a low best; and below a sixteenth a product could grow too large to be exact.
    best = np.maximum(best, max(float(np.median(best)), FINE / 16)) if len(best) else best
    left = np.rint(rows * (share * MICRO / best)[:, None]).astype(np.float32)
    return Text(left, right, np.float32(share * MICRO))


def table_of(
    answers: Sequence[Any],
    likeness: Callable[[list[Any]], NDArray[np.float64]],
    share: float,
    bars: Callable[[NDArray[np.float64]], NDArray[np.bool_]] | None = None,
) -> tuple[Singles, Singles]:
    """Codes and table of one factor. `likeness` gives a row of values for each different answer, NaN where unknown."""
    from matching.scoring.values import neutral

    different = sorted(set(answers), key=repr)
    at = {answer: k for k, answer in enumerate(different)}
    codes = np.zeros((len(answers), len(different)), dtype=np.float32)
    codes[np.arange(len(answers)), [at[a] for a in answers]] = 1
    raw = likeness(different)
    table = np.rint(neutral(raw) * share * MICRO)
    if bars is not None:
        table[bars(raw)] += BARRED
    return codes, table.astype(np.float32)


def silence(text: Text, share: float) -> tuple[Singles, Singles]:
    """The neutral value for mentees without a word, as one more answer."""
    silent = (text.rows == 0).all(axis=1)
    return silent[:, None].astype(np.float32), np.full((1, len(text.columns)), np.rint(share * MICRO / 2), np.float32)
