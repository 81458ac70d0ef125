"""How well the score finds the right mentor in five invented cohorts of other fields, and what is said of pairs.

The sign-ups are those of matching/tests/corpus, whose README says how they were made. Nothing is chosen by them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from matching.past_weights.ranking import MEASURES, measure
from matching.profiles import MatchProfile
from matching.scoring.factors import FACTORS
from matching.scoring.scores import Scores, score
from mentorship.devtools.bench.quality import Floats, Vectors, plain, total_of, vectors_of

CORPUS = Path("matching/tests/corpus")
TOPICAL = ("interests", "meaning")


@dataclass(frozen=True)
class Field:
    """One invented cohort."""

    name: str
    mentees: list[MatchProfile]
    mentors: list[MatchProfile]
    chosen: list[set[int]]  # for each mentee the positions of the right mentors
    sayable: set[tuple[int, int]]
    not_sayable: set[tuple[int, int]]


def read_corpus() -> list[Field]:
    return [_field(path) for path in sorted((settings.BASE_DIR / CORPUS).glob("*.json"))]


def said_of(scores: Scores, i: int, j: int) -> list[str]:
    """List the reasons for a pair that come from their texts."""
    pairs = {name: scores.pair(name, i, j) for name in TOPICAL}
    return [FACTORS[name].reason(pair) for name, pair in pairs.items() if FACTORS[name].supports(pair)]


def main() -> None:
    fields = read_corpus()
    vectors = vectors_of([p for f in fields for p in (*f.mentees, *f.mentors)], topics=True)
    scores = [score(f.mentees, f.mentors, vectors=vectors) for f in fields]
    print(f"\n{sum(len(f.mentees) for f in fields)} invented mentees in {len(fields)} fields")
    print(f"{'':<32}{''.join(f'{name:>8}' for name in MEASURES)}   MRR by field")
    for name, totals in _variants(scores, vectors).items():
        found = [measure(t, f.chosen) for t, f in zip(totals, fields, strict=True)]
        mean = np.concatenate(found).mean(axis=0)
        each = ", ".join(f"{f.name} {m[:, 0].mean():.2f}" for f, m in zip(fields, found, strict=True))
        print(f"{name:<32}{''.join(f'{value:>8.3f}' for value in mean)}   {each}")
    _print_said(fields, scores)


def _variants(scores: Sequence[Scores], vectors: Vectors) -> dict[str, list[Floats]]:
    def by(weights: dict[str, float] | None, known: Vectors) -> list[Floats]:
        return [total_of(score(s.mentees, s.mentors, weights, vectors=known)) for s in scores]

    return {
        "random": [np.zeros(s.total.shape) for s in scores],
        "plain TF-IDF": [plain(s) for s in scores],
        "the product's score": [total_of(s) for s in scores],
        "words alone": by(None, {}),
        "meaning alone": by({"meaning": 1}, vectors),
        "words and meaning alike": by({"interests": 1, "meaning": 1}, vectors),
    }


def _print_said(fields: Sequence[Field], scores: Sequence[Scores]) -> None:
    right = [(s, pair) for f, s in zip(fields, scores, strict=True) for pair in sorted(f.sayable)]
    wrong = [(s, pair) for f, s in zip(fields, scores, strict=True) for pair in sorted(f.not_sayable)]
    count = [sum(bool(said_of(s, *pair)) for s, pair in side) for side in (right, wrong)]
    shown = sum("“" in s.phrases(*pair)["meaning"] for s, pair in right)
    print(f"topics of both are shown to coordinators for {shown} of {len(right)} pairs that have something in common")
    print(
        f"something in common is said of {count[0]} of {len(right)} pairs that have it, {count[1]} of {len(wrong)} not"
    )
    for s, (i, j) in [*right, *wrong]:
        if said := said_of(s, i, j):
            print(f"  {s.mentees[i].key} {s.mentors[j].key}: {'; '.join(said)}")


def _field(path: Path) -> Field:
    data = json.loads(path.read_text(encoding="utf-8"))
    sides = {role: [_person(one) for one in data["people"] if one["role"] == role] for role in ("mentee", "mentor")}
    row, column = ({person.key: at for at, person in enumerate(sides[role])} for role in ("mentee", "mentor"))

    def pairs(name: str) -> set[tuple[int, int]]:
        return {(row[one["mentee"]], column[one["mentor"]]) for one in data[name]}

    chosen: list[set[int]] = [set() for _ in sides["mentee"]]
    for mentee, mentor in data["pairs"]:
        chosen[row[mentee]].add(column[mentor])
    return Field(path.stem, sides["mentee"], sides["mentor"], chosen, pairs("sayable"), pairs("not_sayable"))


def _person(one: dict[str, Any]) -> MatchProfile:
    return MatchProfile(one["key"], topics=tuple(one["topics"]), text=one["text"])
