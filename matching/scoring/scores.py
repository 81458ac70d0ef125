"""Score every pair: the values of the factors, the rules that exclude it, and the reasons in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.profiles import Bools, Floats, MatchProfile, MatchQuestion, listed
from matching.scoring.blocks import (
    Bits,
    Block,
    Kept,
    Market,
    Points,
    active,
    blocks,
    by_row,
    evaluate,
    of_known,
    too_few,
)
from matching.scoring.factor import FactorPair, ScoringInput
from matching.scoring.factors import FACTORS, default_weights
from matching.scoring.rules import RULE_PHRASES, PairRules

INELIGIBLE = -1
# What both wrote is told first, in this order: it says more than hours and places.
WRITTEN = ("interests", "meaning")
LITTLE = 0.25  # a weighted mean of the factors, below which a match is weak


class PairReasons(NamedTuple):
    """The reasons for a pair, as phrases after “They” or “You”, the objections, and notes for coordinators only."""

    support: list[str]
    objections: list[str]
    notes: list[str]
    known: bool = True  # whether anything is known about the pair
    weak: bool = False  # whether its score is low

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
            return f"{weak[0].upper()}{weak[1:]}." if self.notes else f"A weak match: {weak}."
        if self.notes:
            return ""
        if self.weak:
            return "A weak match."
        if self.known:
            return "Nothing in particular counts for or against this pair."
        return "Little is known about this pair."


@dataclass(frozen=True, eq=False)
class Scores:
    """Every mentee (row) with every mentor (column)."""

    market: Market
    signed: Points  # the score in points; `~points`, which is below 0, if a rule excludes the pair
    bits: Bits  # for each rule, whom it would rule out, switched on or not
    kept: Kept

    @property
    def data(self) -> ScoringInput:
        return self.market.data

    @property
    def weights(self) -> Mapping[str, float]:
        """The shares of the factors about which anything is known; they sum to 1."""
        return self.market.weights

    @property
    def rules(self) -> PairRules:
        return self.market.rules

    @property
    def mentees(self) -> Sequence[MatchProfile]:
        return self.data.mentees

    @property
    def mentors(self) -> Sequence[MatchProfile]:
        return self.data.mentors

    @property
    def shape(self) -> tuple[int, int]:
        return self.data.shape

    @cached_property
    def eligible(self) -> Bools:
        return self.signed >= 0

    @property
    def points(self) -> NDArray[np.int64]:
        """The scores in points, `INELIGIBLE` if the pair may not be matched. A copy: large markets use `signed`."""
        return np.maximum(self.signed, INELIGIBLE).astype(np.int64)

    @property
    def factors(self) -> dict[str, Floats]:
        """Every value of every factor, 0 if it is not known. Evaluated anew for all pairs, for small markets."""
        return self._whole.values

    @property
    def known(self) -> dict[str, Bools]:
        return self._whole.known

    @property
    def total(self) -> Floats:
        return self._whole.total

    @cached_property
    def _whole(self) -> Block:
        return self.market.block(slice(0, self.shape[0]))

    def is_barred(self, rule: str, i: int) -> bool:
        """Whether a rule, switched on or not, would keep any mentor from a mentee."""
        return bool((self.bits[i] >> list(RULE_PHRASES).index(rule) & 1).any())

    def allowed_under(self, rules: PairRules) -> Bools:
        """The pairs that other rules would allow, for what-ifs. Only the rule of shared hours is evaluated again."""
        if rules.least_hours == self.rules.least_hours or not rules.has("hours"):
            return (self.bits & active(rules)) == 0
        found = (self.bits & active(replace(rules, least_hours=0))) == 0
        for rows in blocks(*self.shape):
            found[rows] &= ~too_few(self.data.part(rows).waking, rules.least_hours)
        return found

    def with_rules(self, rules: PairRules) -> Scores:
        """Return the same scores under other rules."""
        allowed = self.allowed_under(rules)
        found = np.where(self.signed < 0, ~self.signed, self.signed)
        return replace(self, market=replace(self.market, rules=rules), signed=np.where(allowed, found, ~found))

    def points_of(self, i: int, j: int) -> int:
        """The points of a pair, excluded or not."""
        found = int(self.signed[i, j])
        return ~found if found < 0 else found

    def blocked(self, i: int, j: int) -> str:
        """Return why the pair is excluded, "" if it is not."""
        bits = int(self.bits[i, j]) & int(active(self.rules))
        return next((words for at, words in enumerate(RULE_PHRASES.values()) if bits >> at & 1), "")

    def blocks_of(self, i: int) -> Counter[str]:
        """How many mentors each rule keeps from a mentee: of several the first."""
        bits, counts = np.unique(self.bits[i] & active(self.rules), return_counts=True)
        found: Counter[str] = Counter()
        for number, count in zip(bits.tolist(), counts.tolist(), strict=True):
            found[next((words for at, words in enumerate(RULE_PHRASES.values()) if number >> at & 1), "")] += count
        return found

    def contributions(self, i: int, j: int) -> dict[str, float]:
        """Return what each factor adds to the score of the pair; the parts sum to the score."""
        values, _ = self._values(i, j)
        return {name: share * values[name] for name, share in self.weights.items()}

    def parts(self, i: int, j: int) -> list[dict[str, Any]]:
        """Return every known factor that counts: its value, part of the score and phrase, as proposals store them."""
        return [
            {
                "key": name,
                "label": FACTORS[name].label,
                "value": round(pair.value, 4),
                "part": round(self.weights[name] * pair.value, 4),
                "phrase": FACTORS[name].phrase(pair),
                "known": True,
            }
            for name, pair in self._pairs(i, j).items()
            if self.weights[name]
        ]

    def phrases(self, i: int, j: int) -> dict[str, str]:
        """Return a few words for each factor."""
        pairs = self._pairs(i, j)
        return {name: factor.phrase(pairs[name]) if name in pairs else "not known" for name, factor in FACTORS.items()}

    def reasons(self, i: int, j: int) -> PairReasons:
        """Say what speaks for the pair, the strongest first, and what speaks against it."""
        return reasons_of(self._pairs(i, j), self.weights)

    def pair(self, name: str, i: int, j: int) -> FactorPair:
        """Return the pair as its factor describes it."""
        return FactorPair(self.data, i, j, self._values(i, j)[0][name])

    def _pairs(self, i: int, j: int) -> dict[str, FactorPair]:
        """The pair as described by each factor that knows something about it. The last pair is cached."""
        if self._last.get("pair") != (i, j):
            values, known = self._values(i, j)
            once: dict[str, Any] = {}
            found = {name: FactorPair(self.data, i, j, values[name], once) for name in FACTORS if known[name]}
            self._last.update(pair=(i, j), found=found)
        pairs: dict[str, FactorPair] = self._last["found"]
        return pairs

    def _values(self, i: int, j: int) -> tuple[dict[str, float], dict[str, bool]]:
        """The value of each factor for a pair, and which of them are known."""
        at = self.kept.at(i, j)
        if at is None:  # rare: neither proposed nor among the best
            block = self.market.block(slice(i, i + 1))
            return {n: float(v[0, j]) for n, v in block.values.items()}, {
                n: bool(k[0, j]) for n, k in block.known.items()
            }
        # Kept in four bytes: a value such as 0.7 is itself again by six places.
        values = [round(value, 6) for value in self.kept.values[:, i, at].tolist()]
        known = self.kept.known[:, i, at].tolist()
        return dict(zip(FACTORS, values, strict=True)), dict(zip(FACTORS, known, strict=True))

    @cached_property
    def _last(self) -> dict[str, Any]:
        return {}


def reasons_of(pairs: Mapping[str, FactorPair], weights: Mapping[str, float]) -> PairReasons:
    """Say what speaks for a pair and what against it, from the factors that are known."""
    pairs = {name: pair for name, pair in pairs.items() if weights.get(name)}
    strong = [name for name, pair in pairs.items() if FACTORS[name].supports(pair)]
    strong = strong if any(FACTORS[name].alone for name in strong) else []
    strong.sort(key=lambda name: _place(name, weights[name] * pairs[name].value))
    objections = [FACTORS[name].objection(pair) for name, pair in pairs.items() if name not in strong]
    notes = [FACTORS[name].note(pair) for name, pair in pairs.items()]
    return PairReasons(
        [FACTORS[name].reason(pairs[name]) for name in strong],
        [words for words in objections if words],
        [words for words in notes if words],
        known=bool(pairs),
        weak=sum(weights[n] * pair.value for n, pair in pairs.items()) < LITTLE * sum(weights[n] for n in pairs),
    )


def _place(name: str, part: float) -> tuple[int, float]:
    return (WRITTEN.index(name), 0) if name in WRITTEN else (len(WRITTEN), -part)


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
    named: Iterable[tuple[int, int]] = (),
    subject: str = "",
    say: Callable[..., str] = str.format,
    tell: Callable[[float], None] = lambda _: None,
) -> Scores:
    """Score every mentee with every mentor.

    Weights are relative, and a factor that is left out weighs nothing; without any, the default ones count.
    `former`, `conflicts`, `preferences` and `named` (whom mentees asked for) name pairs by row and column. `vectors`
    are the meanings of texts, see meaning_similarity.py; without them words alone are compared. `subject` is the name
    of the programme and its round, and `say` puts sentences of ours into its words. `tell` gets the share that is done.
    """
    shares = shares_of(default_weights() if weights is None else weights)
    data = ScoringInput(
        tuple(mentees),
        tuple(mentors),
        tuple(questions),
        preferences or {},
        wish_words or {},
        vectors or {},
        former=frozenset(former),
        subject=subject,
        say=say,
    )
    rules = rules or PairRules(common_language=require_common_language)
    market = Market(data, of_known(shares, data), rules, by_row(data.former), by_row(conflicts), by_row(named))
    return Scores(market, *evaluate(market, tell))


def shares_of(weights: Mapping[str, float]) -> dict[str, float]:
    """Scale the weights so that they sum to 1. Raises ValueError for an unknown factor, or if no weight counts."""
    unknown = [name for name in weights if name not in FACTORS]
    if unknown:
        raise ValueError(f"unknown factor: {', '.join(sorted(unknown))}")
    if any(not 0 <= weight < float("inf") for weight in weights.values()) or not sum(weights.values()):
        raise ValueError("weights are 0 or more, and at least one is more than 0")
    return {name: weights.get(name, 0) / sum(weights.values()) for name in FACTORS}
