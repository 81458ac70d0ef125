"""Large markets are scored in blocks of mentees: the result is that of the whole."""

from dataclasses import replace

import numpy as np
import pytest

from matching.profiles import MatchProfile, MatchQuestion
from matching.scoring import blocks
from matching.scoring.points import MICRO
from matching.scoring.rules import PairRules
from matching.scoring.scores import score

WORDS = ("soil", "birds", "maps", "museum", "C++", "gardening", "the", "of", "Größe")
QUESTIONS = [MatchQuestion("n", "number"), MatchQuestion("t", "text"), MatchQuestion("o", "one")]


def people(prefix: str, count: int, seed: int) -> list[MatchProfile]:
    rng = np.random.default_rng(seed)
    return [
        MatchProfile(
            f"{prefix}{n}",
            topics=tuple(rng.choice(WORDS, 2)),
            text=" ".join(rng.choice(WORDS, 6)) if n % 5 else "",
            languages=(("en",), ("es",), ("en", "es"), ())[n % 4],
            utc_offset=(0, 3, -8, None)[n % 4],
            people=frozenset({f"p{n}"}),
            employer=("Museum", "")[n % 2],
            mentoring_type=("both", "career", "")[n % 3],
            first_time=bool(n % 2),
            experienced=bool(n % 3),
            answers={"n": n, "t": " ".join(rng.choice(WORDS, 3)), "o": "yes" if n % 2 else "no"} if n % 7 else {},
        )
        for n in range(count)
    ]


def scored():
    return score(
        people("a", 13, 1),
        people("b", 9, 2),
        rules=PairRules(least_hours=6, other_employer=True),
        questions=QUESTIONS,
        preferences={(2, 3): 1.0, (12, 0): 0.2},
        vectors={f"{w}": np.ones(2) / np.sqrt(2) for w in WORDS},
        former=[(4, 4)],
        conflicts=[(11, 2)],
    )


def test_blocks_give_what_the_whole_gives(monkeypatch):
    whole = scored()
    monkeypatch.setattr(blocks, "LEAST_BLOCK", 20)
    monkeypatch.setattr(blocks, "MOST_BLOCK", 20)
    parts = scored()
    assert len(list(blocks.blocks(13, 9))) == 7
    assert (parts.signed == whole.signed).all()
    assert (parts.bits == whole.bits).all()
    assert np.allclose(parts.kept.values, whole.kept.values)
    assert (parts.kept.known == whole.kept.known).all()
    assert np.allclose(whole.total * 1e6, np.where(whole.signed < 0, ~whole.signed, whole.signed), atol=0.51)
    other = PairRules(least_hours=3)
    assert (parts.allowed_under(other) == whole.with_rules(other).eligible).all()
    assert (parts.allowed_under(other) == score_under(other).eligible).all()


def score_under(rules):
    plain = scored()
    market = replace(plain.market, rules=rules)
    return replace(plain, market=market, signed=blocks.evaluate(market)[0])


def test_of_a_large_market_the_factors_of_the_best_mentors_are_kept(monkeypatch):
    whole = scored()
    monkeypatch.setattr(blocks, "MOST_KEPT", 10)
    monkeypatch.setattr(blocks, "KEPT", 0)
    monkeypatch.setattr(blocks, "LEAST_KEPT", 3)
    some = scored()
    assert some.kept.columns.shape == (13, 3)
    for i in range(13):
        best = np.lexsort((np.arange(9), -whole.signed[i]))[:3]
        assert some.kept.columns[i].tolist() == best.tolist()
        for j in range(9):  # others are evaluated when somebody asks
            assert some.contributions(i, j) == pytest.approx(whole.contributions(i, j), abs=1e-6)
            assert some.phrases(i, j) == whole.phrases(i, j)


def test_every_pair_of_a_large_cohort_is_scored():
    rng = np.random.default_rng(1)
    words = np.array([f"word{n}" for n in range(5000)])

    def crowd(count: int, length: int) -> list[MatchProfile]:
        return [
            MatchProfile(
                key=str(n),
                topics=tuple(rng.choice(words, 4)),
                text=" ".join(rng.choice(words, length)),
                languages=("en",),
                utc_offset=float(rng.integers(-11, 12)),
                region="EU",
                people=frozenset({f"{length}-{n}"}),
            )
            for n in range(count)
        ]

    mentees, mentors = crowd(1000, 120), crowd(600, 30)
    scores = score(mentees, mentors)
    assert scores.points.shape == (1000, 600)
    assert ((scores.points >= 0) & (scores.points <= MICRO)).all()
