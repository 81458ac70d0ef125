"""Meaning: who is about the same in other words, related topics, and what holds for any people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.profiles import MatchProfile
from matching.scoring.factors import FACTORS
from matching.scoring.scores import score
from matching.tests.related_texts import ERODED, GLAZED, ROWS, VECTORS, WASHED
from matching.tests.test_scoring_factors import GENOMICIST, GENOMICS, POTTER, QUIET


def test_meaning_finds_who_is_about_the_same_in_other_words():
    scores = score([WASHED], [GLAZED, ERODED], vectors=VECTORS)
    assert scores.factors["meaning"].tolist() == [[0, 1]]
    assert scores.factors["interests"][0, 1] < 0.5
    assert [scores.phrases(0, j)["meaning"] for j in (0, 1)] == [
        "not close in meaning",
        "close in meaning, compared with other mentors",
    ]
    assert scores.reasons(0, 1).support == []  # near, but nothing that could be quoted
    assert scores.reasons(0, 1).sentence == "What they wrote is close in meaning, compared with other mentors."


def test_one_rare_word_in_common_does_not_outvote_what_both_mean():
    wanted = MatchProfile("a", text="Keeping soil from washing down the quay")
    near, word = MatchProfile("near", text="Erosion on hillside farms"), MatchProfile("word", text="Cranes on a quay")
    vectors = {p.text: np.array(row) for p, row in ((wanted, [1, 0]), (near, [0.6, 0.8]), (word, [0.1, 0.99]))}
    for weights in ({"interests": 1, "meaning": 1}, None):
        total = score([wanted], [near, word], weights, vectors=vectors).total[0]
        assert total[0] > total[1]
    assert score([wanted], [near, word]).total[0, 1] > 0  # without a model the word is all that there is


def test_what_a_mentor_did_before_counts_for_a_quarter_of_the_meaning():
    before = MatchProfile("before", text=GLAZED.text, history=(ERODED.text,))
    only = MatchProfile("only", history=(ERODED.text,))
    factor = score([WASHED], [GLAZED, before, only], vectors=VECTORS).factors["meaning"][0]
    assert 0 == factor[0] < factor[1] < factor[2] == 1


def test_people_whose_words_cannot_be_read_are_compared_by_words_among_themselves_and_are_neutral_for_others():
    spanish = [
        MatchProfile(key, text=text) for key, text in (("a", "suelos y mapas"), ("b", "suelos"), ("c", "museos"))
    ]
    scores = score([spanish[0], WASHED], [*spanish[1:], ERODED, GLAZED], vectors=VECTORS)
    meaning, words = scores.factors["meaning"], scores.factors["interests"]
    assert meaning[0].tolist() == [*words[0, :2], *[words[0, :2].mean()] * 2]
    assert meaning[1, :2].tolist() == [meaning[1, 2:].mean()] * 2
    assert [scores.phrases(0, j)["meaning"] for j in (0, 2)] == [
        "compared by their words, not by meaning",
        "only one of them could be compared by meaning, so this counts as average",
    ]
    alone = score([GENOMICS], [GENOMICIST, POTTER, QUIET])
    assert alone.factors["meaning"].tolist() == alone.factors["interests"].tolist()


@pytest.mark.parametrize(
    ("mentee", "mentor", "words"),
    [
        ("Publishing", "Open publishing", "have related topics (“Publishing” and “Open publishing”)"),
        ("Primary schools", "Secondary schools", ""),  # as near, but not the same
        ("Hillsides", "Erosion", "have related topics (“Hillsides” and “Erosion”)"),
        ("Publishing", "Glazes for museum pieces", ""),
    ],
)
def test_related_topics_are_quoted_where_there_is_no_doubt(mentee, mentor, words):
    mentees = [MatchProfile("a", topics=(mentee, "Maps"))]
    scores = score(mentees, [MatchProfile("b", topics=("Maps", mentor))], {"meaning": 1}, vectors=VECTORS)
    assert scores.reasons(0, 0).support == [words] * bool(words)


def test_a_topic_that_both_name_is_no_related_one():
    both = MatchProfile("a", topics=("Publishing", "Open publishing"))
    scores = score([both], [MatchProfile("b", topics=("publishing",))], {"meaning": 1}, vectors=VECTORS)
    assert scores.reasons(0, 0).support == []


people = st.builds(
    MatchProfile,
    key=st.text("abc", max_size=3),
    topics=st.lists(st.sampled_from(["R", "C++", "soil", "open data", " ", ""]), max_size=3).map(tuple),
    text=st.sampled_from(["", "soil data", "the", "épigénétique", "开放 科学", *list(ROWS)[:3]]),
    history=st.sampled_from([(), ("earlier soil project",)]),
    mentoring_type=st.sampled_from(["", "technical", "career", "both"]),
    style=st.sampled_from(["", "loose", "structured"]),
    languages=st.lists(st.sampled_from(["en", "es", "pt-BR", ""]), max_size=2).map(tuple),
    utc_offset=st.none() | st.floats(-12, 14),
    region=st.sampled_from(["", "EU", "AS"]),
    people=st.frozensets(st.sampled_from("vwxyz"), max_size=2),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(people, max_size=4), st.lists(people, max_size=4), st.randoms())
def test_values_stay_within_bounds_and_the_order_of_people_changes_nothing(mentees, mentors, random):
    scores = score(mentees, mentors, vectors=VECTORS)
    for name in FACTORS:
        assert ((scores.factors[name] >= 0) & (scores.factors[name] <= 1)).all()
    assert ((scores.total >= 0) & (scores.total <= 1)).all()
    rows, columns = random.sample(range(len(mentees)), len(mentees)), random.sample(range(len(mentors)), len(mentors))
    shuffled = score([mentees[i] for i in rows], [mentors[j] for j in columns], vectors=VECTORS)
    for a, i in enumerate(rows):
        for b, j in enumerate(columns):
            assert shuffled.total[a, b] == pytest.approx(scores.total[i, j], abs=1e-9)
            assert shuffled.phrases(a, b) == scores.phrases(i, j)
            assert shuffled.reasons(a, b).sentence.endswith(".")
