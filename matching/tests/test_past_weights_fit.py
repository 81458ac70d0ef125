"""Weights fitted on invented rounds: a factor that decided is found, and chance is not mistaken for one."""

import numpy as np
import pytest

from matching.past_weights.judgement import BETTER, judge
from matching.past_weights.ranking import measure
from matching.past_weights.regression import RoundChoices, fit_settings

NAMES = ["interests", "hours", "style", "wishes"]
TODAY = {"interests": 4, "hours": 4, "style": 1, "wishes": 3}


def a_round(seed, decides=None, *, asked=(0, 1, 2), mentees=30, mentors=12, loud=6.0):
    """A round in which mentors were chosen by one factor, with some chance, or by chance alone."""
    rng = np.random.default_rng(seed)
    values = np.full((mentees, mentors, len(NAMES)), 0.5)
    values[:, :, list(asked)] = rng.random((mentees, mentors, len(asked)))
    drawn = rng.gumbel(size=(mentees, mentors)) + (loud * values[:, :, decides] if decides is not None else 0)
    chosen = np.zeros((mentees, mentors), dtype=bool)
    chosen[np.arange(mentees), drawn.argmax(axis=1)] = True
    return RoundChoices(values, np.ones_like(chosen), chosen)


def test_the_factor_that_decided_gets_the_weight_and_ranks_unseen_rounds_better():
    found = judge([a_round(seed, decides=2) for seed in range(3)], NAMES, TODAY)
    assert max(found["weights"], key=found["weights"].get) == "style"
    assert found["verdict"] == BETTER
    assert found["mrr"]["low"] > 0
    for one in found["rounds"]:
        low, mean, high = one["apart"]
        assert low <= mean <= high
        assert mean == pytest.approx(one["fitted"] - one["today"])
        assert one["fitted"] > one["today"]
        assert (one["mentees"], one["candidates"]) == (30, 12)
    assert found["within"] == 5


def test_chance_is_called_better_no_more_often_than_the_interval_allows():
    found = [judge([a_round(9 * seed + n, mentees=20, mentors=8) for n in range(2)], NAMES, TODAY) for seed in range(8)]
    assert [one["verdict"] for one in found].count(BETTER) <= 1
    assert sum(one["mrr"]["low"] <= 0 <= one["mrr"]["high"] for one in found) >= 7


def test_no_weight_is_below_nothing_and_none_above_ten():
    past = a_round(5, decides=2)
    against = RoundChoices(np.where(np.arange(4) == 0, 1 - past.values[..., [2]], past.values), past.free, past.chosen)
    found = fit_settings([against], NAMES, {"interests": 10, "hours": 10, "style": 0, "wishes": 10})
    assert found["interests"] == 0
    assert set(found.values()) <= set(range(11))


def test_a_factor_that_no_round_asked_for_keeps_its_part():
    found = judge([a_round(seed, decides=0) for seed in range(2)], NAMES, TODAY)
    assert found["kept"] == ["wishes"]
    assert found["weights"]["wishes"] == TODAY["wishes"]
    assert found["asked"] == {"interests": 2, "hours": 2, "style": 2, "wishes": 0}


def test_rounds_that_did_not_ask_for_a_factor_do_not_count_against_it():
    asked = [a_round(seed, decides=2) for seed in range(2)]
    unasked = [a_round(seed + 7, asked=(0, 1)) for seed in range(4)]
    alone, among_others = (fit_settings(rounds, NAMES, TODAY)["style"] for rounds in (asked, asked + unasked))
    assert abs(alone - among_others) <= 1
    assert among_others > 2 * TODAY["style"]


def test_without_rounds_the_weights_stay():
    assert fit_settings([], NAMES, TODAY) == TODAY


def test_a_mentor_who_was_not_free_is_no_candidate():
    past = a_round(1, decides=2)
    busy = np.zeros_like(past.free)
    busy[:, 0] = True
    values = past.values.copy()
    values[:, 0] = 1.0  # they would have been best for everybody
    with_busy = RoundChoices(values, past.free & ~busy | past.chosen, past.chosen)
    everybody = RoundChoices(values, past.free, past.chosen)
    free, all_of_them = (measure(r.totals(np.ones(4)), r.chosen_sets)[:, 0].mean() for r in (with_busy, everybody))
    assert free > all_of_them


def test_equal_scores_count_in_expectation_and_small_rounds_look_at_fewer():
    rank, *hits, auc = measure(np.zeros((1, 4)), [{2}])[0]
    assert rank == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert (hits, auc) == ([0.25, 0.75, 1.0], 0.5)
    assert judge([a_round(n, mentors=6) for n in range(2)], NAMES, TODAY)["within"] == 3
    assert judge([a_round(n, mentors=4) for n in range(2)], NAMES, TODAY)["within"] == 1
