"""Scores of large markets: the same as the plain ones, computed in blocks, and certified over all pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.scoring.blocks import _top, _where
from matching.scoring.coding import code
from matching.scoring.factors import DEFAULT_WEIGHTS, FACTORS, MICRO
from matching.scoring.profiles import MatchProfile, MatchQuestion, PairRules
from matching.scoring.scores import score
from matching.solver import AssignmentProblem, solve, solve_pruned

WORDS = ["soil", "birds", "metagenomics", "python", "community", "museum", "training", "ocean", "policy", "maps"]
ALL_RULES = PairRules(least_hours=3, other_employer=True, former=True, rest_after=2)
QUESTIONS = [MatchQuestion("q", "one"), MatchQuestion("m", "many"), MatchQuestion("s", "scale")]


def crowd(seed: int, count: int, prefix: str) -> list[MatchProfile]:
    rng = np.random.default_rng(seed)

    def some(items: list, most: int) -> tuple:
        return tuple(rng.choice(items, int(rng.integers(0, most + 1)), replace=False).tolist())

    return [
        MatchProfile(
            key=f"{prefix}{n}",
            topics=some(WORDS, 3),
            text=" ".join(some(WORDS, 4)),
            history=" ".join(some(WORDS, 2)) if prefix == "r" else "",
            mentoring_type=str(rng.choice(["", "technical", "career", "both"])),
            style=str(rng.choice(["", "spoken", "written"])),
            languages=some(["en", "es", "pt", "fr"], 2),
            utc_offsets=(float(rng.choice([-8, 0, 1, 5.5, 12])),) if rng.random() < 0.8 else (),
            region=str(rng.choice(["", "EU", "AS", "SA"])),
            people=frozenset({str(rng.integers(0, 60))}),
            employer=str(rng.choice(["", "Museum", "Field School"])),
            first_time=bool(rng.random() < 0.5) if prefix == "e" else None,
            experienced=bool(rng.random() < 0.5) if prefix == "r" else None,
            rounds=int(rng.integers(0, 4)),
            answers={
                "q": str(rng.choice(["a", "b"])),
                "m": list(some(["x", "y", "z"], 3)),
                "s": int(rng.integers(1, 6)),
            },
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_blocks_score_as_the_plain_scoring_does(seed):
    mentees, mentors = crowd(seed, 40, "e"), crowd(seed + 100, 30, "r")
    plain_factors = {name: w for name, w in DEFAULT_WEIGHTS.items() if name not in ("interests", "fields", "answers")}
    said = {
        "rules": ALL_RULES,
        "preferences": {(0, 1): 1.0, (0, 2): 0.2, (5, 6): 0.9},
        "former": [(1, 1), (2, 3)],
        "conflicts": [(4, 4)],
    }
    plain = score(mentees, mentors, plain_factors, **said)
    assert np.abs(code(mentees, mentors, plain_factors, **said).dense() - plain.points).max() <= len(FACTORS)
    for question in QUESTIONS:
        one = score(mentees, mentors, {"answers": 1, "place": 1}, questions=[question])
        coded = code(mentees, mentors, {"answers": 1, "place": 1}, questions=[question])
        assert np.abs(coded.dense() - one.points).max() <= len(FACTORS)


def test_compressed_texts_rank_like_the_plain_ones():
    mentees, mentors = crowd(1, 60, "e"), crowd(2, 50, "r")
    plain, coded = (
        score(mentees, mentors, {"interests": 1, "fields": 1}),
        code(mentees, mentors, {"interests": 1, "fields": 1}),
    )
    both = (plain.points >= 0) & (coded.dense() >= 0)
    assert ((plain.points >= 0) == (coded.dense() >= 0)).all()
    assert np.corrcoef(plain.points[both], coded.dense()[both])[0, 1] > 0.9


def test_a_pair_has_the_same_points_in_whatever_block():
    coded = code(crowd(3, 90, "e"), crowd(4, 70, "r"), preferences={(3, 5): 1.0})
    whole = coded.dense()
    rng = np.random.default_rng(0)
    rows, columns = rng.permutation(90)[:17], rng.permutation(70)[:23]
    part = coded.block(rows, columns)
    coded.adjust(part, rows, columns)
    assert (np.where(part >= 0, np.rint(part), -1) == whole[np.ix_(rows, columns)]).all()
    edges = coded.best(5)
    assert (whole[edges.row, edges.column] == edges.points).all()


@pytest.mark.parametrize(("n", "m", "keep"), [(300, 200, 3), (300, 200, 20), (150, 260, 1)])
def test_pruned_blocks_end_with_the_value_of_all_pairs(n, m, keep):
    coded = code(crowd(5, n, "e"), crowd(6, m, "r"), rules=ALL_RULES)
    capacity = np.random.default_rng(n).choice([0, 1, 1, 2], m)
    wanted = np.random.default_rng(m).choice([0, 1, 1, 2], n)
    found = solve_pruned(coded, capacity, wanted, keep=keep)
    best = solve(AssignmentProblem(coded.dense(), capacity, wanted), prune_from=10**9)
    assert (found.matched, len(found.row), found.objective) == best.value[:3]


def test_the_best_of_a_wide_block_are_found_by_the_sample():
    rng = np.random.default_rng(0)
    found = np.rint(rng.random((9, 5000)) * MICRO).astype(np.float32)
    found[rng.random(found.shape) < 0.6] = -1
    found[3] = -1  # nobody
    found[4, 7:] = -1  # fewer than asked for
    found[5] = 17  # all alike
    row, column = _top(found, 30)
    for i in range(len(found)):
        mine = np.sort(found[i, column[row == i]])
        expected = np.sort(found[i][found[i] >= 0])[-30:]
        assert (mine == expected).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.integers(1, 40), st.integers(0, 2**32))
def test_few_true_of_many_are_found(rows, columns, seed):
    mask = np.random.default_rng(seed).random((rows, columns)) < 0.1
    row, column = _where(mask)
    assert (np.array([row, column]) == np.array(np.nonzero(mask))).all()


def test_empty_markets_and_people_without_a_word():
    assert code([], crowd(1, 2, "r")).dense().shape == (0, 2)
    assert code(crowd(1, 2, "e"), []).dense().shape == (2, 0)
    assert (code([MatchProfile("a")], [MatchProfile("b")]).dense() == MICRO // 2).all()
