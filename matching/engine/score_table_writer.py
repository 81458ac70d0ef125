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


def table_fields(answer: RunResult) -> dict[str, object] | None:
    """The fields of a MatchTable; None where there are too many pairs to keep."""
    shape = answer.scores.total.shape
    if shape[0] * shape[1] > MOST_PAIRS:
        return None
    return {
        "mentees": [e.pk for e in answer.pool.mentees],
        "mentors": [e.pk for e in answer.pool.mentors],
        "rule_names": list(RULE_PHRASES),
        "factor_names": list(FACTORS),
        "scores": pack(
            {
                "points": np.rint(answer.scores.total * MICRO).astype(np.int32),
                "bars": _bars(answer),
                **_lost(answer),
            }
        ),
        "factors": pack({"values": _values(answer), "known": _known(answer)}),
    }


def limits_of(answer: RunResult) -> list[dict[str, object]]:
    """The limits of a mentor that the run kept, so that changes by hand can say where they pass one."""
    return [
        {"name": q.name, "limit": q.limit, "mentees": sorted(answer.pool.mentees[i].pk for i in q.members)}
        for q in answer.problem.quotas
        if q.side == "mentor"
    ]


def _bars(answer: RunResult) -> np.ndarray:
    bars = np.zeros(answer.scores.total.shape, dtype=np.uint8)
    names = list(RULE_PHRASES)
    for name, bar in reversed(answer.scores.barred.items()):  # the first that applies is the one that is told
        bars[bar] = names.index(name) + 1
    return bars


def _lost(answer: RunResult) -> dict[str, np.ndarray]:
    shape = answer.scores.total.shape
    people = np.full(shape, NO_WAY, dtype=np.int8)
    places, points = np.zeros(shape, dtype=np.int8), np.zeros(shape, dtype=np.int32)
    for i in range(shape[0]):
        for j, cost in enumerate(answer.costs_of(i)):
            if cost is not None:
                people[i, j], places[i, j] = np.clip(cost.matched, -100, 100), np.clip(cost.places, -100, 100)
                points[i, j] = cost.points
    return {"lost_people": people, "lost_places": places, "lost_points": points}


def _values(answer: RunResult) -> np.ndarray:
    values = np.zeros((len(FACTORS), *answer.scores.total.shape), dtype=np.uint8)
    for at, name in enumerate(FACTORS):
        values[at] = np.rint(np.clip(answer.scores.factors[name], 0, 1) * STEPS)
    return values


def _known(answer: RunResult) -> np.ndarray:
    return np.array([answer.scores.known[name] for name in FACTORS], dtype=bool)
