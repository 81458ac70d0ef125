"""The stored scores of a run, from which pages tell what a change costs without scoring again.

Written by the worker (score_table_writer.py), read by pages: numpy only, which loads in well under a tenth of a second.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from numpy.typing import NDArray

from matching.models import MatchRun, MatchTable
from matching.scoring.factors import FACTORS
from matching.scoring.points import MICRO
from matching.scoring.rules import RULE_PHRASES

if TYPE_CHECKING:
    from matching.solver.losses import Losses

STEPS = 250  # a factor's value is kept in this many steps between 0 and 1
NO_WAY = -128  # in tables of earlier versions: insisting on the pair is impossible, or has no price


class InsistCost(NamedTuple):
    """The exact loss of the best assignment if it must contain a pair, with everybody else free to move."""

    people: int
    places: int
    score: float


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Mentees are rows, by enrollment id; of a large cohort only the best mentors of each are kept, see `columns`."""

    mentees: list[int]
    mentors: list[int]
    rule_names: list[str]
    factor_names: list[str]  # the order of the stored values
    kept: Mapping[str, NDArray]

    @cached_property
    def row(self) -> dict[int, int]:
        return {pk: i for i, pk in enumerate(self.mentees)}

    @cached_property
    def column(self) -> dict[int, int]:
        return {pk: j for j, pk in enumerate(self.mentors)}

    @property
    def best_only(self) -> int:
        """How many mentors are kept for each mentee; 0 if all are."""
        return self.kept["columns"].shape[1] if "columns" in self.kept else 0

    def has(self, mentee: int, mentor: int) -> bool:
        return mentee in self.row and mentor in self.column and self._at(mentee, mentor) is not None

    def mentors_of(self, mentee: int) -> list[int]:
        """The mentors whose score with a mentee is kept."""
        return (
            [self.mentors[j] for j in self.kept["columns"][self.row[mentee]].tolist()]
            if self.best_only
            else self.mentors
        )

    def place(self, mentee: int, mentor: int) -> tuple[int, int]:
        """Where the pair is kept. Raises KeyError if it is not."""
        at = self._at(mentee, mentor)
        if at is None:
            raise KeyError((mentee, mentor))
        return self.row[mentee], at

    def score(self, mentee: int, mentor: int) -> float:
        return int(self.kept["points"][self.place(mentee, mentor)]) / MICRO

    def bar(self, mentee: int, mentor: int) -> str:
        """Return the rule that excludes the pair, "" if none does."""
        number = int(self.kept["bars"][self.place(mentee, mentor)])
        return RULE_PHRASES.get(self.rule_names[number - 1], "ruled out") if number else ""

    def insist(self, mentee: int, mentor: int) -> InsistCost | None:
        """Return the least loss of a new run with the pair locked; None if impossible or without a price.

        Found by the shortest way through the few changes that the run kept.
        """
        at = self.place(mentee, mentor)
        if "lost_people" in self.kept:
            return self._lost_before(at)
        i, j = self.row[mentee], self.column[mentor]
        if (i, j) in self._made:
            return InsistCost(0, 0, 0)
        losses = self._losses
        if losses is None or not self.kept["open"][at]:
            return None
        ends = ("tails", "heads") if "tails" in self.kept else None
        tail = int(self.kept["tails"][at]) if ends else int(self.kept["row_node"][i])
        head = self.kept["heads"][at] if ends else self.kept["column_node"][j]
        value = int(self.kept["points"][at]) + losses.tier * ((i, j) in self._favoured)
        (cost,) = losses.of(tail, np.array([head], dtype=np.int64), np.array([value], dtype=np.int64))
        return None if cost is None else InsistCost(cost.matched, cost.places, cost.points / MICRO)

    def is_changed(self, mentee: int, mentor: int, marks: tuple[int, int]) -> bool:
        """Whether the sign-up of either has another mark than in the run; a run of an earlier version kept none."""
        if "mentee_marks" not in self.kept:
            return False
        before = self.kept["mentee_marks"][self.row[mentee]], self.kept["mentor_marks"][self.column[mentor]]
        return (int(before[0]), int(before[1])) != marks

    def best_mentors(self, mentee: int) -> list[int]:
        """List the kept mentors whom the mentee could have, the best first."""
        i = self.row[mentee]
        points = self.kept["points"][i]
        columns = self.kept["columns"][i] if self.best_only else np.arange(len(self.mentors))
        order = np.lexsort((columns, -points))
        return [self.mentors[j] for j in columns[order[self.kept["bars"][i][order] == 0]].tolist()]

    def best_mentees(self, mentor: int) -> list[int]:
        """List the mentees whom the mentor could have, the best first; of a large cohort the best ones only."""
        j = self.column[mentor]
        if self.best_only:
            rows = self.kept["best_rows"][j]
            return [self.mentees[i] for i in rows[rows >= 0].tolist()]
        order = np.lexsort((np.arange(len(self.mentees)), -self.kept["points"][:, j]))
        return [self.mentees[i] for i in order if not self.kept["bars"][i, j]]

    def _at(self, mentee: int, mentor: int) -> int | None:
        i, j = self.row[mentee], self.column[mentor]
        if not self.best_only:
            return j
        found = np.flatnonzero(self.kept["columns"][i] == j)
        return int(found[0]) if len(found) else None

    def _lost_before(self, at: tuple[int, int]) -> InsistCost | None:
        """The loss in a table of an earlier version, which kept that of every pair."""
        people, places, points = (int(self.kept[f"lost_{name}"][at]) for name in ("people", "places", "points"))
        return None if people == NO_WAY else InsistCost(people, places, points / MICRO)

    @cached_property
    def _losses(self) -> Losses | None:
        from matching.solver.losses import Losses  # noqa: PLC0415 slow library: SciPy, which only the price of a pair needs

        return Losses.from_arrays(self.kept)

    @cached_property
    def _made(self) -> set[tuple[int, int]]:
        return {(i, j) for i, j in self.kept["made"].tolist()}

    @cached_property
    def _favoured(self) -> set[tuple[int, int]]:
        return {(i, j) for i, j in self.kept["favoured"].tolist()}


def pack(arrays: Mapping[str, NDArray]) -> bytes:
    """Pack arrays into bytes, as NumPy does, but fast rather than as small as can be."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as file:
        for name, array in arrays.items():
            with file.open(f"{name}.npy", "w", force_zip64=True) as part:
                np.lib.format.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
    return out.getvalue()


def unpack(data: bytes | memoryview) -> dict[str, NDArray]:
    with np.load(io.BytesIO(bytes(data)), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def score_table_of(run: MatchRun) -> ScoreTable | None:
    """Return the scores of a run; None if it has none, because it is too old, or was too large for its version."""
    if run.finished_at is None:
        return None
    return _read(run.pk, run.finished_at.isoformat())


class FactorValue(NamedTuple):
    """A factor of a pair, as it counted; 0 if nothing is known about it."""

    value: float
    known: bool


def factors_of(run: MatchRun, mentee: int, mentors: list[int]) -> dict[int, dict[str, FactorValue]]:
    """Return for each of these mentors the value of every factor of the run, without those that it does not keep."""
    table = score_table_of(run)
    if table is None:
        return {}
    kept = _read_factors(run.pk, run.finished_at.isoformat() if run.finished_at else "")
    found = {}
    for mentor in mentors:
        if not table.has(mentee, mentor):
            continue
        i, at = table.place(mentee, mentor)
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
    return ScoreTable(kept.mentees, kept.mentors, kept.rule_names, kept.factor_names, unpack(kept.scores))


@lru_cache(maxsize=2)
def _read_factors(run_id: int, finished: str) -> dict[str, NDArray]:
    return unpack(MatchTable.objects.values_list("factors", flat=True).get(run=run_id))
