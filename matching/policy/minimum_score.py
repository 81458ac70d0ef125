"""The pairs that a minimum score excludes, by the scores of a run."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from matching.models import MatchRun
from mentorship.core.ui.markup import counted


class MinimumEffect(NamedTuple):
    """How many of the possible pairs a minimum score excludes, and how many mentees are left with nobody."""

    below: int
    pairs: int
    alone: int


def effect_of_minimum(run: MatchRun, least: float) -> MinimumEffect | None:
    """The effect of a minimum score on the pairs that the rules of a run allow; None without one, or for old runs."""
    spread = run.findings.get("spread")
    if not spread or least <= 0:
        return None
    step = ceil(least * 100 - 1e-9)
    return MinimumEffect(sum(spread["pairs"][:step]), sum(spread["pairs"]), sum(spread["best"][:step]))


def minimum_words(run: MatchRun, least: float) -> str:
    """Say what a minimum score excludes, such as `excludes 212 of 240 possible pairs`; "" if it excludes nothing."""
    effect = effect_of_minimum(run, least)
    if not effect or not effect.below:
        return ""
    programme = run.cohort.programme
    excluded = f"excludes {effect.below:,} of {effect.pairs:,} possible pairs"
    if not effect.alone:
        return excluded
    alone = counted(effect.alone, programme.mentee_label)
    return programme.own_words("{excluded}, and leaves {alone} without a mentor", excluded=excluded, alone=alone)
