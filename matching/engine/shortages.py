"""Topics, languages and hours that lack mentors, and how many, while sign-up is still open. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.scoring import measures
from matching.scoring.common_topics import topics_of
from matching.scoring.profiles import WAKING_HOURS, MatchProfile, spoken
from matching.solver import AssignmentProblem, solve
from mentorship.core.reference_data import language_name
from mentorship.core.timezones import offset_name

HOURS = 3.0  # shared waking hours a day that pairs need to meet, if the cohort asks for none


@dataclass(frozen=True)
class Shortage:
    """How many more places with mentors of this kind would cover everybody."""

    kind: str  # "topics", "languages" or "hours"
    name: str
    places: int


def shortages(
    mentees: Sequence[MatchProfile],
    mentors: Sequence[MatchProfile],
    wanted: Sequence[int],
    capacity: Sequence[int],
    *,
    least_hours: float = 0,
) -> list[Shortage]:
    """Find, for each kind on its own, mentees without a mentor who shares it, and what they need.

    People who did not say can have any mentor.
    """
    found: list[Shortage] = []
    for kind, of in (("topics", topics_of), ("languages", _spoken_names)):
        names = {plain: name for p in mentees for plain, name in of(p).items()}
        needs, offers = [set(of(p)) for p in mentees], [set(of(p)) for p in mentors]
        silent = np.array([not n for n in needs], dtype=bool)[:, None] | np.array([not o for o in offers], dtype=bool)
        lacking = _lacking(kind, needs, silent | (measures.overlap(needs, offers) > 0), wanted, capacity)
        found += [replace(one, name=names[one.name]) for one in lacking]
    shared = measures.hours(mentees, mentors) * WAKING_HOURS
    clocks = [{_clock(p)} if p.offsets else set() for p in mentees]
    meets = np.isnan(shared) | (shared >= (least_hours or HOURS) - 1e-9)
    found += _lacking("hours", clocks, meets, wanted, capacity)
    return found


def _lacking(
    kind: str, needs: Sequence[set[str]], meets: np.ndarray, wanted: Sequence[int], capacity: Sequence[int]
) -> list[Shortage]:
    """Fill all places, then repeatedly name the kind that covers most of the remaining mentees."""
    solution = solve(AssignmentProblem(np.where(meets, 0, -1), np.asarray(capacity), np.asarray(wanted)))
    left = np.asarray(wanted, dtype=np.int64).copy()
    for i, _ in solution.pairs:
        left[i] -= 1
    found: list[Shortage] = []
    while True:
        count: dict[str, int] = {}
        for i in np.flatnonzero(left > 0).tolist():
            for name in needs[i]:
                count[name] = count.get(name, 0) + int(left[i])
        if not count:
            return found
        name = min(count, key=lambda n: (-count[n], n))
        found.append(Shortage(kind, name, count[name]))
        for i, need in enumerate(needs):
            if name in need:
                left[i] = 0


def _spoken_names(person: MatchProfile) -> dict[str, str]:
    return {code: language_name(code) for code in spoken(person)}


def _clock(person: MatchProfile) -> str:
    """Name the time zone at the start of the cohort, such as UTC+5:30."""
    return offset_name(round(person.offsets[0] * 60))
