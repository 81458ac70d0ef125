"""The result of a matching run, ready to be stored and explained."""

from collections import Counter
from collections.abc import Mapping
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
from matching.scoring.meaning_similarity import own_words
from matching.scoring.points import MICRO
from matching.scoring.scores import PairReasons, Scores

RUNNERS_UP = 3
AGAINST = {
    "free": "There is a free place",
    "full": "All places are taken",
    "locked": "All places are taken by locked pairs",
    "decided": "The mentee's own pair is locked",
}


@dataclass(frozen=True)
class ScoredPair:
    """One proposal, or a runner-up, ready to be stored."""

    mentee: Enrollment
    mentor: Enrollment
    score: float
    factors: list[dict[str, Any]]
    reasons: PairReasons
    against: str = ""  # what stood against a runner-up
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

    @cached_property
    def chosen(self) -> list[ScoredPair]:
        return [self._pair(i, j) for i, j in self.solution.pairs]

    @cached_property
    def unmatched(self) -> list[tuple[Enrollment, list[str]]]:
        return [(self.pool.mentees[i], self._reasons(i)) for i in self.solution.unmatched]

    @cached_property
    def what_ifs(self) -> list[WhatIf]:
        """Rule changes that would match more people, each tried by solving again."""
        return what_ifs(self.scores, self.problem, self.solution)

    @cached_property
    def comparison(self) -> dict[str, solver.ObjectiveResult]:
        """The result of each objective."""
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
                    "setting": found.setting,
                    "matched": found.matched,
                    "mentees": [self.pool.mentees[i].pk for i in found.mentees],
                }
                for found in self.what_ifs
            ],
            "shortages": [{"kind": s.kind, "name": s.name, "places": s.places} for s in self.shortages],
            "missing_model": self.missing_model,
            "unread": [e.pk for e in self.unread],
            "mentors": {
                str(mentor.pk): self.others_of_mentor(j) for j, mentor in enumerate(self.pool.mentors)
            },  # enrollment id of the mentor → the best others, see below
        }

    def runners_up(self) -> list[ScoredPair]:
        """List the best other mentors of every mentee, each with the reason against the pair."""
        found = []
        for i in range(len(self.pool.mentees)):
            others = solver.best_others(self.problem, self.solution, i, RUNNERS_UP)
            for other, cost in zip(others, self._costs_of(i, [o.mentor for o in others]), strict=True):
                found.append(self._pair(i, other.mentor, self._against(i, other, cost)))
        return found

    def others_of_mentor(self, j: int) -> list[dict[str, Any]]:
        """List at most three other mentees of a mentor: [{mentee: enrollment id, score, why: what stood against}]."""
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

    def cost(self, i: int, j: int) -> solver.AssignmentValue | None:
        """Return the cost of insisting on the pair; None if it is impossible or the objective has no cost."""
        return self._costs_of(i, [j])[0]

    def costs_of(self, i: int) -> list[solver.AssignmentValue | None]:
        """Return the cost of insisting for the mentee with every mentor."""
        return self._costs_of(i, list(range(len(self.pool.mentors))))

    def _costs_of(self, i: int, mentors: list[int]) -> list[solver.AssignmentValue | None]:
        return self._costs.of(i, mentors) if self._costs else [None] * len(mentors)

    @cached_property
    def _costs(self) -> solver.PairCosts | None:
        """Costs against the best total; for "fairest" among equally fair assignments. "Stable" has none."""
        if self.objective == "stable":
            return None
        problem = self.problem
        if self.objective == "fairest":
            free = [int(problem.points[p]) for p in self.solution.pairs if p not in set(problem.locked)]
            problem = replace(problem, least=max(min(free, default=0), problem.least))
        return solver.PairCosts(problem, self.solution)

    def every_score(self) -> list[tuple[Enrollment, Enrollment, float]]:
        """Return every eligible pair with its score."""
        rows, columns = np.nonzero(self.problem.allowed)
        return [
            (self.pool.mentees[i], self.pool.mentors[j], int(self.problem.points[i, j]) / MICRO)
            for i, j in zip(rows.tolist(), columns.tolist(), strict=True)
        ]

    def _pair(self, i: int, j: int, against: str = "") -> ScoredPair:
        score = int(self.problem.points[i, j]) / MICRO
        return ScoredPair(
            self.pool.mentees[i],
            self.pool.mentors[j],
            score,
            self.scores.parts(i, j),
            self.scores.reasons(i, j),
            against,
            (i, j) in self.problem.locked,
        )

    def _against(self, i: int, other: solver.RunnerUp, cost: solver.AssignmentValue | None) -> str:
        state = AGAINST[other.state]
        if other.state in ("locked", "decided"):
            return f"{state}."
        return self._priced(state, i, cost)

    def _priced(self, state: str, i: int, cost: solver.AssignmentValue | None) -> str:
        """Describe the reason against a pair, and the cost of insisting on it."""
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
        advice = [*filter(None, [self.left_out.get(i)]), *advice]
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
