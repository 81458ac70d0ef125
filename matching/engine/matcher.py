"""Score and solve a cohort by its policy. Loads the numeric libraries: for the worker and commands only."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cohorts.models import Cohort
from matching import solver
from matching.engine.history import read_history
from matching.engine.input import MatchingPool, profile_of, read_pool, subject_of
from matching.engine.left_out import everybody_left_out, reasons_left_out, words_left_out
from matching.engine.meanings import meanings_of_people
from matching.engine.run_result import RunResult
from matching.policy.choices import DEFAULT_RULES
from matching.policy.employers import why_idle
from matching.scoring.points import MICRO
from matching.scoring.rules import PairRules
from matching.scoring.scores import Scores, score
from mentorship.core.errors import ServiceError
from mentorship.core.ui.markup import counted

# Limits, after a number.
FIRST_TIMERS, OF_GROUP = "first-time mentees per mentor", "mentees of {group} per mentor"
NEW_MENTORS = "first-time mentors per new mentee"


class EngineError(ServiceError):
    """The run can't be computed; the message tells the coordinator what to change."""


def match_cohort(
    cohort: Cohort,
    weights: Mapping[str, float],
    *,
    require_common_language: bool = True,
    rules: Mapping[str, Any] | None = None,
    objective: str = "total",
    tell: Callable[[str], None] = lambda _: None,
) -> RunResult:
    """Score and solve the current cohort by `rules` (see policy/choices.py). Stores nothing but what new texts mean."""
    pool = read_pool(cohort)
    if why := _why_nobody(cohort, pool):
        raise EngineError(why)
    by = {**DEFAULT_RULES, **(rules or {})}
    known = read_history(cohort, pool.mentees, pool.mentors, by)
    mentees, mentors = ([profile_of(e, cohort, known) for e in side] for side in (pool.mentees, pool.mentors))
    meanings = meanings_of_people([*pool.mentees, *pool.mentors], [*mentees, *mentors], known, weights)
    scores = score(
        mentees,
        mentors,
        weights,
        rules=pair_rules(by, require_common_language),
        questions=known.questions,
        preferences=known.wishes,
        wish_words=known.wish_words,
        vectors=meanings.vectors,
        former=known.former,
        conflicts=known.conflicts,
        tell=lambda part: tell(f"scoring pairs: {part:.0%}"),
        named=known.named.by_mentee,
        subject=subject_of(cohort),
        say=cohort.programme.own_words,
    )
    _check_locks(pool, scores)
    problem = _problem(pool, scores, by)
    tell("finding the best pairs")
    solution = solver.solve_for(problem, objective)
    left_out = _left_out(cohort, pool, scores, solution, by)
    idle, nobody = why_idle(cohort, by), known.named.unknown
    return RunResult(pool, scores, problem, solution, objective, by, meanings.missing, left_out, idle, nobody)


def _why_nobody(cohort: Cohort, pool: MatchingPool) -> str:
    """Why there is nobody to match; "" if there is."""
    if not pool.mentees:
        return cohort.programme.own_words("Nobody is waiting for a match: accept mentees first.")
    return "" if pool.mentors else _why_no_mentor(cohort)


def _why_no_mentor(cohort: Cohort) -> str:
    left_out, say = everybody_left_out(cohort), cohort.programme.own_words
    if left_out:
        words = "No mentor can be proposed: {names}. Accept mentors, or bring these back."
        return say(words, names=words_left_out(left_out))
    return say("No accepted mentor has a free place. Accept more mentors, or raise the number of places of some.")


def _left_out(
    cohort: Cohort, pool: MatchingPool, scores: Scores, solution: solver.Assignment, by: Mapping[str, Any]
) -> Mapping[int, str]:
    """Name, by row, the mentors who pause and could have had somebody who is left without one."""
    left_out = everybody_left_out(cohort) if solution.unmatched else []
    if not left_out:
        return {}
    rows = sorted(solution.unmatched)
    mentors = [mentor for mentor, _ in left_out]
    known = read_history(cohort, [pool.mentees[i] for i in rows], mentors, by)
    mentees = [scores.mentees[i] for i in rows]
    found = score(
        mentees,
        [profile_of(e, cohort, known) for e in mentors],
        {"hours": 1},
        rules=scores.rules,
        former=known.former,
        conflicts=known.conflicts,
    )
    return reasons_left_out(left_out, found, rows)


def pair_rules(by: Mapping[str, Any], common_language: bool) -> PairRules:
    return PairRules(
        common_language=common_language,
        least_hours=float(by["least_hours"]),
        other_employer=bool(by["other_employer"]),
        own_team=bool(by["own_team"]),
        former=by["former"] == "never",
        rest_after=int(by["rest_after"]),
        conflicts=bool(by["declared_conflicts"]),
        named=by["named_wishes"] == "only",
    )


def _problem(pool: MatchingPool, scores: Scores, by: Mapping[str, Any]) -> solver.AssignmentProblem:
    theirs: dict[int, list[int]] = defaultdict(list)
    for j, mentor in enumerate(pool.mentors):
        if by["partners_first"] and mentor.group_id:
            theirs[mentor.group_id].append(j)
    favoured = [(i, j) for i, mentee in enumerate(pool.mentees) for j in theirs.get(mentee.group_id or 0, [])]
    try:
        return solver.AssignmentProblem(
            points=scores.signed,
            capacity=np.array(pool.capacity),
            wanted=np.array(pool.wanted),
            locked=pool.locked,
            forbidden=pool.forbidden,
            mentee_keys=[p.key for p in scores.mentees],
            mentor_keys=[p.key for p in scores.mentors],
            quotas=_quotas(pool, scores, by),
            favoured=[pair for pair in favoured if scores.signed[pair] >= 0],
            least=round(float(by["least_score"]) * MICRO),
            load=np.array(pool.load),
        )
    except ValueError as error:
        if str(error).startswith("quotas cross"):
            raise EngineError(
                f"Two limits overlap, and neither contains the other: {str(error).partition(': ')[2]}. Remove one."
            ) from error
        raise


def _quotas(pool: MatchingPool, scores: Scores, by: Mapping[str, Any]) -> list[solver.PairQuota]:
    """The limits of the policy on whom a mentor or a mentee has."""
    quotas: list[solver.PairQuota] = []
    if by["most_first_timers"]:
        new = [i for i, person in enumerate(scores.mentees) if person.first_time is not False]
        quotas.append(
            solver.PairQuota(
                new, int(by["most_first_timers"]), name=_words(pool, FIRST_TIMERS), rule="most_first_timers"
            )
        )
    if by["most_of_group"]:
        for group in sorted({e.group_id for e in pool.mentees if e.group_id}):
            members = [i for i, e in enumerate(pool.mentees) if e.group_id == group]
            name = _words(pool, OF_GROUP, group=_group(pool, group))
            quotas.append(solver.PairQuota(members, int(by["most_of_group"]), name=name, rule="most_of_group"))
    if by["most_new_mentors"] is not None:
        new = [i for i, person in enumerate(scores.mentees) if person.first_time]
        beginners = [j for j, person in enumerate(scores.mentors) if person.experienced is False]
        limit, name = int(by["most_new_mentors"]), _words(pool, NEW_MENTORS)
        quotas.append(solver.PairQuota(beginners, limit, "mentee", new, name, rule="most_new_mentors"))
    return quotas


def _group(pool: MatchingPool, group: int) -> str:
    return next(str(e.group) for e in pool.mentees if e.group_id == group)


def _check_locks(pool: MatchingPool, scores: Scores) -> None:
    """Refuse impossible locks with names; the solver would refuse them without names."""
    for i, j in pool.locked:
        if scores.signed[i, j] < 0:
            raise EngineError(
                f"“{pool.mentees[i]}” is locked with {pool.mentors[j].user}, but a rule excludes the pair: "
                f"{_words(pool, scores.blocked(i, j))}. Unlock them, or change the rule."
            )
    for j, number in Counter(j for _, j in pool.locked).items():
        if number > pool.capacity[j]:
            raise EngineError(
                f"{pool.mentors[j].user} has {counted(pool.capacity[j], 'free place')}, but {number} pairs are locked. "
                "Unlock one, or raise the number of places."
            )


def _words(pool: MatchingPool, text: str, **theirs: object) -> str:
    return pool.mentees[0].cohort.programme.own_words(text, **theirs)
