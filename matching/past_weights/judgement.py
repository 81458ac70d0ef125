"""Compare fitted weights with those of today, each round by weights that were fitted without it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np

from matching.past_weights.ranking import WITHIN, interval, measure
from matching.past_weights.regression import RoundChoices, fit_settings, judged_factors
from matching.profiles import Floats

BETTER, UNCLEAR, WORSE = "better", "unclear", "worse"


class RoundVerdict(TypedDict):
    """For how many mentees of a round the chosen mentor is among the first `within`; `apart` is low, mean and high."""

    mentees: int
    candidates: int  # of the median mentee
    fitted: float
    today: float
    apart: list[float]


class Judgement(TypedDict):
    """Fitted weights, and how they rank the pairs of rounds that they were not fitted on."""

    weights: dict[str, int]
    asked: dict[str, int]  # factor → in how many rounds it tells candidates apart
    kept: list[str]  # factors about which the rounds say too little
    within: int
    rounds: list[RoundVerdict]
    mrr: dict[str, float]  # fitted, today, low, apart, high: over all rounds
    verdict: str


def judge(rounds: Sequence[RoundChoices], names: Sequence[str], today: Mapping[str, float]) -> Judgement:
    """Fit on all rounds, and judge by leaving out one at a time. Needs at least two rounds."""
    weights = fit_settings(rounds, names, today)
    within = _within(rounds)
    verdicts, fitted_all, today_all = [], [], []
    for at, past in enumerate(rounds):
        unseen = fit_settings([*rounds[:at], *rounds[at + 1 :]], names, today)
        fitted, now = (_ranks(past, names, by) for by in (unseen, today))
        verdicts.append(_of_round(past, fitted[:, WITHIN[within]], now[:, WITHIN[within]]))
        fitted_all.append(fitted[:, 0])
        today_all.append(now[:, 0])
    fitted_mrr, today_mrr = np.concatenate(fitted_all), np.concatenate(today_all)
    low, apart, high = interval(fitted_mrr - today_mrr)
    told = np.array([past.told > 0 for past in rounds]).sum(axis=0)
    kept = [name for name, judged in zip(names, judged_factors(rounds), strict=True) if not judged]
    return {
        "weights": weights,
        "asked": {name: int(number) for name, number in zip(names, told, strict=True)},
        "kept": kept,
        "within": within,
        "rounds": verdicts,
        "mrr": {
            "fitted": float(fitted_mrr.mean()),
            "today": float(today_mrr.mean()),
            "low": low,
            "apart": apart,
            "high": high,
        },
        "verdict": BETTER if low > 0 else WORSE if high < 0 or apart <= 0 else UNCLEAR,
    }


def _ranks(past: RoundChoices, names: Sequence[str], weights: Mapping[str, float]) -> Floats:
    return measure(past.totals(np.array([weights.get(name, 0.0) for name in names])), past.chosen_sets)


def _of_round(past: RoundChoices, fitted: Floats, today: Floats) -> RoundVerdict:
    """The figures of one round, as numbers of mentees."""
    return {
        "mentees": len(fitted),
        "candidates": int(np.median(past.free.sum(axis=1))),
        "fitted": float(fitted.sum()),
        "today": float(today.sum()),
        "apart": [float(part * len(fitted)) for part in interval(fitted - today)],
    }


def _within(rounds: Sequence[RoundChoices]) -> int:
    """How many top places to look at: with few candidates nearly everybody is among the first five."""
    fewest = min(np.median(past.free.sum(axis=1)) for past in rounds)
    return 5 if fewest >= 10 else 3 if fewest >= 5 else 1
