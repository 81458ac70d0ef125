"""Measure how well scores rank the mentors whom coordinators chose. Pure: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from matching.profiles import Floats

MEASURES = ("MRR", "hit@1", "hit@3", "hit@5", "AUC")
WITHIN = {1: 1, 3: 2, 5: 3}  # the column of each hit rate
SAMPLES = 2000


def measure(totals: Floats, chosen: Sequence[set[int]]) -> Floats:
    """The measures of each row with a chosen mentor, in the order of MEASURES; ties count in expectation."""
    found = []
    for row, right in zip(totals, chosen, strict=True):
        if not right:
            continue
        wrong = np.array([j for j in range(len(row)) if j not in right], dtype=int)
        against = row[wrong] if len(wrong) else np.array([-np.inf])
        auc = np.mean([(row[j] > against).mean() + 0.5 * (row[j] == against).mean() for j in sorted(right)])
        best = max(row[j] for j in right)
        above = int((row > best).sum())
        ties = int((row == best).sum())
        hits = sum(row[j] == best for j in right)
        # The chance that the first right one is the k-th of those that are equal.
        first = [comb(ties - k, hits - 1) / comb(ties, hits) for k in range(1, ties - hits + 2)]
        ranks = above + 1 + np.arange(len(first))
        found.append([np.dot(first, 1 / ranks), *(np.dot(first, ranks <= n) for n in WITHIN), auc])
    return np.array(found, dtype=float).reshape(-1, len(MEASURES))


def interval(differences: Floats) -> tuple[float, float, float]:
    """The mean of paired differences with its 95 % bootstrap interval: low, mean, high."""
    rng = np.random.default_rng(1)
    means = differences[rng.integers(0, len(differences), (SAMPLES, len(differences)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(differences.mean()), float(high)
