"""Write the scores of a run in the format that pages read. For the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matching.engine.score_table import STEPS, pack
from matching.scoring.factors import FACTORS
from matching.scoring.rules import RULE_PHRASES
from matching.solver.dense import blocks_of

if TYPE_CHECKING:
    from matching.engine.run_result import RunResult

BEST_MENTEES = 24  # of each mentor, where not every pair is kept
Arrays = dict[str, NDArray]


def table_fields(result: RunResult) -> dict[str, object]:
    """Return the fields of a MatchTable."""
    kept = result.scores.kept
    values = np.empty(kept.values.shape, dtype=np.int16)
    for at, of in enumerate(kept.values):  # one by one, which takes less memory; what nobody wishes is below 0
        values[at] = np.rint(np.clip(of, -1, 1) * STEPS)
    return {
        "mentees": [e.pk for e in result.pool.mentees],
        "mentors": [e.pk for e in result.pool.mentors],
        "rule_names": list(RULE_PHRASES),
        "factor_names": list(FACTORS),
        "scores": pack({**_pairs(result), **_losses(result), **_marks(result)}),
        "factors": pack({"values": values, "known": kept.known}),
    }


def limits_of(result: RunResult) -> list[dict[str, object]]:
    """Return the limits on mentors that the run observed, so that changes by hand can warn if they exceed one."""
    return [
        {"name": q.name, "limit": q.limit, "mentees": sorted(result.pool.mentees[i].pk for i in q.members)}
        for q in result.problem.quotas
        if q.side == "mentor"
    ]


def _pairs(result: RunResult) -> Arrays:
    """Points and rules of the kept pairs; which mentors these are, and the best mentees, where they are not all."""
    scores = result.scores
    columns, n = scores.kept.columns, scores.shape[0]
    if columns is None:
        return {
            "points": np.where(scores.signed < 0, ~scores.signed, scores.signed),
            "bars": _bars(result, slice(None)),
        }
    signed = np.take_along_axis(scores.signed, columns, axis=1)
    bars = np.concatenate([_bars(result, rows, columns[rows]) for rows in blocks_of(n, columns.shape[1])])
    return {
        "points": np.where(signed < 0, ~signed, signed),
        "bars": bars,
        "columns": columns,
        "best_rows": _best_rows(result),
    }


def _bars(result: RunResult, rows: slice, columns: NDArray | None = None) -> NDArray[np.uint8]:
    """0, or the position of the first rule that excludes a pair, from 1."""
    bits, rules = result.scores.bits[rows], result.scores.rules
    bits = bits if columns is None else np.take_along_axis(bits, columns, axis=1)
    bars = np.zeros(bits.shape, dtype=np.uint8)
    for at, name in reversed(list(enumerate(RULE_PHRASES))):
        if rules.has(name):
            bars[(bits >> at & 1).astype(bool)] = at + 1
    return bars


def _best_rows(result: RunResult) -> NDArray[np.int32]:
    """The mentees with the most points of each mentor, the best first; -1 where there are fewer."""
    signed = result.scores.signed
    n, m = signed.shape
    count = min(BEST_MENTEES, n)
    found = np.empty((m, count), dtype=np.int32)
    for columns in blocks_of(m, n):
        key = -signed[:, columns].T.astype(np.int64) * n + np.arange(n)
        best = np.argpartition(key, count - 1, axis=1)[:, :count]
        order = np.argsort(np.take_along_axis(key, best, axis=1), axis=1)
        best = np.take_along_axis(best, order, axis=1)
        some = signed[best, np.arange(columns.start, columns.stop)[:, None]]
        found[columns] = np.where(some >= 0, best, -1)
    return found


def _marks(result: RunResult) -> Arrays:
    """By these a page sees whose sign-up has changed since the run."""
    sides = {"mentee_marks": result.scores.mentees, "mentor_marks": result.scores.mentors}
    return {name: np.array([person.mark for person in side], dtype=np.uint64) for name, side in sides.items()}


def _losses(result: RunResult) -> Arrays:
    """The arrays that tell what insisting on a kept pair loses, see solver/losses.py."""
    problem, columns = result.problem, result.scores.kept.columns
    found: Arrays = {
        "made": np.array(result.solution.pairs, dtype=np.int32).reshape(-1, 2),
        "favoured": np.array(problem.favoured, dtype=np.int32).reshape(-1, 2),
    }
    costs = result.costs
    if costs is None or costs.losses is None:
        return found
    every = np.arange(len(problem.capacity))
    some = [(i, every if columns is None else columns[i].astype(np.int64)) for i in range(len(problem.wanted))]
    found |= costs.losses.arrays()
    found["open"] = np.array([costs.is_open(i, mentors) for i, mentors in some])
    found["row_node"], found["column_node"] = costs.nodes
    if problem.quotas:
        ends = [costs.nodes_of(i, mentors) for i, mentors in some]
        found["tails"], found["heads"] = (np.array(side, dtype=np.int32) for side in zip(*ends, strict=True))
    return found
