"""The factor of place: the continent, or how near they live where pairs meet in person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.profiles import Floats, SharedAnswers, region_name, same
from matching.scoring import measures
from matching.scoring.factor import Factor, FactorPair, ScoringInput

EARTH_RADIUS = 6371.0  # km
NEAR, FAR = 15.0, 150.0  # km: up to where a pair is as near as can be, and from where on it is not near at all


@dataclass(frozen=True)
class Home:
    """The town or region of somebody whose pair meets in person."""

    name: str
    key: tuple[str, str]  # the same for other spellings of the town
    at: tuple[float, float] | None  # latitude and longitude in degrees, if known


class WhereTheyLive(Factor):
    name = "place"
    label = "Location"
    help = "Whether they live on the same continent or, if pairs meet in person, how near each other they live."
    default_weight = 2

    def read(self, enrollment: Any, answers: SharedAnswers) -> Any:
        town = enrollment.town if enrollment.cohort.meets_in_person else None
        return Home(town.name, town.key, town.at) if town else None

    def values(self, data: ScoringInput) -> Floats:
        """Nearness where both named their town, else the same continent or not.

        In a cohort with towns the continent of others tells nothing: NaN.
        """
        homes, others = data.facts(self.name)
        if not any(others):
            return measures.equal([p.region for p in data.mentees], [p.region for p in data.mentors])
        return _nearness(homes, others)

    def phrase(self, pair: FactorPair) -> str:
        here, there = _homes(pair)
        if here and there:
            apart = _apart(here, there)
            if here.key == there.key:
                return f"both in {here.name}"
            return f"{here.name} and {there.name}" + ("" if apart is None else f", {_rounded(apart)} apart")
        one, other = region_name(pair.mentee), region_name(pair.mentor)
        return f"both in {one}" if same(one, other) else f"{one} and {other}"

    def reason(self, pair: FactorPair) -> str:
        here, there = _homes(pair)
        if here and there:
            apart = _apart(here, there)
            near = here.key == there.key or apart is None
            return f"both live in {here.name}" if near else f"live {_rounded(apart or 0)} apart"
        return f"are both in {region_name(pair.mentee)}"

    def objection(self, pair: FactorPair) -> str:
        here, there = _homes(pair)
        apart = _apart(here, there) if here and there else None
        return "" if apart is None else f"they live {_rounded(apart)} apart"


def unplaced(data: ScoringInput) -> list[str]:
    """The names of towns without coordinates, where a distance could not be computed for that reason."""
    homes = [home for side in data.facts(WhereTheyLive.name) for home in side if home]
    if len({home.key for home in homes}) < 2:
        return []
    return sorted({home.name for home in homes if home.at is None}, key=str.casefold)


def _homes(pair: FactorPair) -> tuple[Home | None, Home | None]:
    return pair.mentee.facts.get(WhereTheyLive.name), pair.mentor.facts.get(WhereTheyLive.name)


def _apart(here: Home, there: Home) -> float | None:
    """Kilometres between two homes; None unless both places are known."""
    return None if here.at is None or there.at is None else float(_kilometres([here], [there])[0, 0])


def _rounded(kilometres: float) -> str:
    """A distance as people say it: towns are large."""
    if kilometres < 5:
        return "less than 5 km"
    step = 5 if kilometres < 100 else 10 if kilometres < 1000 else 100
    return f"about {round(kilometres / step) * step:,} km"


def _nearness(homes: Sequence[Home | None], others: Sequence[Home | None]) -> Floats:
    """1 in the same town and up to `NEAR`, 0 from `FAR` on; 0 in different towns of which a place is not known."""
    values = measures.equal(*([str(home.key) if home else "" for home in side] for side in (homes, others)))
    apart = _kilometres(homes, others)
    near = np.clip((FAR - apart) / (FAR - NEAR), 0, 1)
    return np.where(np.isnan(apart) | (values == 1), values, near)


def _kilometres(homes: Sequence[Home | None], others: Sequence[Home | None]) -> Floats:
    """The distance of every pair over the surface of the Earth; NaN unless both places are known."""
    here, there = (
        np.radians(np.array([home.at if home and home.at else (np.nan, np.nan) for home in side]).reshape(-1, 2))
        for side in (homes, others)
    )
    north, east = (here[:, None, axis] - there[None, :, axis] for axis in (0, 1))
    half = np.sin(north / 2) ** 2 + np.cos(here[:, None, 0]) * np.cos(there[None, :, 0]) * np.sin(east / 2) ** 2
    distance: Floats = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance
