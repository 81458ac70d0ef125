"""Score every pair: the values of the factors, the rules that exclude it, and the reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.scoring import measures
from matching.scoring.factor import FactorPair, ScoringInput
from matching.scoring.factors import FACTORS, default_weights
from matching.scoring.points import MICRO
from matching.scoring.profiles import WAKING_HOURS, Bools, Floats, MatchProfile, MatchQuestion, listed
from matching.scoring.rules import RULE_PHRASES, PairRules

INELIGIBLE = -1
WRITTEN = ("interests", "meaning")  # what both wrote is told first: it says more than hours and places


class PairReasons(NamedTuple):
    """The reasons for a pair, as phrases after “They” or “You”, the objections, and notes for coordinators only."""

    support: list[str]
    objections: list[str]
    notes: list[str]
    known: bool = True  # whether anything is known about the pair

    @property
    def sentence(self) -> str:
        """The reasons, objections and notes, for coordinators."""
        return " ".join(filter(None, [self._reasons, *self.notes]))

    @property
    def _reasons(self) -> str:
        weak = listed(self.objections)
        if self.support:
            return f"They {listed(self.support)}{', but ' if weak else ''}{weak}."
        if weak:
            return f"{weak[0].upper()}{weak[1:]}." if self.notes else f"Little speaks for this pair: {weak}."
        if self.notes:
            return ""
        if self.known:
            return "Nothing in particular speaks for or against this pair."
        return "Little is known about this pair."


@dataclass(frozen=True, eq=False)
class Scores:
    """Every mentee (row) with every mentor (column)."""

    data: ScoringInput
    weights: dict[str, float]  # shares of the factors about which anything is known, sum 1
    factors: dict[str, Floats]
    known: dict[str, Bools]  # False if nothing is known, which adds nothing
    total: Floats
    rules: PairRules
    bars: dict[str, Bools]  # for each rule, whom it would rule out, switched on or not

    @property
    def mentees(self) -> Sequence[MatchProfile]:
        return self.data.mentees

    @property
    def mentors(self) -> Sequence[MatchProfile]:
        return self.data.mentors

    @property
    def barred(self) -> dict[str, Bools]:
        """The pairs that each active rule excludes."""
        return {name: bar for name, bar in self.bars.items() if self.rules.has(name)}

    @cached_property
    def eligible(self) -> Bools:
        eligible = np.ones(self.total.shape, dtype=bool)
        for bar in self.barred.values():
            eligible &= ~bar
        return eligible

    @cached_property
    def points(self) -> NDArray[np.int64]:
        """The totals in points, `INELIGIBLE` if the pair may not be matched."""
        return np.where(self.eligible, np.rint(self.total * MICRO), INELIGIBLE).astype(np.int64)

    def with_rules(self, rules: PairRules) -> Scores:
        """Return the same scores under other rules, for what-ifs. Only the rule of shared hours is evaluated again."""
        bars = {**self.bars, "hours": _too_few(self.factors["hours"], self.known["hours"], rules.least_hours)}
        return replace(self, rules=rules, bars=bars)

    def blocked(self, i: int, j: int) -> str:
        """Return why the pair is excluded, "" if it is not."""
        return next((RULE_PHRASES[name] for name, bar in self.barred.items() if bar[i, j]), "")

    def contributions(self, i: int, j: int) -> dict[str, float]:
        """Return what each factor adds to the score of the pair; the parts sum to the score."""
        return {name: share * float(self.factors[name][i, j]) for name, share in self.weights.items()}

    def parts(self, i: int, j: int) -> list[dict[str, Any]]:
        """Return every known factor that counts: its value, part of the score and phrase, as proposals store them."""
        parts, phrases = self.contributions(i, j), self.phrases(i, j)
        return [
            {
                "key": name,
                "label": factor.label,
                "value": round(float(self.factors[name][i, j]), 4),
                "part": round(parts[name], 4),
                "phrase": phrases[name],
                "known": True,
            }
            for name, factor in FACTORS.items()
            if self.weights[name] and self.known[name][i, j]
        ]

    def phrases(self, i: int, j: int) -> dict[str, str]:
        """Return a few words for each factor."""
        return {
            name: factor.phrase(self.pair(name, i, j)) if self.known[name][i, j] else "not known"
            for name, factor in FACTORS.items()
        }

    def reasons(self, i: int, j: int) -> PairReasons:
        """Say what speaks for the pair, the strongest first, and what speaks against it."""
        return reasons_of({name: self.pair(name, i, j) for name in FACTORS if self.known[name][i, j]}, self.weights)

    def pair(self, name: str, i: int, j: int) -> FactorPair:
        """Return the pair as its factor describes it."""
        return FactorPair(self.data, i, j, float(self.factors[name][i, j]))


def reasons_of(pairs: Mapping[str, FactorPair], weights: Mapping[str, float]) -> PairReasons:
    """Say what speaks for a pair and what against it, from the factors that are known."""
    pairs = {name: pair for name, pair in pairs.items() if weights.get(name)}
    strong = [name for name, pair in pairs.items() if FACTORS[name].supports(pair)]
    strong.sort(key=lambda name: (name not in WRITTEN, -weights[name] * pairs[name].value))
    objections = [FACTORS[name].objection(pair) for name, pair in pairs.items() if name not in strong]
    notes = [FACTORS[name].note(pair) for name, pair in pairs.items()]
    return PairReasons(
        [FACTORS[name].reason(pairs[name]) for name in strong],
        [words for words in objections if words],
        [words for words in notes if words],
        known=bool(pairs),
    )


def score(
    mentees: Sequence[MatchProfile],
    mentors: Sequence[MatchProfile],
    weights: Mapping[str, float] | None = None,
    *,
    rules: PairRules | None = None,
    require_common_language: bool = True,
    questions: Sequence[MatchQuestion] = (),
    preferences: Mapping[tuple[int, int], float] | None = None,
    wish_words: Mapping[tuple[int, int], str] | None = None,
    vectors: Mapping[str, Floats] | None = None,
    former: Iterable[tuple[int, int]] = (),
    conflicts: Iterable[tuple[int, int]] = (),
) -> Scores:
    """Score every mentee with every mentor.

    Weights are relative, and a factor that is left out weighs nothing; without any, the default ones count.
    `former`, `conflicts` and `preferences` name pairs by row and column. `vectors` are the meanings of texts, see
    meaning_similarity.py; without them words alone are compared.
    """
    shares = shares_of(default_weights() if weights is None else weights)
    data = ScoringInput(
        tuple(mentees), tuple(mentors), tuple(questions), preferences or {}, wish_words or {}, vectors or {}
    )
    raw = {name: factor.values(data) for name, factor in FACTORS.items()}
    known = {name: ~np.isnan(found) for name, found in raw.items()}
    # What nobody knows adds nothing: silence may not be worth more than an honest answer.
    factors = {name: np.nan_to_num(found, nan=0.0) for name, found in raw.items()}
    shares = _of_known(shares, known)
    total = np.zeros(data.shape)
    for name, share in shares.items():
        total += share * factors[name]
    rules = rules or PairRules(common_language=require_common_language)
    return Scores(
        data=data,
        weights=shares,
        factors=factors,
        known=known,
        total=np.clip(total, 0, 1),
        rules=rules,
        bars=_bars(mentees, mentors, rules, raw, known, factors, former, conflicts),
    )


def shares_of(weights: Mapping[str, float]) -> dict[str, float]:
    """Scale the weights so that they sum to 1. Raises ValueError for an unknown factor, or if no weight counts."""
    unknown = [name for name in weights if name not in FACTORS]
    if unknown:
        raise ValueError(f"unknown factor: {', '.join(sorted(unknown))}")
    if any(not 0 <= weight < float("inf") for weight in weights.values()) or not sum(weights.values()):
        raise ValueError("weights are 0 or more, and at least one is more than 0")
    return {name: weights.get(name, 0) / sum(weights.values()) for name in FACTORS}


def _of_known(shares: Mapping[str, float], known: Mapping[str, Bools]) -> dict[str, float]:
    """Pass the share of factors that nobody here said anything about to the others, so that a score may reach 1."""
    told = {name: share if known[name].any() else 0.0 for name, share in shares.items()}
    whole = sum(told.values())
    return {name: share / whole for name, share in told.items()} if whole else dict(shares)


def _bars(
    mentees: Sequence[MatchProfile],
    mentors: Sequence[MatchProfile],
    rules: PairRules,
    raw: Mapping[str, Floats],
    known: Mapping[str, Bools],
    factors: Mapping[str, Floats],
    former: Iterable[tuple[int, int]],
    conflicts: Iterable[tuple[int, int]],
) -> dict[str, Bools]:
    same_people = measures.overlap([p.people for p in mentees], [p.people for p in mentors]) > 0
    alone = np.array([len(p.people) <= 1 for p in mentees], dtype=bool).reshape(-1, 1)
    rests = np.array([bool(rules.rest_after) and p.rounds >= rules.rest_after for p in mentors], dtype=bool)
    size = same_people.shape
    return {
        "themselves": same_people & alone,
        "team": same_people & ~alone,
        "language": raw["languages"] == 0,
        "hours": _too_few(factors["hours"], known["hours"], rules.least_hours),
        "employer": measures.equal([p.employer for p in mentees], [p.employer for p in mentors]) == 1,
        "former": _marked(size, former),
        "rest": np.broadcast_to(rests, size),
        "conflict": _marked(size, conflicts),
    }


def _too_few(hours: Floats, known: Bools, least: float) -> Bools:
    return known & (hours * WAKING_HOURS < least - 1e-9)


def _marked(size: tuple[int, int], pairs: Iterable[tuple[int, int]]) -> Bools:
    marked = np.zeros(size, dtype=bool)
    for pair in pairs:
        marked[pair] = True
    return marked
