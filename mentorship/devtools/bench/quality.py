"""Measure how well the scores predict what coordinators chose by hand, on a folder of past cohorts.

`python -m mentorship.devtools.bench quality FOLDER`: each folder in it is a cohort with mentors.csv, mentees.csv and
chosen_pairs.csv; their names in order are their order in time. Only data from before a cohort was matched is used:
its sign-ups, and the projects and pairs of earlier ones. Differences come with a paired bootstrap over projects.

The product's own weights were chosen with four such cohorts in view, so that on these they look a little better than
they are. "weights of the other cohorts" are fitted without the cohort that is judged; "words alone" is what an
installation without the sentence model has.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from matching.meaning.model import ModelMissingError, sentence_model
from matching.scoring import measures
from matching.scoring.factors import default_weights
from matching.scoring.geography import CONTINENT, continent_of
from matching.scoring.meaning_similarity import own_words
from matching.scoring.profiles import MatchProfile
from matching.scoring.scores import Scores, score
from matching.scoring.text_likeness import TextLikeness
from matching.scoring.text_similarity import WordSimilarity
from matching.solver import AssignmentProblem, solve
from mentorship.core.reference_data import country_name

Row = dict[str, str]
Floats = NDArray[np.float64]
Vectors = dict[str, Floats]  # text → what it means
MEASURES = ("MRR", "hit@1", "hit@3", "hit@5", "AUC")
SAMPLES = 2000
PARTS = ("meaning", "interests", "hours", "place", "pieces of words")


@dataclass(frozen=True)
class Past:
    """A cohort that coordinators matched."""

    name: str
    mentees: list[Row]
    mentors: list[Row]
    chosen: list[set[int]]  # for each mentee the positions of their mentors


def main(folder: str = "") -> None:
    if not folder:
        raise SystemExit("Which folder? python -m mentorship.devtools.bench quality FOLDER")
    pasts = read(Path(folder))
    if not pasts:
        raise SystemExit(f"No cohort with mentors.csv, mentees.csv and chosen_pairs.csv in {folder}.")
    vectors = vectors_of([p for at, past in enumerate(pasts) for side in people(past, pasts[:at]) for p in side])
    for title, pool in (("every mentor of the cohort", pasts), ("mentors with a pair", [_only_used(p) for p in pasts])):
        print(f"\n{sum(map(bool, (c for p in pool for c in p.chosen)))} projects, candidates: {title}")
        _compare(pool, vectors)


def read(folder: Path) -> list[Past]:
    """The cohorts of the folder, earliest first. Raises OSError if a file is missing."""
    found = []
    for place in sorted(p for p in folder.iterdir() if (p / "chosen_pairs.csv").exists()):
        mentees, mentors, pairs = (_rows(place / f"{n}.csv") for n in ("mentees", "mentors", "chosen_pairs"))
        at = {mentor["id"]: j for j, mentor in enumerate(mentors)}
        chosen = [
            {at[p["mentor_id"]] for p in pairs if p["mentee_id"] == e["id"] and p["mentor_id"] in at} for e in mentees
        ]
        found.append(Past(place.name, mentees, mentors, chosen))
    return found


def people(
    past: Past, earlier: Sequence[Past], *, history: bool = True
) -> tuple[list[MatchProfile], list[MatchProfile]]:
    """The people of both sides, read in the product's way."""
    told: dict[str, list[str]] = {}
    for before in earlier:
        for mentee, chosen in zip(before.mentees, before.chosen, strict=True):
            for j in chosen:
                told.setdefault(before.mentors[j]["email"], []).append(_about(mentee))
        for mentor in before.mentors:
            told.setdefault(mentor["email"], []).append(mentor["expertise"])
    for known in [*earlier, past]:
        for mentee in known.mentees:
            for email in _split(mentee["emails"]):
                told.setdefault(email, []).append(_about(mentee))
    mentees = [
        MatchProfile(
            key=e["id"],
            topics=tuple(_split(e["keywords"])),
            text=f"{e['title']}\n{e['description']}",
            utc_offset=_number(e["utc_offset"]),
            region=_region(e["country"]),
            people=frozenset(_split(e["emails"])),
        )
        for e in past.mentees
    ]
    mentors = [
        MatchProfile(
            key=m["id"],
            topics=tuple(_split(m["expertise"])),
            history=tuple(told.get(m["email"], [])) if history else (),
            utc_offset=_number(m["utc_offset"]),
            region=_region(m["country"]),
            people=frozenset([m["email"]]),
        )
        for m in past.mentors
    ]
    return mentees, mentors


def measure(totals: Floats, chosen: Sequence[set[int]]) -> Floats:
    """The measures of each project with a mentor, in the order of MEASURES; ties count in expectation."""
    found = []
    for row, right in zip(totals, chosen, strict=True):
        if not right:
            continue
        wrong = np.array([j for j in range(len(row)) if j not in right])
        auc = np.mean([(row[j] > row[wrong]).mean() + 0.5 * (row[j] == row[wrong]).mean() for j in sorted(right)])
        best = max(row[j] for j in right)
        above = int((row > best).sum())
        ties = int((row == best).sum())
        hits = sum(row[j] == best for j in right)
        # The chance that the first right one is the k-th of those that are equal.
        first = [comb(ties - k, hits - 1) / comb(ties, hits) for k in range(1, ties - hits + 2)]
        ranks = above + 1 + np.arange(len(first))
        found.append([np.dot(first, 1 / ranks), *(np.dot(first, ranks <= n) for n in (1, 3, 5)), auc])
    return np.array(found, dtype=float)


def vectors_of(profiles: Sequence[MatchProfile], *, topics: bool = False) -> Vectors:
    """Vectors of all their texts, on request of every topic too."""
    texts = {
        text for p in profiles for text in (own_words(p), *p.history, *(p.topics if topics else ())) if text.strip()
    }
    try:
        model = sentence_model()
    except ModelMissingError as error:
        raise SystemExit(str(error)) from error
    known = [text for text in sorted(texts) if model.knows_language(text)]
    return dict(zip(known, model.vectors(known).astype(float), strict=True))


def _compare(pasts: Sequence[Past], vectors: Vectors) -> None:
    chosen = [past.chosen for past in pasts]
    scores = [score(*people(past, pasts[:at]), vectors=vectors) for at, past in enumerate(pasts)]
    variants: dict[str, list[Floats]] = {
        "random": [np.zeros(s.total.shape) for s in scores],
        "plain TF-IDF": [plain(s) for s in scores],
        "the product's score": [total_of(s) for s in scores],
        "weights of the other cohorts": _fitted(scores, chosen),
        "words alone": [total_of(score(s.mentees, s.mentors)) for s in scores],
        "meaning alone": [total_of(score(s.mentees, s.mentors, {"meaning": 1}, vectors=vectors)) for s in scores],
        "with what suits everybody": _changed(scores, measures, "CROWD", 0.0),
        "without history": [total_of(score(*people(past, [], history=False), vectors=vectors)) for past in pasts],
    }
    for part in PARTS:
        variants[f"without {part}"] = [_without(part, s) for s in scores]
    results = {
        name: np.concatenate([measure(t, c) for t, c in zip(totals, chosen, strict=True)])
        for name, totals in variants.items()
    }
    random, ours = results["random"].mean(axis=0), results["the product's score"]
    heads = "".join(f"{name:>8}" for name in MEASURES)
    print(f"{'':<32}{heads}{'MRR/rnd':>9}{'hit5/rnd':>9}{'assigned':>10}   AUC: the product's score is better by")
    for name, found in results.items():
        mean = found.mean(axis=0)
        share = _assigned(scores, variants[name], chosen)
        says = "".join(f"{value:>8.3f}" for value in mean)
        low, middle, high = _interval(ours[:, 4] - found[:, 4])
        versus = "" if found is ours else f"   {middle:+.3f} [{low:+.3f}, {high:+.3f}]"
        print(f"{name:<32}{says}{mean[0] / random[0]:>9.2f}{mean[3] / random[3]:>9.2f}{share:>10.3f}{versus}")
    print("one cohort at a time: ", end="")
    for past, totals in zip(pasts, variants["the product's score"], strict=True):
        mean = measure(totals, past.chosen).mean(axis=0)
        print(f"{past.name} AUC {mean[4]:.3f} MRR {mean[0]:.3f}", end="; ")
    print()


def _changed(scores: Sequence[Scores], module: Any, name: str, value: Any) -> list[Floats]:
    """The score of every cohort with one constant of the product changed."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        return [total_of(score(s.mentees, s.mentors, vectors=s.data.vectors)) for s in scores]
    finally:
        setattr(module, name, before)


def total_of(scores: Scores) -> Floats:
    return np.where(scores.eligible, scores.total, -1)


def plain(scores: Scores) -> Floats:
    """The scores of a first attempt: TF-IDF of words, nothing else."""
    empty = [_bare(p) for p in scores.mentees], [_bare(p) for p in scores.mentors]
    mentees, mentors = WordSimilarity.read(*empty).word
    return np.where(scores.eligible, (mentees @ mentors.T).toarray(), -1)


def _bare(person: MatchProfile) -> MatchProfile:
    return MatchProfile(key=person.key, topics=person.topics, text=person.text)


def _without(part: str, scores: Scores) -> Floats:
    if part == "pieces of words":
        data = scores.data
        words = WordSimilarity.of(data.mentees, data.mentors, data.words.word, data.words.word)
        likeness = TextLikeness(words, scores.data.meaning).of(slice(0, scores.shape[0]))
        change = np.nan_to_num(likeness.words) - scores.factors["interests"]
        return np.where(scores.eligible, scores.total + scores.weights["interests"] * change, -1)
    weights = {name: weight for name, weight in default_weights().items() if name != part}
    total = sum(weight * scores.factors[name] for name, weight in weights.items())
    return np.where(scores.eligible, total, -1)


def _fitted(scores: Sequence[Scores], chosen: Sequence[Sequence[set[int]]]) -> list[Floats]:
    """Four weights, from a strongly regularised logistic regression on all cohorts but the one that is judged."""
    names = ("interests", "meaning", "hours", "place")
    inputs = [
        np.stack([s.factors[name] - s.factors[name].mean(1, keepdims=True) for name in names], -1) for s in scores
    ]
    found = []
    for at, own in enumerate(inputs):
        x, y = [], []
        for other in range(len(inputs)):
            if other != at:
                rows = [i for i, right in enumerate(chosen[other]) if right]
                x.append(inputs[other][rows].reshape(-1, len(names)))
                y.append(
                    np.array([[j in chosen[other][i] for j in range(inputs[other].shape[1])] for i in rows]).ravel()
                )
        if not x:
            return [total_of(s) for s in scores]
        model = LogisticRegression(C=0.3, class_weight="balanced").fit(np.concatenate(x), np.concatenate(y))
        found.append(np.where(scores[at].eligible, own @ model.coef_[0], -99))
    return found


def _assigned(scores: Sequence[Scores], totals: Sequence[Floats], chosen: Sequence[Sequence[set[int]]]) -> float:
    """The part of the projects that get one of their mentors where each mentor takes as many as they did."""
    right = count = 0
    for s, total, theirs in zip(scores, totals, chosen, strict=True):
        load = np.bincount([j for row in theirs for j in row], minlength=total.shape[1])
        wanted = np.array([len(row) for row in theirs])
        low, span = total[s.eligible].min(), float(np.ptp(total[s.eligible])) or 1.0
        points = np.where(s.eligible, np.rint((total - low) / span * 1_000_000), -1).astype(np.int64)
        pairs = set(solve(AssignmentProblem(points, load, wanted)).pairs)
        right += sum(any((i, j) in pairs for j in row) for i, row in enumerate(theirs))
        count += int((wanted > 0).sum())
    return right / count


def _interval(differences: Floats) -> tuple[float, float, float]:
    rng = np.random.default_rng(1)
    means = differences[rng.integers(0, len(differences), (SAMPLES, len(differences)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(differences.mean()), float(high)


def _only_used(past: Past) -> Past:
    used = sorted({j for row in past.chosen for j in row})
    at = {j: k for k, j in enumerate(used)}
    return Past(past.name, past.mentees, [past.mentors[j] for j in used], [{at[j] for j in row} for row in past.chosen])


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _about(mentee: Row) -> str:
    return f"{mentee['keywords']}\n{mentee['title']}\n{mentee['description']}"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _number(text: str) -> float | None:
    return float(text) if text.strip() else None


def _region(name: str) -> str:
    code = {country_name(code).casefold(): code for code in CONTINENT}.get(name.casefold(), name)
    return continent_of(code, "")
