"""Give the seats of a cohort by rules. Pure Python without Django.

Applicants are sorted by: always accepted, priority, points, lot. In that order each one is accepted if no quota is full
and if there is a seat for them beside everybody accepted before, who may move to another track that they can attend.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cohorts.selection.track_assignment import (
    IF_NECESSARY,
    NO,
    YES,
    ApplicantId,
    TrackAssignment,
    TrackCosts,
    track_costs,
)

__all__ = [
    "IF_NECESSARY",
    "NO",
    "YES",
    "Applicant",
    "ApplicantOutcome",
    "Quota",
    "RuleEffect",
    "SelectionResult",
    "Total",
    "select",
]

ACCEPTED, WAITLISTED = "accepted", "waitlisted"
# Rules that accept or reject somebody; a quota is named by its own words.
KEPT, OVERRIDE, PRIORITY, POINTS, LOTTERY = "accepted before", "let in first", "priority", "points", "lottery"
ROOM, SEATS, AVAILABILITY = "room for everybody", "seats", "availability"


class Quota(NamedTuple):
    """A limit on people with this value; `value` None: with each value."""

    attribute: str
    value: str | None
    most: int

    def value_of(self, groups: Mapping[str, str]) -> str | None:
        """The value that somebody counts towards, None if the quota does not count them."""
        value = groups.get(self.attribute)
        return value if value and self.value in (None, value) else None

    def words(self, value: str) -> str:
        return f"quota of {self.most} for {self.attribute} {value}"


@dataclass(frozen=True)
class Applicant:
    """One application. `keeps`: the track of somebody accepted earlier, "" if they have none yet."""

    id: ApplicantId
    points: float = 0
    priority: bool = False
    override: bool = False
    groups: Mapping[str, str] = field(default_factory=dict)
    availability: Mapping[str, str] = field(default_factory=dict)
    keeps: str | None = None

    @property
    def standing(self) -> tuple[bool, bool, float]:
        """The sort key before the lot, which breaks ties."""
        return (not self.override, not self.priority, -self.points)

    def standing_words(self) -> str:
        words = f"{self.points:g} point{'' if self.points == 1 else 's'}"
        return f"priority and {words}" if self.priority else words


@dataclass(frozen=True)
class ApplicantOutcome:
    """The outcome of one application with reasons. `rank` is None for people accepted before."""

    id: ApplicantId
    outcome: str
    track: str | None
    rank: int | None
    waitlist: int | None
    rule: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class RuleEffect:
    """The people whom one rule accepted or rejected."""

    rule: str
    let_in: tuple[ApplicantId, ...]
    kept_out: tuple[ApplicantId, ...]


@dataclass(frozen=True)
class Total:
    """How much of a track's seats or of a quota is used."""

    name: str
    taken: int
    most: int


@dataclass(frozen=True)
class SelectionResult:
    """Outcomes in the order of the selection, and the effects of the rules."""

    outcomes: tuple[ApplicantOutcome, ...]
    effects: tuple[RuleEffect, ...]
    tracks: tuple[Total, ...]
    quotas: tuple[Total, ...]


def select(
    applicants: Iterable[Applicant],
    tracks: Mapping[str, int],
    quotas: Sequence[tuple[str, str | None, int]] = (),
    seed: str = "",
) -> SelectionResult:
    """Assign the seats. Deterministic: the order of the applicants does not matter."""
    # Accepted applicants come first, and of them those with a track.
    everybody = sorted(applicants, key=lambda a: (a.keeps is None, not a.keeps, a.standing, lot(seed, a.id)))
    if len({a.id for a in everybody}) < len(everybody):
        raise ValueError("Two applicants have the same id.")
    draw = _Draw(tracks, [Quota(*quota) for quota in quotas])
    for applicant in everybody:
        draw.consider(applicant)
    return draw.result(everybody)


def lot(seed: str, of: ApplicantId) -> tuple[str, str]:
    """The lot of an applicant, independent of the others."""
    return hashlib.sha256(f"{seed}:{of}".encode()).hexdigest(), str(of)


@dataclass
class _Blocked:
    """Why an applicant was rejected: rule → people in the way who ranked no better before the lot."""

    rules: dict[str, set[ApplicantId]]
    reasons: list[str]

    @property
    def by_lot(self) -> bool:
        """Whether another lot would have accepted them: every rule is blocked by one of their equals."""
        return all(self.rules.values())


class _Draw:
    """The state of one selection in progress."""

    def __init__(self, tracks: Mapping[str, int], quotas: list[Quota]) -> None:
        self.quotas = quotas
        self.seating = TrackAssignment(tracks)
        self.standing: dict[ApplicantId, tuple] = {}
        self.counted: dict[tuple[Quota, str], list[ApplicantId]] = defaultdict(list)
        self.blocked: dict[ApplicantId, _Blocked] = {}
        self.over: dict[ApplicantId, str] = {}

    def consider(self, applicant: Applicant) -> None:
        """Accept the next applicant in the order, or record why not."""
        if applicant.keeps is not None:
            self._keep(applicant, applicant.keeps)
            return
        self.standing[applicant.id] = applicant.standing
        costs = track_costs(applicant.availability, self.seating.seats)
        full = {quota.words(value): ids for quota, value, ids in self._counts_for(applicant) if len(ids) >= quota.most}
        if not full and self.seating.place(applicant.id, costs):
            self._count(applicant)
        else:
            self.blocked[applicant.id] = self._why_not(applicant, costs, full)

    def _keep(self, applicant: Applicant, track: str) -> None:
        """Accepted applicants keep their place, even if the rules would not accept them now."""
        costs = {track: 0}
        if track not in self.seating.seats:
            # Accepted applicants without a stated track take any seat.
            costs = track_costs(applicant.availability, self.seating.seats) or dict.fromkeys(self.seating.seats, 0)
        if not self.seating.place(applicant.id, costs):
            self.over[applicant.id] = track
        self._count(applicant)

    def _count(self, applicant: Applicant) -> None:
        for _quota, _value, ids in self._counts_for(applicant):
            ids.append(applicant.id)

    def _counts_for(self, applicant: Applicant) -> list[tuple[Quota, str, list[ApplicantId]]]:
        """The quotas that somebody counts towards, each with the people in it so far."""
        values = ((quota, quota.value_of(applicant.groups)) for quota in self.quotas)
        return [(quota, value, self.counted[quota, value]) for quota, value in values if value]

    def _why_not(self, applicant: Applicant, costs: TrackCosts, full: Mapping[str, list[ApplicantId]]) -> _Blocked:
        rules = {rule: self._equals(applicant, ids) for rule, ids in full.items()}
        reasons = [f"over the {rule}" for rule in full]
        if not costs:
            return _Blocked({**rules, AVAILABILITY: set()}, [*reasons, "can attend none of the tracks"])
        in_the_way = self.seating.in_the_way(costs)
        if in_the_way is not None:
            rules[SEATS] = self._equals(applicant, in_the_way)
            several = len(self.seating.seats) > 1
            reasons.append("no seat left in a track they can attend" if several else "no seat left")
        return _Blocked(rules, reasons)

    def _equals(self, applicant: Applicant, ids: Iterable[ApplicantId]) -> set[ApplicantId]:
        """People among `ids` who ranked no better than this applicant before the lot."""
        return {i for i in ids if self.standing.get(i) == applicant.standing}

    def _lotteries(self) -> dict[ApplicantId, int]:
        """The applicants decided by lot, each with the number of people who drew for the same places."""
        draws: dict[tuple[tuple, str], set[ApplicantId]] = defaultdict(set)
        for loser, blocked in self.blocked.items():
            if blocked.by_lot:
                for rule, equals in blocked.rules.items():
                    draws[self.standing[loser], rule] |= {loser, *equals}
        sizes: dict[ApplicantId, int] = {}
        for people in draws.values():
            for person in people:
                if person not in self.blocked or self.blocked[person].by_lot:
                    sizes[person] = max(sizes.get(person, 0), len(people))
        return sizes

    def result(self, everybody: list[Applicant]) -> SelectionResult:
        """The outcome of every applicant, in the order of the selection."""
        tracks, lots = {**self.over, **self.seating.tracks}, self._lotteries()
        outcomes, rank, waiting = [], 0, 0
        for a in everybody:
            rank += a.keeps is None
            among = lots.get(a.id, 0)
            if a.id in self.blocked:
                waiting += 1
                rule, reasons = self._kept_out_by(a, among)
                outcomes.append(ApplicantOutcome(a.id, WAITLISTED, None, rank, waiting, rule, reasons))
                continue
            rule, reasons = self._let_in_by(a, among)
            if a.availability.get(tracks[a.id]) == IF_NECESSARY and a.keeps is None:
                reasons = (*reasons, "can attend this track if necessary")
            outcomes.append(
                ApplicantOutcome(a.id, ACCEPTED, tracks[a.id], rank if a.keeps is None else None, None, rule, reasons)
            )
        return SelectionResult(
            tuple(outcomes), self._effects(outcomes), self._track_totals(outcomes), self._quota_totals()
        )

    def _kept_out_by(self, applicant: Applicant, among: int) -> tuple[str, tuple[str, ...]]:
        blocked = self.blocked[applicant.id]
        if not among:
            return next(iter(blocked.rules)), tuple(blocked.reasons)
        return LOTTERY, (f"lost the lottery among {among} with {applicant.standing_words()}", *blocked.reasons)

    def _let_in_by(self, applicant: Applicant, among: int) -> tuple[str, tuple[str, ...]]:
        if applicant.keeps is not None:
            over = ", although no seat is left" if applicant.id in self.over else ""
            return KEPT, (f"was accepted before{over}",)
        if among:
            return LOTTERY, (f"won the lottery among {among} with {applicant.standing_words()}",)
        if not self.blocked:
            return ROOM, ("there is room for everybody",)
        if applicant.override:
            return OVERRIDE, ("is let in first",)
        if applicant.priority:
            return PRIORITY, ("has priority",)
        return POINTS, (f"has {applicant.standing_words()}",)

    def _effects(self, outcomes: list[ApplicantOutcome]) -> tuple[RuleEffect, ...]:
        """The people whom each rule rejected, even if the lot decided which of them."""
        let_in: dict[str, list[ApplicantId]] = {rule: [] for rule in (KEPT, OVERRIDE, PRIORITY, POINTS, LOTTERY, ROOM)}
        kept_out: dict[str, list[ApplicantId]] = defaultdict(list)
        for o in outcomes:
            if o.outcome == ACCEPTED:
                let_in[o.rule].append(o.id)
                continue
            for rule in dict.fromkeys([o.rule, *self.blocked[o.id].rules]):
                kept_out[rule].append(o.id)
        rules = dict.fromkeys([*let_in, *kept_out])
        effects = (RuleEffect(r, tuple(let_in.get(r, ())), tuple(kept_out.get(r, ()))) for r in rules)
        return tuple(e for e in effects if e.let_in or e.kept_out)

    def _track_totals(self, outcomes: list[ApplicantOutcome]) -> tuple[Total, ...]:
        return tuple(
            Total(track, sum(o.track == track for o in outcomes), seats) for track, seats in self.seating.seats.items()
        )

    def _quota_totals(self) -> tuple[Total, ...]:
        """Every quota with the number of people in it, the fullest values first."""
        return tuple(
            Total(f"{quota.attribute} {value}", len(ids), quota.most)
            for (quota, value), ids in sorted(
                self.counted.items(), key=lambda item: (self.quotas.index(item[0][0]), -len(item[1]), item[0][1])
            )
        )
