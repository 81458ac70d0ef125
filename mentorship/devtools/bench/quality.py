"""Measure how well the scores predict what coordinators chose by hand, on a folder of past cohorts.

`python -m mentorship.devtools.bench quality FOLDER` (`make bench PART="quality FOLDER"`); with `write` after it the
tables of docs/matching.md are made anew. Each folder in it is a cohort with mentors.csv, mentees.csv and
chosen_pairs.csv; their names in order are their order in time. Only data from before a cohort was matched is used:
its sign-ups, and the projects and pairs of earlier ones. Differences come with a paired bootstrap over projects.

The product's own weights were chosen with four such cohorts in view, so that on these they look a little better than
they are. "weights fitted on the other cohorts" are those that the product offers (past_weights), fitted without the
cohort that is judged; "words alone" is what an installation without the sentence model has.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.meaning.model import ModelMissingError, sentence_model
from matching.past_weights.ranking import MEASURES, interval, measure
from matching.past_weights.regression import RoundChoices, fit_settings
from matching.profiles import MatchProfile
from matching.scoring.factors import FACTORS, default_weights
from matching.scoring.scores import Scores, score
from matching.solver import AssignmentProblem, solve
from matching.texts import scale
from matching.texts.likeness import TextLikeness
from matching.texts.meaning_similarity import own_words
from matching.texts.word_similarity import WordSimilarity
from mentorship.core.reference_data import CONTINENT, continent_of, country_name
from mentorship.devtools.assurance.table import put_part

Row = dict[str, str]
Floats = NDArray[np.float64]
Vectors = dict[str, Floats]  # text → what it means
RANDOM, OURS = "random", "the product"
PARTS = {
    "meaning": "similar subject",
    "interests": "interests",
    "hours": "waking hours",
    "place": "part of the world",
    "pieces of words": "pieces of words",
}
HEAD = (
    "| | MRR | hit@5 | AUC | MRR / random | AUC: the product is better by | MRR: the product is better by "
    "| chosen with these cohorts in view |"
)
RULE = "|---|---|---|---|---|---|---|---|"
PAGE = Path(__file__).resolve().parents[3] / "docs/matching.md"


@dataclass(frozen=True)
class Past:
    """A cohort that coordinators matched."""

    name: str
    mentees: list[Row]
    mentors: list[Row]
    chosen: list[set[int]]  # for each mentee the positions of their mentors


def main(folder: str = "", write: str = "") -> None:
    if not folder or write not in ("", "write"):
        raise SystemExit("Which folder? python -m mentorship.devtools.bench quality FOLDER [write]")
    pasts = read(Path(folder))
    if not pasts:
        raise SystemExit(f"No cohort with mentors.csv, mentees.csv and chosen_pairs.csv in {folder}.")
    vectors = vectors_of([p for at, past in enumerate(pasts) for side in people(past, pasts[:at]) for p in side])
    for title, pool in (("every mentor of the cohort", pasts), ("mentors with a pair", [_only_used(p) for p in pasts])):
        count = f"{sum(map(bool, (c for p in pool for c in p.chosen)))} projects, candidates: {title}"
        print(f"\n{count}")
        table = _compare(pool, vectors)
        if write:
            put_part(f"quality: {title}", f"{count[:1].upper()}{count[1:]}.\n\n{table}", PAGE)


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


def _compare(pasts: Sequence[Past], vectors: Vectors) -> str:
    """Print every variant with its measures; return them as a table for docs/matching.md."""
    scores = [score(*people(past, pasts[:at]), vectors=vectors) for at, past in enumerate(pasts)]
    chosen = [past.chosen for past in pasts]
    variants = _variants(pasts, scores, vectors)
    results = {
        name: np.concatenate([measure(t, c) for t, c in zip(totals, chosen, strict=True)])
        for name, (totals, _) in variants.items()
    }
    random, ours = results[RANDOM].mean(axis=0), results[OURS]
    print(f"{'':<58}{''.join(f'{name:>8}' for name in MEASURES)}{'assigned':>10}   the product is better by: AUC, MRR")
    lines = [HEAD, RULE]
    for name, found in results.items():
        mean, (totals, in_view) = found.mean(axis=0), variants[name]
        versus = ["" if found is ours else _signed(*interval(ours[:, at] - found[:, at])) for at in (4, 0)]
        says = "".join(f"{value:>8.3f}" for value in mean)
        print(f"{name:<58}{says}{_assigned(scores, totals, chosen):>10.3f}   {'   '.join(versus)}")
        cells = [f"{mean[0]:.3f}", f"{mean[3]:.3f}", f"{mean[4]:.3f}", f"{mean[0] / random[0]:.1f}"]
        shown = [name, *(cell.removeprefix("0") for cell in cells[:3]), cells[3], *versus]
        cells = [f"**{cell}**" if found is ours and cell else cell for cell in shown]
        lines.append(f"| {' | '.join([*cells, in_view])} |")
    for past, total in zip(pasts, variants[OURS][0], strict=True):
        mean = measure(total, past.chosen).mean(axis=0)
        print(f"{past.name}: AUC {mean[4]:.3f} MRR {mean[0]:.3f}")
    return "\n".join(lines)


def _variants(pasts: Sequence[Past], scores: Sequence[Scores], vectors: Vectors) -> dict[str, tuple[list[Floats], str]]:
    """The totals of each variant, and whether it was chosen with these cohorts in view."""
    found = {
        RANDOM: ([np.zeros(s.total.shape) for s in scores], "no"),
        "plain TF-IDF": ([plain(s) for s in scores], "no"),
        OURS: ([total_of(s) for s in scores], "in part"),
        "weights fitted on the other cohorts": (
            _fitted(scores, pasts, default_weights()),
            "what they are drawn towards",
        ),
        "the same, drawn towards equal weights": (
            _fitted(scores, pasts, dict.fromkeys(FACTORS, 1.0)),
            "only the factors",
        ),
        "words alone: without the sentence model": ([total_of(score(s.mentees, s.mentors)) for s in scores], "in part"),
        "meaning alone": (
            [total_of(score(s.mentees, s.mentors, {"meaning": 1}, vectors=vectors)) for s in scores],
            "only the factor",
        ),
        "without taking off what suits everybody": (_changed(scores, scale, "CROWD", 0.0), "in part"),
        "without earlier cohorts": (
            [total_of(score(*people(past, [], history=False), vectors=vectors)) for past in pasts],
            "in part",
        ),
    }
    for part, words in PARTS.items():
        found[f"without {words}"] = [_without(part, s) for s in scores], "in part"
    return found


def _signed(low: float, middle: float, high: float) -> str:
    """A difference with its interval: +.011 [−.001, +.024]."""
    said = [f"{value:+.3f}".replace("0.", ".", 1).replace("-", "−") for value in (middle, low, high)]
    return f"{said[0]} [{said[1]}, {said[2]}]"


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


def _fitted(scores: Sequence[Scores], pasts: Sequence[Past], towards: Mapping[str, float]) -> list[Floats]:
    """The weights that the product would offer, fitted on all cohorts but the one that is judged."""
    names = list(FACTORS)
    rounds = [_choices(s, past.chosen, names) for s, past in zip(scores, pasts, strict=True)]
    found = []
    for at, own in enumerate(rounds):
        settings = fit_settings([*rounds[:at], *rounds[at + 1 :]], names, towards)
        print("  ".join(f"{name} {weight}" for name, weight in settings.items()))
        weights = np.array([settings[name] for name in names], dtype=float)
        found.append(np.where(scores[at].eligible, own.values @ weights, -1))
    return found


def _choices(scores: Scores, chosen: Sequence[set[int]], names: Sequence[str]) -> RoundChoices:
    right = np.zeros(scores.total.shape, dtype=bool)
    for i, row in enumerate(chosen):
        right[i, sorted(row)] = True
    values = np.stack([scores.factors[name] for name in names], axis=-1)
    return RoundChoices(values, scores.eligible | right, right)


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
