"""Find the smallest rule changes that would match more people, by solving each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from matching.profiles import Bools, MatchProfile, shared_hours, spoken
from matching.scoring.points import MICRO
from matching.scoring.rules import PairRules
from matching.scoring.scores import Scores
from matching.solver import Assignment, AssignmentProblem, Growth, PairQuota, solve
from mentorship.core.reference_data import language_name
from mentorship.core.timezones import offset_name

MOST_NEEDS = 5
NO_HOURS = "drop the minimum of shared waking hours"
# Rules that can be switched off: their name, off, the words, and the setting of the policy.
SWITCHES: tuple[tuple[str, Any, str, dict[str, Any]], ...] = (
    ("common_language", False, "allow pairs without a language in common", {"require_common_language": False}),
    ("other_employer", False, "allow pairs from the same employer", {"other_employer": False}),
    ("named", False, "let mentees who asked for a mentor by name have another one", {"named_wishes": "wish"}),
    ("former", False, "allow pairs from earlier rounds", {"former": "ignore"}),
    ("rest_after", 0, "include mentors who are due a rest", {"rest_after": 0}),
)


@dataclass(frozen=True)
class WhatIf:
    """One change and its result."""

    change: str  # "relax the shared hours from 3 to 2"
    matched: int  # how many more people would be matched
    mentees: tuple[int, ...]  # unmatched people who would have a mentor
    setting: dict[str, Any]  # the change as a setting of the policy; {} if it is none, such as one more mentor


class Trial(NamedTuple):
    """A change to try. Only the smallest helpful step of a kind is kept."""

    kind: str
    words: str
    setting: dict[str, Any]
    problem: Callable[[], AssignmentProblem]  # with this change
    allowed: Callable[[], Bools] | None = None  # the pairs that it allows, if it changes nothing else
    suits: Bools | None = None  # who could have one more mentor, if that is the change


def what_ifs(
    scores: Scores, problem: AssignmentProblem, solution: Assignment, say: Callable[..., str] = str.format
) -> list[WhatIf]:
    """Find changes that match more people, the best first. Empty if everybody is matched or nothing helps.

    `say` puts a sentence of ours into the words of a programme; `{…}` in it takes other people's words.
    """
    if not solution.unmatched:
        return []
    found: list[WhatIf] = []
    said: set[str] = set()
    growth = None if problem.quotas else Growth(problem, solution)
    for trial in _trials(scores, problem, solution, say):
        if trial.kind in said:
            continue  # a smaller step of the same rule helps already
        helped = _helped(trial, growth, solution)
        if helped:
            said.add(trial.kind)
            found.append(WhatIf(trial.words, len(helped), tuple(helped), trial.setting))
    return sorted(found, key=lambda w: -w.matched)


def _helped(trial: Trial, growth: Growth | None, solution: Assignment) -> list[int]:
    """List who could have a mentor in addition. Limits need a new solution; otherwise the present one is extended."""
    if growth is not None and trial.suits is not None:
        return growth.would_help(trial.suits)
    if growth is not None and trial.allowed is not None:
        return growth.more_with(trial.allowed()) if growth.has_room else []
    new = solve(trial.problem())
    more = new.value.matched - solution.value.matched
    return sorted(set(solution.unmatched) & set(new.mentors_of))[:more]


def with_rules(scores: Scores, problem: AssignmentProblem, rules: PairRules) -> AssignmentProblem:
    """Return the same problem under other rules; locked pairs stay possible."""
    points = scores.with_rules(rules).points
    for pair in problem.locked:
        points[pair] = problem.points[pair]
    return replace(problem, points=points)


def _allowed_under(scores: Scores, problem: AssignmentProblem, rules: PairRules) -> Bools:
    """The pairs of the problem that other rules would allow."""
    allowed = scores.allowed_under(rules)
    if problem.least > 0:
        allowed &= np.where(scores.signed < 0, ~scores.signed, scores.signed) >= problem.least
    for pair in problem.forbidden:
        allowed[pair] = False
    for pair in problem.locked:
        allowed[pair] = True
    return allowed


def _trials(
    scores: Scores, problem: AssignmentProblem, solution: Assignment, say: Callable[..., str]
) -> Iterator[Trial]:
    """Yield the changes to try, smaller steps of a kind before larger ones."""
    yield from (trial._replace(words=say(trial.words)) for trial in _looser_rules(scores, problem))
    if problem.least > 0:
        for least in sorted({problem.least * part // 4 for part in (3, 2, 1, 0)}, reverse=True):
            score, lower = f"{least / MICRO:.2f}", replace(problem, least=least)
            words = f"lower the minimum score from {problem.least / MICRO:.2f} to {score}"
            setting = {"least_score": float(score)}
            yield Trial("least", words, setting, lambda to=lower: to, lambda to=lower: to.allowed)  # type: ignore[misc]
    for at, quota in enumerate(problem.quotas):
        quotas: list[PairQuota] = list(problem.quotas)
        quotas[at] = replace(quota, limit=quota.limit + 1)
        words = f"raise the maximum from {quota.limit} to {quota.limit + 1} {quota.name}".rstrip()
        setting = {quota.rule: quota.limit + 1} if quota.rule else {}
        yield Trial(f"quota {at}", words, setting, lambda to=quotas: replace(problem, quotas=to))  # type: ignore[misc]
    yield from (trial._replace(words=say(trial.words)) for trial in _one_more_mentor(scores, problem, solution))


def _looser_rules(scores: Scores, problem: AssignmentProblem) -> Iterator[Trial]:
    """Yield fewer shared hours, then each active rule switched off."""
    rules = scores.rules
    hours = float(rules.least_hours)

    def trial(kind: str, words: str, setting: dict[str, Any], looser: PairRules) -> Trial:
        return Trial(
            kind,
            words,
            setting,
            lambda: with_rules(scores, problem, looser),
            lambda: _allowed_under(scores, problem, looser),
        )

    for least in range(int(np.ceil(hours)) - 1, -1, -1):
        words = f"lower the minimum of shared waking hours from {hours:g} to {least}" if least else NO_HOURS
        yield trial("hours", words, {"least_hours": least}, replace(rules, least_hours=least))
    for name, off, words, setting in SWITCHES:
        if getattr(rules, name):
            yield trial(words, words, setting, replace(rules, **{name: off}))


class MentorNeed(NamedTuple):
    """Needs that another mentor would have to meet: only those that the present mentors don't."""

    language: str = ""  # code
    offsets: tuple[float, ...] = ()  # hours from UTC of a place where people are awake at the same time

    @property
    def words(self) -> str:
        speaks = [f"speaks {language_name(self.language)}"] if self.language else []
        lives = [f"lives around {offset_name(round(self.offsets[0] * 60))}"] if self.offsets else []
        who = " and ".join([*speaks, *lives])
        return f"one more mentor who {who}" if who else "one more mentor"

    def suits(self, mentee: MatchProfile, own: MentorNeed, least_hours: float) -> bool:
        """Whether such a mentor would suit a mentee with needs of their `own`.

        Nobody is ruled out by what is not known about them.
        """
        languages, offsets = spoken(mentee), mentee.offsets
        speaks = not languages or self.language in languages if self.language else not own.language
        if not self.offsets:
            return speaks and not own.offsets
        return speaks and (not offsets or shared_hours(offsets, self.offsets) >= least_hours - 1e-9)


def _one_more_mentor(scores: Scores, problem: AssignmentProblem, solution: Assignment) -> Iterator[Trial]:
    """Yield one more mentor with one place, for each need of the unmatched, the most frequent first.

    Not for those who score below the minimum with every mentor: another one would hardly score higher.
    """
    own = [_needs(scores, i) for i in range(len(scores.mentees))]
    low = {i for i in solution.unmatched if _best_score(scores, i) < problem.least}
    needs = Counter(need for i in solution.unmatched if i not in low for need in own[i])
    least = scores.rules.least_hours
    for need in sorted(needs, key=lambda n: (-needs[n], n))[:MOST_NEEDS]:
        suits = np.array([need.suits(p, own[i][0], least) for i, p in enumerate(scores.mentees)], dtype=bool)
        suits[list(low)] = False
        with_mentor = partial(_with_mentor, problem, suits)
        yield Trial(f"mentor {need.words}", need.words, {}, with_mentor, suits=suits)


def _best_score(scores: Scores, i: int) -> int:
    """The points of a mentee with the mentor who suits them best, excluded by a rule or not."""
    row = scores.signed[i]
    return int(np.where(row < 0, ~row, row).max(initial=0))


def _needs(scores: Scores, i: int) -> list[MentorNeed]:
    """List the needs of a mentee, one for each of their languages if that matters."""
    mentee = scores.mentees[i]
    matters = {rule for rule in ("language", "hours") if scores.rules.has(rule) and scores.is_barred(rule, i)}
    offsets = mentee.offsets if "hours" in matters else ()
    return [MentorNeed(code, offsets) for code in (spoken(mentee) if "language" in matters else [""])]


def _with_mentor(problem: AssignmentProblem, suits: np.ndarray) -> AssignmentProblem:
    """Add a mentor whom these mentees could have, with a median score."""
    allowed = problem.points[problem.points >= 0]
    middling = max(int(np.median(allowed)) if allowed.size else MICRO // 2, problem.least)
    column = np.where(suits, middling, -1)[:, None]
    keys = problem.mentor_keys
    return replace(
        problem,
        points=np.hstack([problem.points, column]),
        capacity=np.append(problem.capacity, 1),
        load=None if problem.load is None else np.append(problem.load, 0),
        mentor_keys=None if keys is None else [*keys, f"{max(keys, default='')}~"],
    )
