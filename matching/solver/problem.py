"""The assignment problem, its quotas and its solution."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
PairIndex = tuple[int, int]


class NotOptimalError(RuntimeError):
    """The engine's assignment failed the proof and must not be used."""


class Edges(NamedTuple):
    """Pairs with their points; mentees are rows, mentors are columns."""

    row: Ints
    column: Ints
    points: Ints


class AssignmentValue(NamedTuple):
    """The value of a solution: matched first, then places, favoured and points; also a difference of two."""

    matched: int  # mentees with at least one mentor
    places: int  # pairs
    points: int
    favoured: int = 0  # favoured pairs, which go before points

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """The parts in the order in which solutions are compared."""
        return self.matched, self.places, self.favoured, self.points


@dataclass(frozen=True, eq=False)
class PairQuota:
    """Each of the owners has at most `limit` of the members: a mentor of some mentees, or a mentee of some mentors.

    Quotas of one owner nest: of any two, one holds the other, or they have no member in common. Only then is the
    problem a flow, which can be solved and proved in no time.
    """

    members: Sequence[int]
    limit: int
    side: str = "mentor"  # who has the limit: "mentor" or "mentee"
    owners: Sequence[int] | None = None  # None: everybody on that side
    name: str = ""
    rule: str = ""  # the rule of the policy that it comes from


@dataclass(frozen=True, eq=False)
class AssignmentProblem:
    """Mentees are rows, mentors are columns; points below 0 mean that the pair may not be matched."""

    points: NDArray[Any]  # whole numbers of eight bytes, or of four in a large market
    capacity: Ints  # how many mentees each mentor takes
    wanted: Ints  # how many different mentors each mentee wants
    locked: Sequence[PairIndex] = ()  # pairs that are in the solution whatever they cost
    forbidden: Sequence[PairIndex] = ()
    mentee_keys: Sequence[str] | None = None  # unique; the order of the input counts if there are none
    mentor_keys: Sequence[str] | None = None
    quotas: Sequence[PairQuota] = ()  # locked pairs count; if they exceed a limit, nobody is added
    favoured: Sequence[PairIndex] = ()  # pairs that go before points, such as a partner's mentors with its mentees
    least: int = 0  # pairs with fewer points are not made, unless they are locked
    load: Ints | None = None  # how many mentees each mentor has already, beside these places; counts for even loads

    def __post_init__(self) -> None:
        points = np.asarray(self.points)
        # Large markets come with four bytes for each pair and stay so.
        object.__setattr__(self, "points", points if points.dtype == np.int32 else points.astype(np.int64, copy=False))
        for name in ("capacity", "wanted"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.int64))
        if self.points.shape != (len(self.wanted), len(self.capacity)):
            raise ValueError("points has a row for each mentee and a column for each mentor")
        if (self.wanted < 0).any() or (self.capacity < 0).any():
            raise ValueError("capacity and wanted are 0 or more")
        for keys, count in ((self.mentee_keys, len(self.wanted)), (self.mentor_keys, len(self.capacity))):
            if keys is not None and (len(keys) != count or len(set(keys)) != count):
                raise ValueError("keys are unique, one for each mentee and each mentor")
        _check_locks(self)
        check_quotas(self.quotas)

    def name(self, pair: PairIndex) -> str:
        """The pair as people know it."""
        i, j = pair
        mentee = self.mentee_keys[i] if self.mentee_keys is not None else i
        mentor = self.mentor_keys[j] if self.mentor_keys is not None else j
        return f"{mentee} with {mentor}"

    @cached_property
    def allowed(self) -> Bools:
        """Pairs that may be matched: eligible, good enough and not forbidden."""
        allowed: Bools = self.points >= max(self.least, 0)
        for i, j in self.forbidden:
            allowed[i, j] = False
        for i, j in self.locked:
            allowed[i, j] = True
        return allowed

    @cached_property
    def base_load(self) -> Ints:
        """How many mentees each mentor has before any place is filled: those of now, and locked ones."""
        load = np.array([0] * len(self.capacity) if self.load is None else self.load, dtype=np.int64)
        for _, j in pairs_of(self.locked):
            load[j] += 1
        return load

    def is_favoured(self, mentee: Ints, mentor: Ints) -> Bools:
        """Mark the favoured ones of these pairs."""
        if not self.favoured:
            return np.zeros(len(mentee), dtype=bool)
        m = len(self.capacity)
        row, column = np.array(self.favoured, dtype=np.int64).T
        return np.isin(mentee * m + mentor, row * m + column)

    @cached_property
    def locks(self) -> tuple[Counter[int], Counter[int]]:
        """How many locked pairs each mentee and each mentor has."""
        pairs = pairs_of(self.locked)
        return Counter(i for i, _ in pairs), Counter(j for _, j in pairs)

    @cached_property
    def rank_of_mentor(self) -> Ints:
        """The position of each mentor in the order of the keys, which settles ties."""
        return np.argsort(order_of(self.mentor_keys, len(self.capacity)))

    @cached_property
    def rank_of_mentee(self) -> Ints:
        """The position of each mentee in the order of the keys."""
        return np.argsort(order_of(self.mentee_keys, len(self.wanted)))

    def value_of(self, pairs: Sequence[PairIndex]) -> AssignmentValue:
        """Return the value of any set of pairs."""
        favoured = set(pairs_of(self.favoured))
        return AssignmentValue(
            len({i for i, _ in pairs}),
            len(pairs),
            sum(int(self.points[pair]) for pair in pairs),
            sum(pair in favoured for pair in pairs),
        )


class Potentials(NamedTuple):
    """The cost of the cheapest change that ends at each mentee and each mentor, from which every price follows."""

    mentee: Ints
    mentor: Ints


@dataclass(frozen=True, eq=False)
class Assignment:
    """The best pairs, and what one more seat at each mentor would add."""

    pairs: tuple[PairIndex, ...]
    value: AssignmentValue
    unmatched: tuple[int, ...]  # mentees who want a mentor and have none
    prices: Ints  # in points; a filled place counts as `place_worth`, a first mentor three more of these
    place_worth: int
    certified: bool  # proved to be the best of all, by prices that no pair beats
    rounds: int = 1  # how often a pruned market was solved until nothing left out could help
    potentials: Potentials | None = None  # the whole proof; None if it has nodes beside mentees and mentors

    @cached_property
    def mentors_of(self) -> dict[int, list[int]]:
        """The mentors of each mentee who has some."""
        found: dict[int, list[int]] = {}
        for i, j in self.pairs:
            found.setdefault(i, []).append(j)
        return found

    @cached_property
    def load(self) -> Counter[int]:
        """How many of the pairs each mentor has."""
        return Counter(j for _, j in self.pairs)

    @property
    def matched(self) -> int:
        return self.value.matched

    @property
    def total_points(self) -> int:
        return self.value.points


def check_quotas(quotas: Sequence[PairQuota]) -> None:
    """Raises ValueError if two quotas of the same owner cross."""
    sets = [frozenset(int(i) for i in quota.members) for quota in quotas]
    for a, one in enumerate(quotas):
        if one.limit < 0 or one.side not in ("mentor", "mentee"):
            raise ValueError("a quota has a limit of 0 or more, and is a mentor's or a mentee's")
        for b, other in enumerate(quotas[:a]):
            if one.side != other.side or not (sets[a] & sets[b]) or sets[a] <= sets[b] or sets[b] <= sets[a]:
                continue
            if one.owners is None or other.owners is None or set(one.owners) & set(other.owners):
                raise ValueError(f"quotas cross: {other.name or b} and {one.name or a}")


def pairs_of(pairs: Sequence[PairIndex]) -> list[PairIndex]:
    """Return each pair once, sorted, as plain integers."""
    return sorted({(int(i), int(j)) for i, j in pairs})


def order_of(keys: Sequence[str] | None, count: int) -> Ints:
    """Return the positions in the order of their keys."""
    return np.array(sorted(range(count), key=None if keys is None else lambda k: keys[k]), dtype=np.int64)


def _check_locks(problem: AssignmentProblem) -> None:
    n, m = problem.points.shape
    for i, j in [*problem.locked, *problem.forbidden, *problem.favoured]:
        if not (0 <= i < n and 0 <= j < m):
            raise ValueError(f"no such pair: {i}, {j}")
    forbidden = set(pairs_of(problem.forbidden))
    load = np.zeros(m, dtype=np.int64)
    for i, j in pairs_of(problem.locked):
        if (i, j) in forbidden:
            raise ValueError(f"locked and forbidden: {problem.name((i, j))}")
        if problem.points[i, j] < 0:
            raise ValueError(f"locked but not eligible: {problem.name((i, j))}")
        load[j] += 1
        if load[j] > problem.capacity[j]:
            raise ValueError(f"locked past the mentor's capacity: {problem.name((i, j))}")
