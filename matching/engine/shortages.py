"""Topics, languages and hours that lack mentors, and how many, while sign-up is still open. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.profiles import MatchProfile, shared_hours, spoken
from matching.solver.filling import unfilled
from matching.solver.problem import Ints
from matching.texts.common_topics import topics_of
from mentorship.core.reference_data import language_name
from mentorship.core.timezones import offset_name

HOURS = 3.0  # shared waking hours a day that pairs need to meet, if the cohort asks for none


@dataclass(frozen=True)
class Shortage:
    """How many more places with mentors of this kind would cover everybody."""

    kind: str  # "topics", "languages" or "hours"; "places" for any kind
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

    People who did not say can have any mentor. Where there are too few places, that comes first, and a kind is named
    only if as many more mentors like those that are there would not cover it.
    """
    spare = max(sum(wanted) - sum(capacity), 0)
    found = [Shortage("places", "", spare)] if spare else []
    for kind, of in (("topics", topics_of), ("languages", _spoken_names)):
        names = {plain: name for p in mentees for plain, name in of(p).items()}
        every = sorted({plain for p in (*mentees, *mentors) for plain in of(p)})
        number = {plain: at for at, plain in enumerate(every)}
        needs = [set(of(p)) for p in mentees]
        left = _unfilled(
            [sorted(number[plain] for plain in need) for need in needs],
            [sorted(number[plain] for plain in of(p)) for p in mentors],
            [(at, at) for at in number.values()],
            wanted,
            capacity,
        )
        named = Counter(plain for p in (*mentees, *mentors) for plain in of(p))
        found += [replace(one, name=names[one.name]) for one in _lacking(kind, needs, left, named)]
    clocks = [{_clock(p)} if p.offsets else set() for p in mentees]
    left = _without_hours(mentees, mentors, wanted, capacity, least_hours or HOURS)
    return found + _lacking("hours", clocks, left, {})


def _unfilled(
    needs: list[list[int]],
    offers: list[list[int]],
    links: list[tuple[int, int]],
    wanted: Sequence[int],
    capacity: Sequence[int],
) -> Ints:
    """Return the places of each mentee that stay empty; none if that is for lack of places, whatever their kind."""
    spare = sum(wanted) - sum(capacity)
    if spare > 0 and offers:
        anything = sorted({kind for offered in offers for kind in offered})
        if not unfilled(needs, [*offers, anything], links, wanted, [*capacity, spare]).any():
            return np.zeros(len(needs), dtype=np.int64)
    return unfilled(needs, offers, links, wanted, capacity)


def _without_hours(
    mentees: Sequence[MatchProfile],
    mentors: Sequence[MatchProfile],
    wanted: Sequence[int],
    capacity: Sequence[int],
    least: float,
) -> Ints:
    """Return how many wanted places stay empty if pairs need this many hours in common."""
    number = {offsets: at for at, offsets in enumerate(sorted({p.offsets for p in (*mentees, *mentors)} - {()}))}
    meet = [(number[a], number[b]) for a in number for b in number if shared_hours(a, b) >= least - 1e-9]
    needs, offers = ([[number[p.offsets]] if p.offsets else [] for p in side] for side in (mentees, mentors))
    return _unfilled(needs, offers, meet, wanted, capacity)


def _lacking(kind: str, needs: Sequence[set[str]], left: Ints, named: Mapping[str, int]) -> list[Shortage]:
    """Repeatedly name the kind that covers most of the places that are left.

    Of several that cover as many, the one that most people name: a word of one person alone recruits nobody.
    """
    left = left.copy()
    found: list[Shortage] = []
    while True:
        count: dict[str, int] = {}
        for i in np.flatnonzero(left > 0).tolist():
            for name in needs[i]:
                count[name] = count.get(name, 0) + int(left[i])
        if not count:
            return found
        name = min(count, key=lambda n: (-count[n], -named.get(n, 0), n))
        found.append(Shortage(kind, name, count[name]))
        left[[i for i in np.flatnonzero(left > 0).tolist() if name in needs[i]]] = 0


def _spoken_names(person: MatchProfile) -> dict[str, str]:
    return {code: language_name(code) for code in spoken(person)}


def _clock(person: MatchProfile) -> str:
    """Name the time zone at the start of the cohort, such as UTC+5:30."""
    return offset_name(round(person.offsets[0] * 60))
