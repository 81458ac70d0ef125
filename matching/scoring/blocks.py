"""Score a market in blocks of mentees, so that large ones take little memory; keep the factors of each one's best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.profiles import WAKING_HOURS, Bools, Floats
from matching.scoring import measures
from matching.scoring.factor import Factor, ScoringInput
from matching.scoring.factors import FACTORS
from matching.scoring.points import MICRO
from matching.scoring.rules import RULE_PHRASES, PairRules

# Pairs in one block, for small and for large markets; some hundred bytes are held for each.
LEAST_BLOCK, MOST_BLOCK, PARTS = 2**17, 2**20, 16
# Up to this many pairs, the factors of all are kept; in a larger market, those of each mentee's best.
MOST_KEPT = 1_500_000
KEPT, LEAST_KEPT = 400_000, 100
FIRST_ROWS = 8
READ_BY_RULES = ("languages",)  # evaluated also without a weight

Points = NDArray[np.int32]
Bits = NDArray[np.uint16]


class Block(NamedTuple):
    """Some mentees with every mentor."""

    values: dict[str, Floats]  # 0 where nothing is known, which adds nothing
    known: dict[str, Bools]
    total: Floats
    bars: dict[str, Bools]  # for each rule, whom it would rule out, switched on or not


@dataclass(frozen=True, eq=False)
class Market:
    """The people to be scored, with the weights and rules."""

    data: ScoringInput
    weights: Mapping[str, float]  # shares of the factors about which anything is known, sum 1
    rules: PairRules
    former: Mapping[int, list[int]] = field(default_factory=dict)  # by row
    conflicts: Mapping[int, list[int]] = field(default_factory=dict)
    named: Mapping[int, list[int]] = field(default_factory=dict)  # mentors whom mentees asked for

    def block(self, rows: slice, *, every: bool = True) -> Block:
        """Evaluate some mentees; without `every`, only the factors that count or that a rule reads."""
        part = self.data.part(rows)
        total = np.zeros(part.shape)
        values: dict[str, Floats] = {}
        known: dict[str, Bools] = {}
        for name, factor in FACTORS.items():
            share = self.weights[name]
            counts = every or share or name in READ_BY_RULES
            raw = factor.values(part) if counts else measures.unknown(part.shape)
            if raw.strides == (0, 0) and raw.size and np.isnan(raw[0, 0]):  # nothing is known about any pair
                values[name], known[name] = np.broadcast_to(0.0, part.shape), np.broadcast_to(False, part.shape)
                continue
            known[name] = ~np.isnan(raw)
            # What nobody knows adds nothing: silence may not be worth more than an honest answer.
            values[name] = np.where(known[name], raw, 0.0)
            if share:
                total += share * values[name]
        return Block(values, known, np.clip(total, 0, 1, out=total), self._bars(part, rows, values, known))

    def _bars(
        self, part: ScoringInput, rows: slice, values: Mapping[str, Floats], known: Mapping[str, Bools]
    ) -> dict[str, Bools]:
        mentees, mentors, rules = part.mentees, part.mentors, self.rules
        same_people = _marked(part.shape, rows, self._own)
        alone = np.array([len(p.people) <= 1 for p in mentees], dtype=bool).reshape(-1, 1)
        rests = np.array([bool(rules.rest_after) and p.rounds >= rules.rest_after for p in mentors], dtype=bool)
        return {
            "themselves": same_people & alone,
            "team": same_people & ~alone,
            "language": known["languages"] & (values["languages"] == 0),
            "hours": too_few(part.waking, rules.least_hours),
            "employer": measures.equal([p.employer for p in mentees], [p.employer for p in mentors]) == 1,
            "former": _marked(part.shape, rows, self.former),
            "rest": np.broadcast_to(rests, part.shape),
            "conflict": _marked(part.shape, rows, self.conflicts),
            "named": _others(part.shape, rows, self.named),
        }

    @cached_property
    def _own(self) -> dict[int, list[int]]:
        """By row, the mentors who are among the mentee's own people."""
        mentors: dict[str, list[int]] = {}
        for j, mentor in enumerate(self.data.mentors):
            for person in mentor.people:
                mentors.setdefault(person, []).append(j)
        own = (
            (i, sorted({j for p in mentee.people for j in mentors.get(p, ())}))
            for i, mentee in enumerate(self.data.mentees)
        )
        return {i: found for i, found in own if found}


@dataclass(frozen=True, eq=False)
class Kept:
    """The factors of pairs that pages show or compare: of every pair, or of those of each mentee that score best."""

    columns: NDArray[np.int32] | None  # mentees × kept mentors, the best first; None for every mentor in their order
    values: NDArray[np.float32]  # factors × mentees × kept mentors, factors in the order of `FACTORS`
    known: Bools

    def at(self, i: int, j: int) -> int | None:
        """Where the pair is kept in its row; None if it is not."""
        if self.columns is None:
            return j
        found = np.flatnonzero(self.columns[i] == j)
        return int(found[0]) if len(found) else None


def blocks(n: int, m: int) -> Iterator[slice]:
    """The blocks in which a market of this size is scored."""
    size = min(max(LEAST_BLOCK, n * m // PARTS), MOST_BLOCK)
    step = max(1, size // max(m, 1))
    return (slice(at, min(at + step, n)) for at in range(0, n, step))


def evaluate(market: Market, tell: Callable[[float], None] = lambda _: None) -> tuple[Points, Bits, Kept]:
    """Score every pair: points (`~points` below 0 if a rule excludes the pair), rules as bits, and kept factors.

    `tell` gets the share that is done.
    """
    n, m = market.data.shape
    width = m if n * m <= MOST_KEPT else min(m, max(LEAST_KEPT, KEPT // n))
    points, bits = np.empty((n, m), dtype=np.int32), np.empty((n, m), dtype=np.uint16)
    columns = None if width == m else np.empty((n, width), dtype=np.int32)
    values = np.zeros((len(FACTORS), n, width), dtype=np.float32)
    known = np.zeros((len(FACTORS), n, width), dtype=bool)
    for rows in blocks(n, m):
        block = market.block(rows, every=False)
        bits[rows] = to_bits(block.bars, block.total.shape)
        found = np.rint(block.total * MICRO).astype(np.int32)
        points[rows] = np.where(bits[rows] & active(market.rules), ~found, found)
        best: slice | NDArray[np.int32] = slice(None)
        if columns is not None:
            best = columns[rows] = _best(points[rows], width)
        for at, name in enumerate(FACTORS):
            for kept, of in ((values, block.values[name]), (known, block.known[name])):
                kept[at, rows] = of if columns is None else np.take_along_axis(of, best, axis=1)  # type: ignore[arg-type]
        tell(rows.stop / n)
    return points, bits, Kept(columns, values, known)


def of_known(shares: Mapping[str, float], data: ScoringInput) -> dict[str, float]:
    """Pass the share of factors that nobody here said anything about to the others, so that a score may reach 1."""
    told = {name: share if share and _is_known(FACTORS[name], data) else 0.0 for name, share in shares.items()}
    whole = sum(told.values())
    return {name: share / whole for name, share in told.items()} if whole else dict(shares)


def _is_known(factor: Factor, data: ScoringInput) -> bool:
    """Whether anything is known about any pair. Usually the first rows settle it."""
    n, m = data.shape
    first = slice(0, min(n, FIRST_ROWS))
    return any(not np.isnan(factor.values(data.part(rows))).all() for rows in (first, *blocks(n, m)) if n and m)


def to_bits(bars: Mapping[str, Bools], shape: tuple[int, int]) -> Bits:
    """A bit for each rule, in their order."""
    bits = np.zeros(shape, dtype=np.uint16)
    for at, name in enumerate(RULE_PHRASES):
        if bars[name].any():
            bits |= bars[name].astype(np.uint16) << np.uint16(at)
    return bits


def active(rules: PairRules) -> np.uint16:
    """The bits of the rules that are on."""
    return np.uint16(sum(1 << at for at, name in enumerate(RULE_PHRASES) if rules.has(name)))


def too_few(waking: Floats, least: float) -> Bools:
    """The pairs with fewer waking hours in common, given as a share, than `least`; never those of unknown hours."""
    return ~np.isnan(waking) & (waking * WAKING_HOURS < least - 1e-9)


def by_row(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Pairs of row and column as columns by row."""
    found: dict[int, list[int]] = {}
    for i, j in pairs:
        found.setdefault(i, []).append(j)
    return found


def _best(points: Points, width: int) -> NDArray[np.int32]:
    """The mentors with the most points of each mentee, the best first; of equal ones the first."""
    m = points.shape[1]
    key = -points.astype(np.int64) * m + np.arange(m)
    found = np.argpartition(key, width - 1, axis=1)[:, :width]
    order = np.argsort(np.take_along_axis(key, found, axis=1), axis=1)
    return np.take_along_axis(found, order, axis=1).astype(np.int32)


def _marked(size: tuple[int, int], rows: slice, pairs: Mapping[int, Sequence[int]]) -> Bools:
    if not pairs:
        return np.broadcast_to(False, size)
    marked = np.zeros(size, dtype=bool)
    for i in range(rows.start, rows.stop):
        if i in pairs:
            marked[i - rows.start, pairs[i]] = True
    return marked


def _others(size: tuple[int, int], rows: slice, wanted: Mapping[int, Sequence[int]]) -> Bools:
    """All but the marked pairs, in rows that have marked ones."""
    marked = _marked(size, rows, wanted)
    return marked.any(axis=1, keepdims=True) & ~marked
