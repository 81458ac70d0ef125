"""Write the scores of a run in the format that pages read. For the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matching.engine.score_table import MOST_PAIRS, NO_WAY, STEPS, pack
from matching.scoring.factors import FACTORS
from matching.scoring.points import MICRO
from matching.scoring.rules import RULE_PHRASES

if TYPE_CHECKING:
    from matching.engine.run_result import RunResult


def table_fields(result: RunResult) -> dict[str, object] | None:
    """Return the fields of a MatchTable; None if there are too many pairs to keep."""
    shape = result.scores.total.shape
    if shape[0] * shape[1] > MOST_PAIRS:
        return None
    return {
        "mentees": [e.pk for e in result.pool.mentees],
        "mentors": [e.pk for e in result.pool.mentors],
        "rule_names": list(RULE_PHRASES),
        "factor_names": list(FACTORS),
        "scores": pack(
            {
                "points": np.rint(result.scores.total * MICRO).astype(np.int32),
                "bars": _bars(result),
                **_lost(result),
            }
        ),
        "factors": pack({"values": _values(result), "known": _known(result)}),
    }


def limits_of(result: RunResult) -> list[dict[str, object]]:
    """Return the limits on mentors that the run observed, so that changes by hand can warn if they exceed one."""
    return [
        {"name": q.name, "limit": q.limit, "mentees": sorted(result.pool.mentees[i].pk for i in q.members)}
        for q in result.problem.quotas
        if q.side == "mentor"
    ]


def _bars(result: RunResult) -> np.ndarray:
    bars = np.zeros(result.scores.total.shape, dtype=np.uint8)
    names = list(RULE_PHRASES)
    for name, bar in reversed(result.scores.barred.items()):  # the first rule that applies is shown
        bars[bar] = names.index(name) + 1
    return bars


def _lost(result: RunResult) -> dict[str, np.ndarray]:
    """Return what insisting on each pair loses. Made from one list: setting single cells takes several times longer."""
    shape = result.scores.total.shape
    none = (NO_WAY, 0, 0)
    cells = [
        none if cost is None else (min(max(cost.matched, -100), 100), min(max(cost.places, -100), 100), cost.points)
        for i in range(shape[0])
        for cost in result.costs_of(i)
    ]
    people, places, points = np.array(cells, dtype=np.int64).reshape(*shape, 3).transpose(2, 0, 1)
    return {
        "lost_people": people.astype(np.int8),
        "lost_places": places.astype(np.int8),
        "lost_points": points.astype(np.int32),
    }


def _values(result: RunResult) -> np.ndarray:
    values = np.zeros((len(FACTORS), *result.scores.total.shape), dtype=np.int16)  # what nobody wishes is below 0
    for at, name in enumerate(FACTORS):
        values[at] = np.rint(np.clip(result.scores.factors[name], -1, 1) * STEPS)
    return values


def _known(result: RunResult) -> np.ndarray:
    return np.array([result.scores.known[name] for name in FACTORS], dtype=bool)
