"""Fit weights on earlier rounds: a regularised logistic regression of who was chosen. Pure: arrays in, arrays out.

Every mentor who was chosen is compared with all who were free and not chosen; the log-odds of the choice are the
weighted sum of the factors (a conditional logistic regression: every mentee counts alike, whatever the size of the
round). Weights are 0 or more, and are drawn a little towards those of today, as far as these tell who was chosen. A
factor about which the rounds say nothing keeps its share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

from matching.profiles import Bools, Floats

# The standard deviation of a weight around its part of today, in log-odds between the values 0 and 1 of a factor: the
# usual choice for a weak prior. It was not chosen by results.
SPREAD = 1.0
LEAST_SLOPE, MOST_SLOPE = 1.0, 50.0  # log-odds between the scores 0 and 1
LEAST_TOLD = 5  # a factor is judged if it differs between the candidates of so many mentees
HIGHEST = 10  # of a setting


@dataclass(frozen=True, eq=False)
class RoundChoices:
    """A round: the value of each factor for each pair, who was free, and who was chosen."""

    values: Floats  # mentees × mentors × factors
    free: Bools  # mentees × mentors; whoever was chosen was free
    chosen: Bools

    @cached_property
    def told(self) -> NDArray[np.int64]:
        """For each factor, for how many mentees it differs between candidates."""
        low = np.where(self.free[..., None], self.values, np.inf).min(axis=1)
        high = np.where(self.free[..., None], self.values, -np.inf).max(axis=1)
        return (high - low > 1e-9)[self.chosen.any(axis=1)].sum(axis=0)

    @property
    def chosen_sets(self) -> list[set[int]]:
        return [set(np.flatnonzero(row).tolist()) for row in self.chosen]

    def totals(self, weights: Floats) -> Floats:
        """The score of every candidate, below all scores for those who were not free."""
        return np.where(self.free, self.values @ weights, -np.inf)


def fit_settings(rounds: Sequence[RoundChoices], names: Sequence[str], today: Mapping[str, float]) -> dict[str, int]:
    """Return a weight from 0 to 10 for each factor, in the order of the values, as coordinators set them.

    Factors about which the rounds say nothing keep their share of the whole.
    """
    now = np.array([today.get(name, 0.0) for name in names], dtype=float)
    judged = judged_factors(rounds)
    if not judged.any() or not now.sum():
        return {name: round(weight) for name, weight in zip(names, now, strict=True)}
    fitted = _fit(rounds, now / now.sum(), judged)
    found = now.copy()
    if fitted[judged].sum():
        # Judged factors share what they weigh today, or the mean weight of a factor if that is nothing.
        together = now[judged].sum() or float(now.mean() * judged.sum())
        found[judged] = fitted[judged] / fitted[judged].sum() * together
    found *= min(1.0, HIGHEST / found.max())
    rounded = np.rint(found).astype(int)
    return {name: int(weight) for name, weight in zip(names, rounded, strict=True)}


def judged_factors(rounds: Sequence[RoundChoices]) -> Bools:
    """The factors that differ between the candidates of enough mentees."""
    return np.asarray(sum(r.told for r in rounds) >= LEAST_TOLD)


def _fit(rounds: Sequence[RoundChoices], shares: Floats, judged: Bools) -> Floats:
    choices = [_Choices.of(r) for r in rounds]
    slope = minimize_scalar(
        lambda b: sum(c.loss(b * shares)[0] for c in choices), bounds=(0, MOST_SLOPE), method="bounded"
    ).x
    prior = max(float(slope), LEAST_SLOPE) * shares

    def loss(part: Floats) -> tuple[float, Floats]:
        weights = prior.copy()
        weights[judged] = part
        each = [c.loss(weights) for c in choices]
        apart = (part - prior[judged]) / SPREAD
        slopes = sum((slopes for _, slopes in each), np.zeros(len(weights)))
        return sum(value for value, _ in each) + float(apart @ apart) / 2, slopes[judged] + apart / SPREAD

    start = prior[judged]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start))
    fitted = prior.copy()
    fitted[judged] = found.x
    return fitted


@dataclass(frozen=True, eq=False)
class _Choices:
    """The chosen pairs of a round, and for each mentee the candidates who were not chosen."""

    values: Floats
    others: Bools
    row: NDArray[np.int64]  # of each chosen pair
    at: Floats  # its values
    share: Floats  # every mentee counts once, however many mentors were chosen

    @classmethod
    def of(cls, past: RoundChoices) -> _Choices:
        others = past.free & ~past.chosen
        row, column = np.nonzero(past.chosen & others.any(axis=1, keepdims=True))
        return cls(past.values, others, row, past.values[row, column], 1 / past.chosen.sum(axis=1)[row])

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """The negative log-likelihood of the choices, and its gradient."""
        if not len(self.row):
            return 0.0, np.zeros(len(weights))
        utility = np.where(self.others, self.values @ weights, -np.inf)
        top = utility.max(axis=1, initial=-1e9)
        powers = np.exp(utility - top[:, None])
        total = np.maximum(powers.sum(axis=1), 1e-300)
        apart = (top + np.log(total))[self.row] - self.at @ weights
        wrong = self.share * expit(apart)  # how much of each choice the weights get wrong
        mean = np.einsum("ij,ijf->if", powers, self.values) / total[:, None]
        return float(self.share @ np.logaddexp(0, apart)), (wrong[:, None] * (mean[self.row] - self.at)).sum(axis=0)
