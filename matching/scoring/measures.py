"""Measures that factors are made of: matrices of values from 0 to 1, NaN if a side said nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matching.scoring.profiles import WAKING_HOURS, Bools, Floats, MatchProfile, MatchQuestion, shared_hours

if TYPE_CHECKING:
    from scipy import sparse

CROWD = 0.5  # how much of the similarity that a mentor has with everybody is taken off


def equal(left: Sequence[str | None], right: Sequence[str | None]) -> Floats:
    """Return 1 if both sides have the same text (ignoring case), else 0; NaN if a side has none."""
    sides = [[(text or "").strip().casefold() for text in side] for side in (left, right)]
    numbers = {text: n for n, text in enumerate(sorted({*sides[0], *sides[1]} - {""}))}
    a, b = (np.array([numbers.get(text, -1) for text in side], dtype=np.int64) for side in sides)
    values = (a[:, None] == b).astype(float)
    values[a < 0, :] = np.nan
    values[:, b < 0] = np.nan
    return values


def hours(mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile]) -> Floats:
    """Return the share of waking hours in common. Computed once for each pair of time zones."""
    here, row = _different([p.offsets for p in mentees])
    there, column = _different([p.offsets for p in mentors])
    table = np.array(
        [[shared_hours(a, b) / WAKING_HOURS if a and b else np.nan for b in there] for a in here], dtype=float
    ).reshape(len(here), len(there))
    return table[np.ix_(row, column)]


def covered(wanted: Sequence[Collection[str]], offered: Sequence[Collection[str]]) -> Floats:
    """Return the share of what one side wants that the other offers; NaN if a side said nothing."""
    values: Floats = overlap(wanted, offered) / np.array([[max(len(w), 1)] for w in wanted]).reshape(-1, 1)
    return unless_silent(values, [bool(w) for w in wanted], [bool(o) for o in offered])


def shared(left: Sequence[Collection[str]], right: Sequence[Collection[str]]) -> Floats:
    """Return 1 if the sides have anything in common, else 0: naming more gains nothing. NaN if a side said nothing."""
    values = (overlap(left, right) > 0).astype(float)
    return unless_silent(values, [bool(a) for a in left], [bool(b) for b in right])


def overlap(left: Sequence[Collection[str]], right: Sequence[Collection[str]]) -> Floats:
    """Count the members that each set on the left shares with each on the right."""
    from scipy import sparse  # noqa: PLC0415 slow library: scikit-learn and SciPy, which only the worker needs

    numbers = {member: n for n, member in enumerate(sorted({m for members in [*left, *right] for m in members}))}

    def incidence(side: Sequence[Collection[str]]) -> sparse.csr_matrix:
        at = [(row, numbers[member]) for row, members in enumerate(side) for member in members]
        rows, columns = zip(*at, strict=True) if at else ((), ())
        return sparse.csr_matrix((np.ones(len(at)), (rows, columns)), shape=(len(side), max(len(numbers), 1)))

    return (incidence(left) @ incidence(right).T).toarray()


def beyond_crowd(values: Floats, rows_told: Bools) -> Floats:
    """Take off a part of the mentor's mean: who is near to everybody tells little by being near to one."""
    crowd = values[rows_told].mean(axis=0) if rows_told.any() else 0
    return np.maximum(values - CROWD * crowd, 0)


def share_of(best: Floats, values: Floats) -> Floats:
    """Scale each row to the best that counts as good in it, at most 1, and 0 where there is none.

    The best of the median row is the least that counts as good: who fits nobody has a low best, not 1.
    """
    best = np.maximum(best, np.median(best) if best.size else 0)[:, None]
    return np.minimum(np.divide(values, best, out=np.zeros_like(values), where=best > 0), 1)


def share_of_best(values: Floats, rows_told: Bools, columns_told: Bools) -> Floats:
    """Scale similarities beyond the crowd's to the best in the row; NaN if a side is silent."""
    values = beyond_crowd(values, rows_told)
    return unless_silent(share_of(values.max(axis=1, initial=0), values), rows_told, columns_told)


def unless_silent(values: Floats, rows_told: Sequence[bool] | Bools, columns_told: Sequence[bool] | Bools) -> Floats:
    """Return the values with NaN if a side said nothing."""
    return np.where(np.asarray(rows_told, bool)[:, None] & np.asarray(columns_told, bool), values, np.nan)


def experience(mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile]) -> Floats:
    """Return 1 for an experienced mentor with a new mentee, 0 for a new mentor; NaN for mentees who are not new."""
    values = np.array([[np.nan if p.experienced is None else float(p.experienced) for p in mentors]] * len(mentees))
    values = values.reshape(len(mentees), len(mentors))
    values[[p.first_time is not True for p in mentees], :] = np.nan
    return values


def wishes(size: tuple[int, int], preferences: Mapping[tuple[int, int], float]) -> Floats:
    """Return what people said about a pair, from 0.5 for a firm wish to -0.5; NaN if nobody said anything."""
    values = np.full(size, np.nan)
    for pair, value in preferences.items():
        values[pair] = min(max(value, 0.0), 1.0) - 0.5
    return values


def answers(mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile], question: MatchQuestion) -> Floats:
    """Return how similar the answers to one question are."""
    left, right = ([p.answers.get(question.key) for p in side] for side in (mentees, mentors))
    likeness: dict[str, Callable[[Sequence[Any], Sequence[Any]], Floats]] = {
        "one": lambda a, b: equal(_texts(a), _texts(b)),
        "yes_no": lambda a, b: equal(_texts(a), _texts(b)),
        "many": lambda a, b: covered(_sets(a), _sets(b)),
        "scale": _near,
        "number": _near,
        "text": _alike,
    }
    return likeness[question.kind](left, right)


def _texts(answers: Sequence[Any]) -> list[str]:
    return ["" if a is None else str(a) for a in answers]


def _sets(answers: Sequence[Any]) -> list[list[str]]:
    return [sorted({str(x) for x in a}) if isinstance(a, list) else [] for a in answers]


def _near(left: Sequence[Any], right: Sequence[Any]) -> Floats:
    """Return 1 for the same number, 0 for the two that are furthest apart."""
    a, b = (np.array([_number(x) for x in side], dtype=float) for side in (left, right))
    gap = np.abs(a[:, None] - b)
    told = np.concatenate([a, b])
    told = told[~np.isnan(told)]
    span = float(told.max() - told.min()) if len(told) else 0.0
    return 1 - gap / span if span else gap + 1


def _number(answer: Any) -> float:
    try:
        return float(answer)
    except (TypeError, ValueError):
        return np.nan


def _alike(left: Sequence[Any], right: Sequence[Any]) -> Floats:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 slow library: scikit-learn and SciPy, which only the worker needs

    from matching.scoring.text_similarity import TOKEN, relative  # noqa: PLC0415 slow library: scikit-learn and SciPy, which only the worker needs

    texts = _texts([*left, *right])
    try:
        weighed = TfidfVectorizer(stop_words="english", token_pattern=TOKEN, sublinear_tf=True).fit_transform(texts)
    except ValueError:  # no words at all
        return np.full((len(left), len(right)), np.nan)
    return relative(weighed[: len(left)], weighed[len(left) :])


def _different(items: Sequence[tuple[float, ...]]) -> tuple[list[tuple[float, ...]], NDArray[np.int64]]:
    """Return each different item once, and for everybody the position of theirs."""
    kept = sorted(set(items))
    at = {item: n for n, item in enumerate(kept)}
    return kept, np.array([at[item] for item in items], dtype=np.int64)
