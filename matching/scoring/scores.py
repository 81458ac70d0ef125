"""Every pair judged: the factors, what rules a pair out, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.scoring import values
from matching.scoring.factors import DEFAULT_WEIGHTS, FACTORS, MICRO
from matching.scoring.profiles import (
    WAKING_HOURS,
    Bools,
    Floats,
    MatchProfile,
    MatchQuestion,
    kinds,
    language_name,
    listed,
    region_name,
    same,
    shared_hours,
    spoken,
)
from matching.scoring.rules import RULE_PHRASES, PairRules
from matching.scoring.text_similarity import FieldSimilarity, WordSimilarity
from matching.scoring.values import NEUTRAL, neutral

INELIGIBLE = -1


@dataclass(frozen=True, eq=False)
class Scores:
    """Every mentee (row) with every mentor (column)."""

    mentees: tuple[MatchProfile, ...]
    mentors: tuple[MatchProfile, ...]
    weights: dict[str, float]  # shares, sum 1
    factors: dict[str, Floats]
    known: dict[str, Bools]  # False where the value is the neutral one
    total: Floats
    rules: PairRules
    bars: dict[str, Bools]  # for each rule, whom it would rule out, switched on or not
    words: WordSimilarity
    fields: FieldSimilarity
    questions: tuple[MatchQuestion, ...] = ()

    @property
    def barred(self) -> dict[str, Bools]:
        """Whom each rule that is switched on rules out."""
        return {name: bar for name, bar in self.bars.items() if self.rules.has(name)}

    @cached_property
    def eligible(self) -> Bools:
        eligible = np.ones(self.total.shape, dtype=bool)
        for bar in self.barred.values():
            eligible &= ~bar
        return eligible

    @cached_property
    def points(self) -> NDArray[np.int64]:
        """The totals as whole micro-points, `INELIGIBLE` where the pair may not be matched."""
        return np.where(self.eligible, np.rint(self.total * MICRO), INELIGIBLE).astype(np.int64)

    def with_rules(self, rules: PairRules) -> Scores:
        """The same scores under other rules, for what-ifs. Nothing is scored anew but the shared hours."""
        bars = {**self.bars, "hours": _too_few(self.factors["hours"], self.known["hours"], rules.least_hours)}
        return replace(self, rules=rules, bars=bars)

    def blocked(self, i: int, j: int) -> str:
        """Why the pair is ruled out, "" where it is not."""
        return next((RULE_PHRASES[name] for name, bar in self.barred.items() if bar[i, j]), "")

    def contributions(self, i: int, j: int) -> dict[str, float]:
        """What each factor adds to the score of the pair; they sum to the score."""
        return {name: share * float(self.factors[name][i, j]) for name, share in self.weights.items()}

    def phrases(self, i: int, j: int) -> dict[str, str]:
        """A few words for each factor."""
        mentee, mentor = self.mentees[i], self.mentors[j]
        shared, languages = self.words.shared(i, j), _language_names(mentee, mentor)
        both = self.fields.shared(i, j)
        said = {
            "interests": f"both: {', '.join(shared)}" if shared else "nothing in common found",
            "fields": f"both: {', '.join(both)}" if both else "different fields",
            "hours": f"{_hours_text(mentee, mentor)} shared waking hours",
            "place": _place_text(mentee, mentor),
            "type": _type_text(mentee, mentor),
            "style": f"both: {mentee.style}" if same(mentee.style, mentor.style) else "different styles",
            "languages": f"both: {', '.join(languages)}" if languages else "no language in common",
            "experience": "has mentored before, and the mentee is new"
            if mentor.experienced
            else "both are here for the first time",
            "answers": self._answers_text(i, j),
            "wishes": _wishes_text(float(self.factors["wishes"][i, j])),
        }
        return {name: said[name] if self.known[name][i, j] else "not known" for name in FACTORS}

    def sentence(self, i: int, j: int) -> str:
        """Why this pair, in one sentence: what speaks for it, the strongest first, then what speaks against it."""
        mentee, mentor = self.mentees[i], self.mentors[j]
        said = {
            "interests": f"share {listed(self.words.shared(i, j))}",
            "fields": f"are both about {listed(self.fields.shared(i, j, 2))}",
            "hours": f"have {_hours_text(mentee, mentor)} waking hours in common",
            "place": f"are both in {region_name(mentee)}",
            "type": f"agree on {_shared_kinds(mentee, mentor)} mentoring",
            "style": f"both like a {mentee.style.lower()} style",
            "languages": f"both speak {listed(_language_names(mentee, mentor))}",
            "experience": "bring experience to somebody new",
            "answers": "answered your questions alike",
            "wishes": "would like each other",
        }
        parts = self.contributions(i, j)
        strongest_first = sorted((name for name in FACTORS if parts[name]), key=lambda name: -parts[name])
        strong = [name for name in strongest_first if self._speaks_for(name, i, j)]
        # A distant place or few words in common are no reason against a pair; these are.
        against = self.phrases(i, j)
        against["hours"] = f"only {against['hours']}"
        weak = [
            against[name]
            for name in ("hours", "type", "languages", "style", "wishes")
            if self.weights[name] and self.known[name][i, j] and name not in strong
        ]
        if not strong:
            return f"Little speaks for this pair: {listed(weak)}." if weak else "Little is known about this pair."
        return f"They {listed([said[name] for name in strong])}{', but ' if weak else ''}{listed(weak)}."

    def _speaks_for(self, name: str, i: int, j: int) -> bool:
        if not self.known[name][i, j]:
            return False
        if name == "interests":
            return bool(self.words.shared(i, j))
        if name == "languages":
            return bool(self.factors[name][i, j])
        if name == "fields":
            return bool(self.factors[name][i, j] >= NEUTRAL and self.fields.shared(i, j))
        return bool(self.factors[name][i, j] >= (0.75 if name == "answers" else NEUTRAL))

    def _answers_text(self, i: int, j: int) -> str:
        mentee, mentor = self.mentees[i].answers, self.mentors[j].answers
        alike = [q.text or q.key for q in self.questions if mentee.get(q.key) and mentee[q.key] == mentor.get(q.key)]
        if alike:
            return f"same answer: {', '.join(alike[:2])}"
        return "alike" if self.factors["answers"][i, j] >= NEUTRAL else "different answers"


def score(
    mentees: Sequence[MatchProfile],
    mentors: Sequence[MatchProfile],
    weights: Mapping[str, float] = DEFAULT_WEIGHTS,
    *,
    rules: PairRules | None = None,
    require_common_language: bool = True,
    questions: Sequence[MatchQuestion] = (),
    preferences: Mapping[tuple[int, int], float] | None = None,
    former: Iterable[tuple[int, int]] = (),
    conflicts: Iterable[tuple[int, int]] = (),
) -> Scores:
    """Judge every mentee with every mentor. Weights are relative; a factor that is left out weighs nothing.

    `former`, `conflicts` and `preferences` name pairs by row and column.
    """
    shares = shares_of(weights)
    words, fields = WordSimilarity.read(mentees, mentors), FieldSimilarity.read(mentees, mentors)
    size = len(mentees), len(mentors)
    raw = {
        "interests": words.similarity(),
        "fields": fields.similarity(),
        "hours": values.hours(mentees, mentors),
        "place": values.equal([p.region for p in mentees], [p.region for p in mentors]),
        "type": values.covered([kinds(p) for p in mentees], [kinds(p) for p in mentors]),
        "style": values.equal([p.style for p in mentees], [p.style for p in mentors]),
        "languages": values.covered([spoken(p) for p in mentees], [spoken(p) for p in mentors]),
        "experience": values.experience(mentees, mentors),
        "answers": _all_answers(mentees, mentors, questions),
        "wishes": values.wishes(size, preferences or {}),
    }
    known = {name: ~np.isnan(found) for name, found in raw.items()}
    factors = {name: neutral(found) for name, found in raw.items()}
    # Wishes are said about few: whoever has only one wish would otherwise wish for everybody.
    factors["wishes"] = np.where(known["wishes"], raw["wishes"], NEUTRAL)
    total = np.zeros(size)
    for name, share in shares.items():
        total += share * factors[name]
    rules = rules or PairRules(common_language=require_common_language)
    return Scores(
        mentees=tuple(mentees),
        mentors=tuple(mentors),
        weights=shares,
        factors=factors,
        known=known,
        total=np.clip(total, 0, 1),
        rules=rules,
        bars=_bars(mentees, mentors, rules, raw, known, factors, former, conflicts),
        words=words,
        fields=fields,
        questions=tuple(questions),
    )


def shares_of(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights as parts of one whole."""
    unknown = [name for name in weights if name not in FACTORS]
    if unknown:
        raise ValueError(f"unknown factor: {', '.join(sorted(unknown))}")
    if any(not 0 <= weight < float("inf") for weight in weights.values()) or not sum(weights.values()):
        raise ValueError("weights are 0 or more, and at least one is more than 0")
    return {name: weights.get(name, 0) / sum(weights.values()) for name in FACTORS}


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
    same_people = values.overlap([p.people for p in mentees], [p.people for p in mentors]) > 0
    alone = np.array([len(p.people) <= 1 for p in mentees], dtype=bool).reshape(-1, 1)
    rests = np.array([bool(rules.rest_after) and p.rounds >= rules.rest_after for p in mentors], dtype=bool)
    size = same_people.shape
    return {
        "themselves": same_people & alone,
        "team": same_people & ~alone,
        "language": raw["languages"] == 0,
        "hours": _too_few(factors["hours"], known["hours"], rules.least_hours),
        "employer": values.equal([p.employer for p in mentees], [p.employer for p in mentors]) == 1,
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


def _all_answers(
    mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile], questions: Sequence[MatchQuestion]
) -> Floats:
    """The mean over the questions that both answered."""
    total, count = np.zeros((len(mentees), len(mentors))), np.zeros((len(mentees), len(mentors)))
    for question in questions:
        found = values.answers(mentees, mentors, question)
        total += np.nan_to_num(found)
        count += ~np.isnan(found)
    return np.where(count, total / np.maximum(count, 1), np.nan)


def _hours_text(mentee: MatchProfile, mentor: MatchProfile) -> str:
    if not mentee.offsets or not mentor.offsets:
        return ""
    return f"{round(shared_hours(mentee.offsets, mentor.offsets), 2):g}"


def _place_text(mentee: MatchProfile, mentor: MatchProfile) -> str:
    here, there = region_name(mentee), region_name(mentor)
    return f"both in {here}" if same(here, there) else f"{here} and {there}"


def _shared_kinds(mentee: MatchProfile, mentor: MatchProfile) -> str:
    return " and ".join(kind for kind in kinds(mentee) if kind in kinds(mentor))


def _type_text(mentee: MatchProfile, mentor: MatchProfile) -> str:
    if set(kinds(mentee)) <= set(kinds(mentor)):
        return f"both: {_shared_kinds(mentee, mentor)}"
    return f"{' and '.join(kinds(mentor))} offered where {' and '.join(kinds(mentee))} is wanted"


def _language_names(mentee: MatchProfile, mentor: MatchProfile) -> list[str]:
    theirs = spoken(mentor)
    return [language_name(code) for code in spoken(mentee) if code in theirs]


def _wishes_text(value: float) -> str:
    return "wished for" if value >= 0.75 else "rather not" if value < NEUTRAL else "no strong wish"
