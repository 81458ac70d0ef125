"""Measures that factors are made of: matrices of values from 0 to 1, NaN if a side said nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.profiles import WAKING_HOURS, Floats, MatchProfile, MatchQuestion, shared_hours
from matching.texts.scale import ShareOfBest

Kind = TypeVar("Kind", tuple[float, ...], tuple[str, ...])


def unknown(size: tuple[int, int]) -> Floats:
    """Return NaN for every pair. Read-only, and takes no memory."""
    return np.broadcast_to(np.nan, size)


def equal(left: Sequence[str | None], right: Sequence[str | None]) -> Floats:
    """Return 1 if both sides have the same text (ignoring case), else 0; NaN if a side has none."""
    sides = [[(text or "").strip().casefold() for text in side] for side in (left, right)]
    numbers = {text: n for n, text in enumerate(sorted({*sides[0], *sides[1]} - {""}))}
    a, b = (np.array([numbers.get(text, -1) for text in side], dtype=np.int64) for side in sides)
    if (a < 0).all() or (b < 0).all():
        return unknown((len(a), len(b)))
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
    return by_kind(wanted, offered, lambda want, offer: len(want & offer) / len(want))


def shared(left: Sequence[Collection[str]], right: Sequence[Collection[str]]) -> Floats:
    """Return 1 if the sides have anything in common, else 0: naming more gains nothing. NaN if a side said nothing."""
    return by_kind(left, right, lambda a, b: float(bool(a & b)))


def by_kind(
    left: Sequence[Collection[str]],
    right: Sequence[Collection[str]],
    value: Callable[[frozenset[str], frozenset[str]], float],
) -> Floats:
    """Compare sets, each two different ones once, as many people have equal sets. NaN if a side said nothing."""
    sides = [[tuple(sorted(set(one))) for one in side] for side in (left, right)]
    (here, row), (there, column) = (_different(side) for side in sides)
    if not any(here) or not any(there):
        return unknown((len(left), len(right)))
    sets = [[frozenset(one) for one in kinds] for kinds in (here, there)]
    table = [[value(a, b) if a and b else np.nan for b in sets[1]] for a in sets[0]]
    return np.array(table, dtype=float).reshape(len(here), len(there))[np.ix_(row, column)]


def experience(mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile]) -> Floats:
    """Return 1 for an experienced mentor with a new mentee, 0 for a new mentor; NaN for mentees who are not new."""
    new = np.array([p.first_time is True for p in mentees], dtype=bool)
    before = np.array([np.nan if p.experienced is None else float(p.experienced) for p in mentors], dtype=float)
    if not new.any() or np.isnan(before).all():
        return unknown((len(mentees), len(mentors)))
    return np.where(new[:, None], before, np.nan)


def wishes(size: tuple[int, int], preferences: Mapping[tuple[int, int], float]) -> Floats:
    """Return what people said about a pair, from 0.5 for a firm wish to -0.5; NaN if nobody said anything."""
    if not preferences:
        return unknown(size)
    values = np.full(size, np.nan)
    for pair, value in preferences.items():
        values[pair] = min(max(value, 0.0), 1.0) - 0.5
    return values


def answers(
    mentees: Sequence[MatchProfile],
    mentors: Sequence[MatchProfile],
    question: MatchQuestion,
    *,
    everybody: Sequence[MatchProfile] | None = None,
) -> Floats:
    """Return how similar the answers to one question are.

    For a block of mentees, numbers are compared on the range of `everybody`; for texts, whose likeness depends on how
    rare each word is among all, use `text_answers`.
    """
    left, right = ([p.answers.get(question.key) for p in side] for side in (mentees, mentors))
    if question.kind in ("scale", "number"):
        told = [p.answers.get(question.key) for p in everybody or (*mentees, *mentors)]
        return _near(left, right, told)
    if question.kind == "text":
        return text_answers(mentees, mentors, question).of(slice(0, len(left)))
    likeness: dict[str, Callable[[Sequence[Any], Sequence[Any]], Floats]] = {
        "one": lambda a, b: equal(_texts(a), _texts(b)),
        "yes_no": lambda a, b: equal(_texts(a), _texts(b)),
        "many": lambda a, b: covered(_sets(a), _sets(b)),
    }
    return likeness[question.kind](left, right)


def _texts(answers: Sequence[Any]) -> list[str]:
    return ["" if a is None else str(a) for a in answers]


def _sets(answers: Sequence[Any]) -> list[list[str]]:
    return [sorted({str(x) for x in a}) if isinstance(a, list) else [] for a in answers]


def _near(left: Sequence[Any], right: Sequence[Any], everybody: Sequence[Any]) -> Floats:
    """Return 1 for the same number, 0 for the two of everybody's that are furthest apart."""
    a, b, told = (np.array([_number(x) for x in side], dtype=float) for side in (left, right, everybody))
    gap = np.abs(a[:, None] - b)
    told = told[~np.isnan(told)]
    span = float(told.max() - told.min()) if len(told) else 0.0
    return 1 - gap / span if span else gap + 1


def _number(answer: Any) -> float:
    try:
        return float(answer)
    except (TypeError, ValueError):
        return np.nan


def text_answers(
    mentees: Sequence[MatchProfile], mentors: Sequence[MatchProfile], question: MatchQuestion
) -> ShareOfBest:
    """Compare the answers in text of any block of these mentees, by their words."""
    from matching.texts.word_counts import count_words, tfidf  # noqa: PLC0415 slow library: SciPy, which only the worker needs
    from matching.texts.word_similarity import relative_rows  # noqa: PLC0415 slow library: SciPy, which only the worker needs

    counts, _ = count_words(_texts([p.answers.get(question.key) for p in (*mentees, *mentors)]))
    weighed = tfidf(counts)
    return relative_rows(weighed[: len(mentees)], weighed[len(mentees) :])


def _different(items: Sequence[Kind]) -> tuple[list[Kind], NDArray[np.int64]]:
    """Return each different item once, and for everybody the position of theirs."""
    kept = sorted(set(items))
    at = {item: n for n, item in enumerate(kept)}
    return kept, np.array([at[item] for item in items], dtype=np.int64)
