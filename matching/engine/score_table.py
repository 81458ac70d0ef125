"""The stored scores of a run, from which pages tell what a change costs without scoring again.

Written by the worker (score_table_writer.py), read by pages: numpy only, which loads in well under a tenth of a second.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.models import MatchRun, MatchTable
from matching.scoring.factors import FACTORS
from matching.scoring.points import MICRO
from matching.scoring.rules import RULE_PHRASES

# A larger round keeps its runners-up only: a table of this size takes about ten megabytes.
MOST_PAIRS = 1_500_000
STEPS = 250  # a factor's value is kept in this many steps between 0 and 1
NO_WAY = -128  # insisting on the pair is impossible, or the run's objective has no price


class InsistCost(NamedTuple):
    """The exact loss of the best assignment if it must contain a pair, with everybody else free to move."""

    people: int
    places: int
    score: float


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Mentees are rows, mentors are columns, both by enrollment id."""

    mentees: list[int]
    mentors: list[int]
    rule_names: list[str]
    factor_names: list[str]  # the order of the stored values
    points: NDArray[np.int32]  # for every pair, including excluded ones
    bars: NDArray[np.uint8]  # 0, or the position in `rule_names` of the rule that excludes the pair, from 1
    lost_people: NDArray[np.int8]  # NO_WAY if insisting is impossible
    lost_places: NDArray[np.int8]
    lost_points: NDArray[np.int32]

    @cached_property
    def row(self) -> dict[int, int]:
        return {pk: i for i, pk in enumerate(self.mentees)}

    @cached_property
    def column(self) -> dict[int, int]:
        return {pk: j for j, pk in enumerate(self.mentors)}

    def has(self, mentee: int, mentor: int) -> bool:
        return mentee in self.row and mentor in self.column

    def score(self, mentee: int, mentor: int) -> float:
        return int(self.points[self.row[mentee], self.column[mentor]]) / MICRO

    def bar(self, mentee: int, mentor: int) -> str:
        """Return the rule that excludes the pair, "" if none does."""
        number = int(self.bars[self.row[mentee], self.column[mentor]])
        return RULE_PHRASES.get(self.rule_names[number - 1], "ruled out") if number else ""

    def insist(self, mentee: int, mentor: int) -> InsistCost | None:
        """Return the least loss of a new run with the pair locked; None if impossible or without a price."""
        at = self.row[mentee], self.column[mentor]
        if self.lost_people[at] == NO_WAY:
            return None
        return InsistCost(int(self.lost_people[at]), int(self.lost_places[at]), int(self.lost_points[at]) / MICRO)

    def best_mentors(self, mentee: int) -> list[int]:
        """List every mentor the mentee could have, the best first."""
        i = self.row[mentee]
        order = np.lexsort((np.arange(len(self.mentors)), -self.points[i]))
        return [self.mentors[j] for j in order if not self.bars[i, j]]

    def best_mentees(self, mentor: int) -> list[int]:
        """List every mentee the mentor could have, the best first."""
        j = self.column[mentor]
        order = np.lexsort((np.arange(len(self.mentees)), -self.points[:, j]))
        return [self.mentees[i] for i in order if not self.bars[i, j]]


def pack(arrays: Mapping[str, NDArray]) -> bytes:
    """Pack arrays into bytes."""
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def unpack(data: bytes | memoryview) -> dict[str, NDArray]:
    with np.load(io.BytesIO(bytes(data)), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def score_table_of(run: MatchRun) -> ScoreTable | None:
    """Return the scores of a run; None if it has none, because it is too large or too old."""
    if run.finished_at is None:
        return None
    return _read(run.pk, run.finished_at.isoformat())


class FactorValue(NamedTuple):
    """A factor of a pair, as it counted; 0 if nothing is known about it."""

    value: float
    known: bool


def factors_of(run: MatchRun, mentee: int, mentors: list[int]) -> dict[int, dict[str, FactorValue]]:
    """Return for each of these mentors the value of every factor of the run; {} if the run keeps no table."""
    table = score_table_of(run)
    if table is None:
        return {}
    kept = _read_factors(run.pk, run.finished_at.isoformat() if run.finished_at else "")
    i, found = table.row[mentee], {}
    for mentor in mentors:
        at = table.column[mentor]
        values, known_ones = kept["values"][:, i, at].tolist(), kept["known"][:, i, at].tolist()
        both = zip(table.factor_names, values, known_ones, strict=True)
        found[mentor] = {name: FactorValue(value / STEPS, known) for name, value, known in both}
    return found


def shares_of_run(run: MatchRun) -> dict[str, float]:
    """Return the share of each factor that counted in a run, in display order; the shares sum to 1."""
    names = [*FACTORS, *(name for name in run.weights if name not in FACTORS)]
    total = sum(run.weights.values()) or 1
    return {name: run.weights[name] / total for name in names if run.weights.get(name)}


# A finished run never changes, so a few tables are cached. The time distinguishes runs of another database.
@lru_cache(maxsize=4)
def _read(run_id: int, finished: str) -> ScoreTable | None:
    kept = MatchTable.objects.filter(run=run_id).defer("factors").first()
    if kept is None:
        return None
    return ScoreTable(kept.mentees, kept.mentors, kept.rule_names, kept.factor_names, **unpack(kept.scores))


@lru_cache(maxsize=2)
def _read_factors(run_id: int, finished: str) -> dict[str, NDArray]:
    return unpack(MatchTable.objects.values_list("factors", flat=True).get(run=run_id))
