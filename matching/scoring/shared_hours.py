"""The factor of time: the hours of the week that both gave, and waking hours where one of them gave none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matching.profiles import Floats, SharedAnswers, shared_hours
from matching.scoring.factor import Factor, FactorPair, ScoringInput

QUARTERS = 672  # of an hour, in a week
ENOUGH = 6.0  # shared hours a week from which on more make no difference: pairs meet for an hour at most


class SharedHours(Factor):
    name = "hours"
    label = "Shared hours"
    help = (
        "How many hours a week both are free, as their clocks stand on the cohort’s first day. If either of them gave "
        "none, we use the hours when both are awake."
    )
    default_weight = 2

    def read(self, enrollment: Any, answers: SharedAnswers) -> Any:
        """A bit for each quarter of an hour of the week in UTC, by the clocks of the day on which the cohort starts."""
        hours = enrollment.weekly_hours
        return hours.quarters(enrollment.cohort.starts_on) if hours else None

    def values(self, data: ScoringInput) -> Floats:
        """Shared hours of the week, where both gave some, as a share of `ENOUGH`.

        Elsewhere waking hours, lowered as much as the hours of those who gave some are below their waking hours: giving
        none is no advantage.
        """
        weeks = data.facts(self.name)
        if not all(any(week is not None for week in side) for side in weeks):
            return data.waking
        real = np.minimum(_shared(*weeks) / ENOUGH, 1)
        both = ~np.isnan(real) & ~np.isnan(data.waking)
        told, awake = (np.where(both, values, 0).sum(axis=1, keepdims=True) for values in (real, data.waking))
        ratio = np.where(awake > 0, np.minimum(told / np.where(awake > 0, awake, 1), 1), 1)
        return np.where(np.isnan(real), data.waking * ratio, real)

    def phrase(self, pair: FactorPair) -> str:
        given = _given(pair)
        if given is not None:
            return f"{_weekly(given)} in common"
        return f"{_waking(pair)} in common"

    def reason(self, pair: FactorPair) -> str:
        given = _given(pair)
        if given is not None:
            return f"are both free at the same time for {_weekly(given)}"
        return f"share {_waking(pair)}"

    def objection(self, pair: FactorPair) -> str:
        given = _given(pair)
        if given is None:
            return f"they share only {_waking(pair)}"
        if not given:
            return "no hour of the week suits both"
        return f"they share only {_weekly(given)}"


def _waking(pair: FactorPair) -> str:
    hours = round(shared_hours(pair.mentee.offsets, pair.mentor.offsets))
    return f"about {hours} waking hour{'s' * (hours != 1)} a day"


def _weekly(hours: float) -> str:
    """Hours of the week as people say them."""
    if not hours:
        return "no hour of the week"
    if hours < 1:
        return "less than an hour a week"
    about = "about " if hours % 1 else ""
    return f"{about}{round(hours)} hour{'s' * (round(hours) != 1)} a week"


def _given(pair: FactorPair) -> float | None:
    """The shared hours of the week; None unless both gave some."""
    here, there = (side.facts.get(SharedHours.name) for side in (pair.mentee, pair.mentor))
    return None if here is None or there is None else (here & there).bit_count() / 4


def _shared(mentees: Sequence[int | None], mentors: Sequence[int | None]) -> Floats:
    """Shared hours of the week of every pair; NaN unless both gave some."""
    here, there = (_bits([week or 0 for week in weeks]) for weeks in (mentees, mentors))
    values: Floats = (here @ there.T).astype(float) / 4
    values[[week is None for week in mentees], :] = np.nan
    values[:, [week is None for week in mentors]] = np.nan
    return values


def _bits(weeks: Sequence[int]) -> np.ndarray:
    rows = b"".join(week.to_bytes(QUARTERS // 8, "little") for week in weeks)
    return np.unpackbits(np.frombuffer(rows, dtype=np.uint8)).reshape(len(weeks), QUARTERS).astype(np.float32)
