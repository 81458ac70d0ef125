"""From enrollments to arrays and back. The only module that knows both the models and the numeric libraries.

Pages must not import it: scikit-learn and OR-Tools belong into the worker and into commands.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from cohorts.models import Cohort, Enrollment
from matching import scoring, solver
from matching.engine.reading import person_of, read_known
from matching.engine.relaxing import WhatIf, what_ifs
from matching.engine.shortages import Shortage, shortages
from matching.factors import DEFAULT_RULES, FACTORS, MICRO
from matching.models import Match, MatchPin, MentorPause

RUNNERS_UP = 3
MOST_STEPS = 10**9  # open changes looked at to price the runners-up; what takes more is left without a price


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
    objective: str = "total"
    rules: Mapping[str, Any] = field(default_factory=lambda: DEFAULT_RULES)

    @cached_property
    def chosen(self) -> list[Pair]:
        return [self._pair(i, j, self.scores.sentence(i, j)) for i, j in self.solution.pairs]

    @cached_property
    def unmatched(self) -> list[tuple[Enrollment, list[str]]]:
        return [(self.pool.mentees[i], self._reasons(i)) for i in self.solution.unmatched]

    @cached_property
    def what_ifs(self) -> list[WhatIf]:
        """Changes of the rules that would match more people, each tried."""
        return what_ifs(self.scores, self.problem, self.solution)

    @cached_property
    def comparison(self) -> dict[str, solver.Outcome]:
        """What each objective would give."""
        return solver.compare(self.problem, {self.objective: self.solution})

    @cached_property
    def shortages(self) -> list[Shortage]:
        """Which topics, languages and hours lack mentors."""
        return shortages(
            self.scores.mentees,
            self.scores.mentors,
            self.pool.wanted,
            self.pool.capacity,
            least_hours=self.scores.rules.least_hours,
        )

    def findings(self) -> dict[str, Any]:
        """What is kept with the run for the board: how objectives compare, what would help, what is lacking."""
        return {
            "objective": self.objective,
            "rules": dict(self.rules),
            "comparison": {
                name: {
                    "matched": o.matched,
                    "places": o.places,
                    "total": o.total / MICRO,
                    "mean": o.mean / MICRO,
                    "lowest": None if o.lowest is None else o.lowest / MICRO,
                    "blocking": o.blocking,
                }
                for name, o in self.comparison.items()
            },
            "what_ifs": [
                {
                    "change": found.change,
                    "matched": found.matched,
                    "mentees": [self.pool.mentees[i].pk for i in found.mentees],
                }
                for found in self.what_ifs
            ],
            "shortages": [{"kind": s.kind, "name": s.name, "places": s.places} for s in self.shortages],
            "mentors": {
                str(mentor.pk): self.others_of_mentor(j) for j, mentor in enumerate(self.pool.mentors)
            },  # enrollment id of the mentor → the best others, see below
        }

    def runners_up(self) -> list[Pair]:
        """The best others of every mentee, each with what stood against it."""
        found = []
        for i in range(len(self.pool.mentees)):
            others = solver.best_others(self.problem, self.solution, i, RUNNERS_UP)
            for other, cost in zip(others, self._costs_of(i, [o.mentor for o in others]), strict=True):
                why = f"{self.scores.sentence(i, other.mentor)} {self._against(i, other, cost)}"
                found.append(self._pair(i, other.mentor, why))
        return found

    def others_of_mentor(self, j: int) -> list[dict[str, Any]]:
        """The best others of a mentor, at most three: [{mentee: enrollment id, score, why: what stopped the pair}]."""
        found = []
        for i in solver.best_for_mentor(self.problem, self.solution, j, RUNNERS_UP):
            theirs = [(int(self.problem.points[pair]), pair[1]) for pair in self.solution.pairs if pair[0] == i]
            other = solver.state_of(self.problem, self.solution, i, j)
            if other.state == "decided":
                why = "Their own pair is locked."
            elif len(theirs) >= self.problem.wanted[i] and other.state != "locked":
                points, mentor = min(theirs)
                has = f"They have {self.pool.mentors[mentor].user} ({points / MICRO:.2f})"
                why = self._priced(has, i, self.cost(i, j))
            else:
                why = self._against(i, other, self.cost(i, j))
            score = int(self.problem.points[i, j]) / MICRO
            found.append({"mentee": self.pool.mentees[i].pk, "score": score, "why": why})
        return found

    def cost(self, i: int, j: int) -> solver.Value | None:
        """What insisting on the pair would cost; None where it can't be had or the objective knows no cost."""
        return self._costs_of(i, [j])[0]

    def costs_of(self, i: int) -> list[solver.Value | None]:
        """The same for the mentee with every mentor."""
        return self._costs_of(i, list(range(len(self.pool.mentors))))

    def _costs_of(self, i: int, mentors: list[int]) -> list[solver.Value | None]:
        return self._costs.of(i, mentors) if self._costs else [None] * len(mentors)

    @cached_property
    def _costs(self) -> solver.Costs | None:
        """Against the best total; for the fairest, among the answers that are as fair. Stable pairs have no price."""
        if self.objective == "stable":
            return None
        problem = self.problem
        if self.objective == "fairest":
            free = [int(problem.points[p]) for p in self.solution.pairs if p not in set(problem.locked)]
            problem = replace(problem, least=max(min(free, default=0), problem.least))
        costs = solver.Costs(problem, self.solution)
        return costs if costs.steps <= MOST_STEPS else None

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

    def _against(self, i: int, other: solver.Other, cost: solver.Value | None) -> str:
        state = AGAINST[other.state]
        if other.state in ("locked", "decided"):
            return f"{state}."
        return self._priced(state, i, cost)

    def _priced(self, state: str, i: int, cost: solver.Value | None) -> str:
        """What stands against a pair, and what it would cost to insist on it."""
        if self._costs is None:
            return f"{state}."
        if cost is None:
            return f"{state}; the chosen aim or a limit stands against it."
        if cost.matched or cost.places:
            fewer = cost.matched or cost.places
            return f"{state}; with this pair {fewer} fewer would be matched."
        if cost.favoured:
            return f"{state}; with this pair {cost.favoured} fewer would stay with a mentor of their own partner."
        if i in self.solution.unmatched:
            return f"{state}; with this pair somebody else would go without, at a cost of {cost.points / MICRO:.2f}."
        return f"{state}; this pair would cost {cost.points / MICRO:.2f} in total."

    def _reasons(self, i: int) -> list[str]:
        helps = [w for w in self.what_ifs if i in w.mentees][:1]
        advice = [f"{w.change[0].upper()}{w.change[1:]}: {w.matched} more matched." for w in helps]
        why = solver.explain_unmatched(self.problem, self.solution, i)
        if why.code == "forbidden":
            return ["Every mentor they could have is ruled out by hand or by an earlier match.", *advice]
        if why.code == "too_low":
            return ["Every mentor they could have scores below the minimum.", *advice]
        if why.code == "no_eligible":
            blocked = Counter(self.scores.blocked(i, j) for j in range(len(self.pool.mentors)))
            number = len(self.pool.mentors)
            return [*(f"{count} of {number} mentors: {reason}." for reason, count in blocked.items()), *advice]
        best = [f"{self.pool.mentors[j].user} ({self.problem.points[i, j] / MICRO:.2f})" for j in why.eligible[:2]]
        count = len(why.eligible)
        full = (
            "The one mentor they could have is full."
            if count == 1
            else f"All {count} mentors they could have are full."
        )
        return [full, f"One more place with {' or '.join(best)} would match them.", *advice]


def answer(
    cohort: Cohort,
    weights: Mapping[str, float],
    *,
    require_common_language: bool = True,
    rules: Mapping[str, Any] | None = None,
    objective: str = "total",
) -> Answer:
    """Score and solve the cohort as it stands, by `rules` (see factors.DEFAULT_RULES). Reads only."""
    pool = read_pool(cohort)
    if not pool.mentees:
        raise EngineError("Nobody is waiting for a match: accept mentees first.")
    if not pool.mentors:
        raise EngineError("No accepted mentor has a free place: accept mentors, or raise what they take on.")
    by = {**DEFAULT_RULES, **(rules or {})}
    known = read_known(cohort, pool.mentees, pool.mentors)
    mentees = [person_of(e, cohort, known) for e in pool.mentees]
    mentors = [person_of(e, cohort, known) for e in pool.mentors]
    again = dict.fromkeys(known.former, 1.0) if by["former"] == "prefer" else {}
    scores = scoring.score(
        mentees,
        mentors,
        weights,
        rules=hard_rules(by, require_common_language),
        questions=known.questions,
        preferences={**again, **known.wishes},
        former=known.former,
        conflicts=known.conflicts,
    )
    _check_locks(pool, scores)
    problem = _problem(pool, scores, by)
    return Answer(pool, scores, problem, solver.solve_for(problem, objective), objective, by)


def hard_rules(by: Mapping[str, Any], common_language: bool) -> scoring.Rules:
    return scoring.Rules(
        common_language=common_language,
        least_hours=float(by["least_hours"]),
        other_employer=bool(by["other_employer"]),
        own_team=bool(by["own_team"]),
        former=by["former"] == "never",
        rest_after=int(by["rest_after"]),
        conflicts=bool(by["declared_conflicts"]),
    )


def _problem(pool: Pool, scores: scoring.Scores, by: Mapping[str, Any]) -> solver.Problem:
    quotas = []
    if by["most_first_timers"]:
        new = [i for i, person in enumerate(scores.mentees) if person.first_time is not False]
        quotas.append(solver.Quota(new, int(by["most_first_timers"]), name="first-time mentees a mentor"))
    if by["most_of_group"]:
        for group in sorted({e.group_id for e in pool.mentees if e.group_id}):
            members = [i for i, e in enumerate(pool.mentees) if e.group_id == group]
            quotas.append(solver.Quota(members, int(by["most_of_group"]), name=f"{_group(pool, group)} a mentor"))
    if by["most_new_mentors"] is not None:
        new = [i for i, person in enumerate(scores.mentees) if person.first_time]
        beginners = [j for j, person in enumerate(scores.mentors) if person.experienced is False]
        limit, name = int(by["most_new_mentors"]), "first-time mentors for a mentee who is new"
        quotas.append(solver.Quota(beginners, limit, "mentee", new, name))
    favoured = [
        (i, j)
        for i, mentee in enumerate(pool.mentees)
        for j, mentor in enumerate(pool.mentors)
        if by["partners_first"] and mentee.group_id and mentee.group_id == mentor.group_id
    ]
    try:
        return solver.Problem(
            points=scores.points,
            capacity=np.array(pool.capacity),
            wanted=np.array(pool.wanted),
            locked=pool.locked,
            forbidden=pool.forbidden,
            mentee_keys=[p.key for p in scores.mentees],
            mentor_keys=[p.key for p in scores.mentors],
            quotas=quotas,
            favoured=[pair for pair in favoured if scores.eligible[pair]],
            least=round(float(by["least_score"]) * MICRO),
        )
    except ValueError as error:
        if str(error).startswith("quotas cross"):
            raise EngineError(
                f"Two limits overlap without one holding the other ({str(error).partition(': ')[2]}). Drop one of them."
            ) from error
        raise


def _group(pool: Pool, group: int) -> str:
    return next(str(e.group) for e in pool.mentees if e.group_id == group)


def read_pool(cohort: Cohort) -> Pool:
    """Accepted people with what is still wanted or free, and the pairs that are fixed or ruled out."""
    accepted = (
        cohort.enrollments.filter(status=Enrollment.Status.ACCEPTED)
        .exclude(pk__in=MentorPause.objects.open(cohort).values("enrollment"))
        .with_people()
        .select_related("group")
        .filter(held_back=None)
        .order_by("pk")
    )
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
