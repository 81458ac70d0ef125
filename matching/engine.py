"""From enrollments to arrays and back. The only module that knows both the models and the numeric libraries.

Pages must not import it: scikit-learn and OR-Tools belong into the worker and into commands.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from cohorts.models import Cohort, Enrollment
from matching import scoring, solver
from matching.factors import FACTORS, MICRO
from matching.models import Match, MatchPin
from matching.places import continent_of

RUNNERS_UP = 3
# What a lock on a runner-up would cost takes one more solution each: told where that stays within seconds.
COSTED_PAIRS = 20_000
STYLE_WORDS = {"calls": "spoken", "writing": "written", "mixed": "mixed"}


class EngineError(ValueError):
    """The run can't be worked out; the text tells the coordinator what to change."""


@dataclass(frozen=True)
class Pool:
    """Who is to be matched: accepted, with mentors still wanted or places still free."""

    mentees: list[Enrollment]
    mentors: list[Enrollment]
    wanted: list[int]
    capacity: list[int]
    locked: list[tuple[int, int]]
    forbidden: list[tuple[int, int]]


AGAINST = {
    "free": "There is a free place",
    "full": "All places are taken",
    "locked": "All places are taken by locked pairs",
    "decided": "The mentee's own pair is locked",
}


@dataclass(frozen=True)
class Pair:
    """One proposal, or a runner-up, ready to be stored."""

    mentee: Enrollment
    mentor: Enrollment
    score: float
    factors: list[dict[str, Any]]
    why: str
    locked: bool = False


@dataclass(frozen=True)
class Answer:
    """Everything a run found."""

    pool: Pool
    scores: scoring.Scores
    problem: solver.Problem
    solution: solver.Solution

    @cached_property
    def chosen(self) -> list[Pair]:
        return [self._pair(i, j, self.scores.sentence(i, j)) for i, j in self.solution.pairs]

    @cached_property
    def unmatched(self) -> list[tuple[Enrollment, list[str]]]:
        return [(self.pool.mentees[i], self._reasons(i)) for i in self.solution.unmatched]

    def runners_up(self) -> list[Pair]:
        """The best others of every mentee, each with what stood against it."""
        costed = self.problem.points.size <= COSTED_PAIRS
        found = []
        for i in range(len(self.pool.mentees)):
            for other in solver.best_others(self.problem, self.solution, i, RUNNERS_UP):
                why = f"{self.scores.sentence(i, other.mentor)} {self._against(i, other, costed)}"
                found.append(self._pair(i, other.mentor, why))
        return found

    def every_score(self) -> list[tuple[Enrollment, Enrollment, float]]:
        """Every eligible pair with its score."""
        rows, columns = np.nonzero(self.problem.allowed)
        return [
            (self.pool.mentees[i], self.pool.mentors[j], int(self.problem.points[i, j]) / MICRO)
            for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
        ]

    def _pair(self, i: int, j: int, why: str) -> Pair:
        parts, phrases = self.scores.contributions(i, j), self.scores.phrases(i, j)
        factors = [
            {
                "key": name,
                "label": label,
                "value": round(float(self.scores.factors[name][i, j]), 4),
                "part": round(parts[name], 4),
                "phrase": phrases[name],
            }
            for name, label in FACTORS.items()
            if self.scores.weights[name]
        ]
        score = int(self.problem.points[i, j]) / MICRO
        return Pair(self.pool.mentees[i], self.pool.mentors[j], score, factors, why, (i, j) in self.problem.locked)

    def _against(self, i: int, other: solver.Other, costed: bool) -> str:
        state = AGAINST[other.state]
        if not costed or other.state in ("locked", "decided"):
            return f"{state}."
        cost = solver.swap_cost(self.problem, self.solution, i, other.mentor)
        if cost.matched or cost.places:
            fewer = cost.matched or cost.places
            return f"{state}; with this pair {fewer} fewer would be matched."
        if i in self.solution.unmatched:
            return f"{state}; with this pair somebody else would go without, at a cost of {cost.points / MICRO:.2f}."
        return f"{state}; this pair would cost {cost.points / MICRO:.2f} in total."

    def _reasons(self, i: int) -> list[str]:
        why = solver.explain_unmatched(self.problem, self.solution, i)
        if why.code == "forbidden":
            return ["Every mentor they could have is ruled out by hand or by an earlier match."]
        if why.code == "no_eligible":
            blocked = Counter(self.scores.blocked(i, j) for j in range(len(self.pool.mentors)))
            return [f"{number} of {len(self.pool.mentors)} mentors: {reason}." for reason, number in blocked.items()]
        best = [f"{self.pool.mentors[j].user} ({self.problem.points[i, j] / MICRO:.2f})" for j in why.eligible[:2]]
        count = len(why.eligible)
        full = (
            "The one mentor they could have is full."
            if count == 1
            else f"All {count} mentors they could have are full."
        )
        return [full, f"One more place with {' or '.join(best)} would match them."]


def answer(cohort: Cohort, weights: Mapping[str, float], *, require_common_language: bool = True) -> Answer:
    """Score and solve the cohort as it stands. Reads only."""
    pool = read_pool(cohort)
    if not pool.mentees:
        raise EngineError("Nobody is waiting for a match: accept mentees first.")
    if not pool.mentors:
        raise EngineError("No accepted mentor has a free place: accept mentors, or raise what they take on.")
    history = _history(cohort, pool.mentors)
    mentees = [_person(e, cohort) for e in pool.mentees]
    mentors = [_person(e, cohort, history.get(e.user_id, "")) for e in pool.mentors]
    scores = scoring.score(mentees, mentors, weights)
    if not require_common_language:
        scores = replace(scores, eligible=~scores.same_people)
    _check_locks(pool, scores)
    problem = solver.Problem(
        points=scores.points,
        capacity=np.array(pool.capacity),
        wanted=np.array(pool.wanted),
        locked=pool.locked,
        forbidden=pool.forbidden,
        mentee_keys=[p.key for p in mentees],
        mentor_keys=[p.key for p in mentors],
    )
    return Answer(pool, scores, problem, solver.solve(problem))


def read_pool(cohort: Cohort) -> Pool:
    """Accepted people with what is still wanted or free, and the pairs that are fixed or ruled out."""
    accepted = cohort.enrollments.filter(status=Enrollment.Status.ACCEPTED).with_people().order_by("pk")
    taken = Match.objects.places_of(cohort)
    mentees = [e for e in accepted if e.role == "mentee" and e.mentors_wanted > taken[e.pk]]
    mentors = [e for e in accepted if e.role == "mentor" and e.capacity > taken[e.pk]]
    row = {e.pk: i for i, e in enumerate(mentees)}
    column = {e.pk: j for j, e in enumerate(mentors)}

    def inside(pairs: Any) -> list[tuple[int, int]]:
        return sorted({(row[a], column[b]) for a, b in pairs if a in row and b in column})

    pins = MatchPin.objects.filter(mentee__cohort=cohort)
    # Whoever is together already, or was and parted, is not proposed again; history from elsewhere binds nobody.
    past = set(Match.objects.filter(mentee__cohort=cohort, imported=False).values_list("mentee_id", "mentor_id"))
    standing = set(Match.objects.standing().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id"))
    forbidden = set(pins.filter(kind=MatchPin.Kind.FORBID).values_list("mentee_id", "mentor_id"))
    locked = set(pins.filter(kind=MatchPin.Kind.LOCK).values_list("mentee_id", "mentor_id"))
    return Pool(
        mentees=mentees,
        mentors=mentors,
        wanted=[e.mentors_wanted - taken[e.pk] for e in mentees],
        capacity=[e.capacity - taken[e.pk] for e in mentors],
        locked=inside(locked - standing),
        forbidden=inside((past | standing | forbidden) - (locked - standing)),
    )


def names_of(enrollments: Sequence[Enrollment]) -> dict[int, str]:
    """What an outsider calls each: the external id, else the address, with the project where that is not enough."""
    plain = {e.pk: e.external_id or e.user.email for e in enrollments}
    often = Counter(plain.values())
    return {e.pk: plain[e.pk] if often[plain[e.pk]] == 1 else f"{e.user.email}: {e.title or e.pk}" for e in enrollments}


def _person(enrollment: Enrollment, cohort: Cohort, history: str = "") -> scoring.Person:
    text = (enrollment.title, enrollment.description, enrollment.goals)
    return scoring.Person(
        # Ties are decided by the key: the external id keeps the answer the same on every installation.
        key=f"{enrollment.external_id or enrollment.user.email}#{enrollment.pk:012d}",
        topics=tuple(topic.name for topic in enrollment.topics.all()),
        text="\n".join(part for part in text if part),
        history=history,
        mentoring_type=enrollment.mentoring_type,
        style=STYLE_WORDS.get(enrollment.interaction_style, ""),
        languages=tuple(enrollment.languages),
        utc_offset=_utc_offset(enrollment.time_zone, cohort),
        region=continent_of(enrollment.country, enrollment.time_zone),
        people=frozenset(str(person.pk) for person in enrollment.people),
    )


def _utc_offset(time_zone: str, cohort: Cohort) -> float | None:
    """Hours from UTC at noon of the cohort's first day; summer time differs from country to country."""
    if not time_zone:
        return None
    offset = datetime.combine(cohort.starts_on, time(12), ZoneInfo(time_zone)).utcoffset()
    return None if offset is None else offset.total_seconds() / 3600


def _history(cohort: Cohort, mentors: Sequence[Enrollment]) -> dict[int, str]:
    """What each mentor's teams in strictly earlier cohorts of the programme worked on, by user id."""
    earlier = Match.objects.filter(
        mentor__user__in=[e.user_id for e in mentors],
        mentee__cohort__programme=cohort.programme_id,
        mentee__cohort__starts_on__lt=cohort.starts_on,
    )
    texts: dict[int, list[str]] = defaultdict(list)
    matches = earlier.select_related("mentee", "mentor").prefetch_related("mentee__topics").order_by("mentee_id", "pk")
    for match in matches:
        topics = [topic.name for topic in match.mentee.topics.all()]
        texts[match.mentor.user_id] += [match.mentee.title, match.mentee.description, *topics]
    return {user_id: "\n".join(part for part in parts if part) for user_id, parts in texts.items()}


def _check_locks(pool: Pool, scores: scoring.Scores) -> None:
    """The solver would refuse these too; here it is said with names."""
    for i, j in pool.locked:
        if not scores.eligible[i, j]:
            raise EngineError(
                f"“{pool.mentees[i]}” is locked with {pool.mentors[j].user}, but: {scores.blocked(i, j)}."
            )
    for j, number in Counter(j for _, j in pool.locked).items():
        if number > pool.capacity[j]:
            raise EngineError(f"{pool.mentors[j].user} has room for {pool.capacity[j]}, but {number} are locked.")
