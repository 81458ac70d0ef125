"""The result of a matching run, ready to be stored and explained."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from cohorts.models import Enrollment
from matching import solver
from matching.engine.input import MatchingPool
from matching.engine.shortages import Shortage, shortages
from matching.engine.what_if import WhatIf, what_ifs
from matching.policy.choices import DEFAULT_RULES
from matching.scoring.factors import Meaning
from matching.scoring.nearness import WhereTheyLive, unplaced
from matching.scoring.points import MICRO
from matching.scoring.scores import PairReasons, Scores
from matching.solver.dense import blocks_of
from matching.texts.meaning_similarity import own_words

MOST_COMPARED = 200_000  # the largest market, in pairs, whose objectives a run compares by itself


@dataclass(frozen=True)
class ScoredPair:
    """One proposal, ready to be stored."""

    mentee: Enrollment
    mentor: Enrollment
    score: float
    factors: list[dict[str, Any]]
    reasons: PairReasons
    locked: bool = False


@dataclass(frozen=True)
class RunResult:
    """The result of a run."""

    pool: MatchingPool
    scores: Scores
    problem: solver.AssignmentProblem
    solution: solver.Assignment
    objective: str = "total"
    rules: Mapping[str, Any] = field(default_factory=lambda: DEFAULT_RULES)
    missing_model: str = ""  # why the sentence model could not read what people wrote
    left_out: Mapping[int, str] = field(
        default_factory=dict
    )  # by unmatched row: mentors who could have had them, but pause
    idle: str = ""  # why the rule about employers excluded nobody
    named_nobody: Sequence[int] = ()  # enrollments who asked for somebody by name, which fits nobody here or several

    @cached_property
    def chosen(self) -> list[ScoredPair]:
        return [self._pair(i, j) for i, j in self.solution.pairs]

    @cached_property
    def unmatched(self) -> list[tuple[Enrollment, list[str]]]:
        return [(self.pool.mentees[i], self._reasons(i)) for i in self.solution.unmatched]

    @cached_property
    def what_ifs(self) -> list[WhatIf]:
        """Rule changes that would match more people, each tried by solving again."""
        return what_ifs(self.scores, self.problem, self.solution, say=self._say)

    @cached_property
    def comparison(self) -> dict[str, solver.ObjectiveResult]:
        """The result of each objective; in a large market of its own alone, see comparison.py."""
        if self.scores.signed.size > MOST_COMPARED:
            return {self.objective: solver.outcome(self.problem, self.solution)}
        return self.every_objective()

    def every_objective(self) -> dict[str, solver.ObjectiveResult]:
        """Solve for the other objectives as well, and compare."""
        return solver.compare(self.problem, {self.objective: self.solution})

    @cached_property
    def shortages(self) -> list[Shortage]:
        """The topics, languages and hours that lack mentors."""
        return shortages(
            self.scores.mentees,
            self.scores.mentors,
            self.pool.wanted,
            self.pool.capacity,
            least_hours=self.scores.rules.least_hours,
        )

    @cached_property
    def unread(self) -> list[Enrollment]:
        """People whose words could not be read for their meaning, so that words alone were compared."""
        if self.missing_model or not self.scores.weights.get(Meaning.name):
            return []
        people = zip(
            [*self.pool.mentees, *self.pool.mentors], [*self.scores.mentees, *self.scores.mentors], strict=True
        )
        return [e for e, person in people if own_words(person) and own_words(person) not in self.scores.data.vectors]

    def findings(self) -> dict[str, Any]:
        """Return the stored findings for the board: comparison of objectives, helpful changes, shortages."""
        return {
            "objective": self.objective,
            "rules": dict(self.rules),
            "comparison": as_findings(self.comparison),
            "loads": self.loads(),
            "what_ifs": [
                {
                    "change": found.change,
                    "setting": found.setting,
                    "matched": found.matched,
                    "mentees": [self.pool.mentees[i].pk for i in found.mentees],
                }
                for found in self.what_ifs
            ],
            "shortages": [{"kind": s.kind, "name": s.name, "places": s.places} for s in self.shortages],
            "missing_model": self.missing_model,
            "idle": self.idle,
            "named_nobody": sorted(self.named_nobody),
            "unread": [e.pk for e in self.unread],
            "unplaced": unplaced(self.scores.data) if self.scores.weights.get(WhereTheyLive.name) else [],
            "spread": self.spread(),
        }

    def loads(self) -> list[list[int]]:
        """Count mentors by their number of mentees, earlier matches included: [[mentees, mentors]]."""
        load = [self.pool.load[j] + self.solution.load[j] for j in range(len(self.pool.mentors))]
        return [list(pair) for pair in sorted(Counter(load).items())]

    @cached_property
    def costs(self) -> solver.PairCosts | None:
        """Costs of insisting on a pair against the best total; for "fairest" among equally fair assignments.

        None for "stable", which has no cost.
        """
        if self.objective == "stable":
            return None
        problem, locked = self.problem, set(self.problem.locked)
        if self.objective == "fairest":
            free = [int(problem.points[p]) for p in self.solution.pairs if p not in locked]
            problem = replace(problem, least=max(min(free, default=0), problem.least))
        return solver.PairCosts(problem, self.solution)

    def every_score(self) -> Iterator[tuple[Enrollment, Enrollment, float]]:
        """Every eligible pair with its score."""
        for i, mentee in enumerate(self.pool.mentees):
            for j in np.flatnonzero(self.problem.allowed[i]).tolist():
                yield mentee, self.pool.mentors[j], int(self.problem.points[i, j]) / MICRO

    def _pair(self, i: int, j: int) -> ScoredPair:
        return ScoredPair(
            self.pool.mentees[i],
            self.pool.mentors[j],
            int(self.problem.points[i, j]) / MICRO,
            self.scores.parts(i, j),
            self.scores.reasons(i, j),
            (i, j) in self._locked,
        )

    @cached_property
    def _locked(self) -> set[tuple[int, int]]:
        return set(self.problem.locked)

    @cached_property
    def _advice(self) -> dict[int, str]:
        """For each unmatched person whom a change would help, the best one."""
        found: dict[int, str] = {}
        for what_if in self.what_ifs:
            words = f"{what_if.change[0].upper()}{what_if.change[1:]}: {what_if.matched} more matched."
            for i in what_if.mentees:
                found.setdefault(i, words)
        return found

    @property
    def _say(self) -> Callable[..., str]:
        """Put a sentence of ours into the programme's words, see `Programme.own_words`."""
        return self.pool.mentees[0].cohort.programme.own_words

    def _reasons(self, i: int) -> list[str]:
        """Why somebody has no mentor, and what would help, in the programme's words."""
        advice = [*filter(None, [self.left_out.get(i), self._advice.get(i)])]
        why = solver.explain_unmatched(self.problem, self.solution, i)
        if why.code == "forbidden":
            return [self._say("Every mentor they could have is forbidden, or was matched with them before."), *advice]
        if why.code == "too_low":
            return [self._too_low(i), *advice]
        if why.code == "no_eligible":
            return [*self._excluded(i), *advice]
        best = [self._with_score(i, j) for j in why.eligible[:2]]
        count = len(why.eligible)
        few = {1: "The only mentor they could have is full.", 2: "Both mentors they could have are full."}
        full = few.get(count, f"All {count} mentors they could have are full.")
        return [self._say(full), f"One more place with {' or '.join(best)} would match them.", *advice]

    def _excluded(self, i: int) -> list[str]:
        """Count the mentors whom each rule excludes."""
        number = len(self.pool.mentors)
        words, every = "{count} of {number} mentors: {why}.", "All mentors: {why}."
        if number == 1:
            every = "The only mentor: {why}."
        return [
            self._say(every if count == number else words, count=count, number=number, why=self._say(reason))
            for reason, count in self.scores.blocks_of(i).items()
        ]

    def _too_low(self, i: int) -> str:
        least, points = self.problem.least, self.problem.points[i].astype(np.int64)
        points[[j for mentee, j in self.problem.forbidden if mentee == i]] = -1
        return self._say(
            "Every mentor they could have scores below the minimum of {least}. The best is {best}.",
            least=f"{least / MICRO:.2f}",
            best=self._with_score(i, int(points.argmax())),
        )

    def _with_score(self, i: int, j: int) -> str:
        return f"{self.pool.mentors[j].user} ({self.problem.points[i, j] / MICRO:.2f})"

    def spread(self) -> dict[str, list[int]]:
        """How the scores of the pairs that the rules allow are spread, in hundredths.

        `pairs` counts these pairs, `best` the mentees by the best score that they could have. By these a page tells
        what a minimum score excludes.
        """
        signed, steps = self.scores.signed, MICRO // 100
        pairs, best = np.zeros(101, dtype=np.int64), np.zeros(101, dtype=np.int64)
        for rows in blocks_of(*signed.shape):
            found = signed[rows]
            pairs += np.bincount(found[found >= 0] // steps, minlength=101)
            highest = found.max(axis=1)
            best += np.bincount(highest[highest >= 0] // steps, minlength=101)
        return {"pairs": pairs.tolist(), "best": best.tolist()}


def as_findings(compared: Mapping[str, solver.ObjectiveResult]) -> dict[str, dict[str, Any]]:
    """The results of objectives as a run stores them, in scores."""
    return {
        name: {
            "matched": o.matched,
            "places": o.places,
            "total": o.total / MICRO,
            "mean": o.mean / MICRO,
            "lowest": None if o.lowest is None else o.lowest / MICRO,
            "blocking": o.blocking,
        }
        for name, o in compared.items()
    }
