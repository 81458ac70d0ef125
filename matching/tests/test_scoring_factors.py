"""Factors: their values, missing answers, rules that exclude a pair, and reasons in words."""

from dataclasses import replace

import numpy as np
import pytest

from cohorts.models import Programme
from matching.profiles import MatchProfile, MatchQuestion
from matching.scoring.factors import BOTH_WISHED, FACTORS, default_weights
from matching.scoring.points import MICRO
from matching.scoring.scores import INELIGIBLE, score
from matching.tests.related_texts import ERODED, GLAZED, VECTORS, WASHED

GENOMICS = MatchProfile(
    key="project",
    topics=("Metagenomics", "R"),
    text="A reproducible pipeline for soil samples",
    mentoring_type="technical",
    style="structured",
    languages=("en", "es"),
    utc_offset=5.5,
    region="AS",
    people=frozenset({"ana", "bo"}),
)
GENOMICIST = MatchProfile(
    key="genomicist",
    topics=("metagenomics", "r", "Training"),
    mentoring_type="both",
    style="Structured",
    languages=("en-GB",),
    utc_offset=0,
    region="EU",
    people=frozenset({"cleo"}),
)
POTTER = MatchProfile(
    key="potter",
    topics=("Ceramics", "Museums"),
    mentoring_type="career",
    style="loose",
    languages=("en",),
    utc_offset=-6.5,
    region="AS",
    people=frozenset({"dan"}),
)
SILENT = MatchProfile(key="silent", people=frozenset({"eve"}))
QUIET = MatchProfile(key="quiet", people=frozenset({"flo"}))


def values(name: str, mentees: list[MatchProfile], mentors: list[MatchProfile]) -> list[list[float]]:
    return score(mentees, mentors).factors[name].tolist()


def test_common_topics_rank_first_and_the_best_mentor_scores_1():
    genomicist, potter = values("interests", [GENOMICS], [GENOMICIST, POTTER])[0]
    assert genomicist == pytest.approx(1)
    assert potter < 0.3


def test_spelling_variants_count_as_similar():
    scores = score(
        [MatchProfile("a", topics=("bioinformatician",))], [POTTER, MatchProfile("b", topics=("bioinformatics",))]
    )
    assert scores.factors["interests"][0, 1] >= 0.2 > 2 * scores.factors["interests"][0, 0]


def test_earlier_projects_of_a_mentor_raise_interests():
    plain = MatchProfile("b", topics=("Teaching",))
    experienced = MatchProfile("b", topics=("Teaching",), history=("Metagenomics of soil samples",))
    others = [POTTER, GENOMICIST]
    before = score([GENOMICS], [plain, *others]).factors["interests"][0, 0]
    assert score([GENOMICS], [experienced, *others]).factors["interests"][0, 0] > before


def test_a_mentor_similar_to_everybody_counts_less_than_one_similar_to_few():
    mentees = [
        MatchProfile(str(n), topics=("Teaching", topic)) for n, topic in enumerate(("Soil", "Birds", "Maps", "Glass"))
    ]
    everybodys, own = (
        MatchProfile("all", topics=("Teaching", "Birds", "Maps")),
        MatchProfile("own", topics=("Soil", "Rivers")),
    )
    interests = score(mentees, [everybodys, own]).factors["interests"]
    assert interests[0, 1] > 0.9
    assert interests[0, 0] < 0.25
    alone = score(mentees[:1], [everybodys, own]).factors["interests"]
    assert alone[0, 0] > interests[0, 0]  # nobody else whom this mentor suits as well


def test_a_mentee_who_fits_nobody_has_a_low_best_value():
    odd = MatchProfile(
        "odd", topics=("Beekeeping",), text="Training of volunteers for a very long list of unrelated things"
    )
    plain = [GENOMICS, MatchProfile("p", topics=("Ceramics", "Museums"))]
    scores = score([odd, *plain], [GENOMICIST, POTTER])
    best = scores.factors["interests"].max(axis=1)
    assert 0 < best[0] < 0.8
    assert best[2] == pytest.approx(1)


@pytest.mark.parametrize(
    ("mentee", "mentor", "hours"),
    [(0, 0, 14), (0, 5, 9), (5.5, 0, 8.5), (5.75, -3.5, 4.75), (12, 0, 4), (-11, 12, 13), (14, -12, 12), (0, 11, 4)],
)
def test_shared_waking_hours_wrap_around_the_day(mentee, mentor, hours):
    scores = score([MatchProfile("a", utc_offset=mentee)], [MatchProfile("b", utc_offset=mentor)])
    assert scores.factors["hours"][0, 0] == pytest.approx(hours / 14)
    assert scores.phrases(0, 0)["hours"] == f"about {round(hours)} waking hours a day in common"


@pytest.mark.parametrize(
    ("wanted", "offered", "value", "phrase"),
    [
        ("technical", "technical", 1, "technical mentoring, as wanted"),
        ("technical", "both", 1, "technical mentoring, as wanted"),
        ("technical", "career", 0, "wanted: technical; offered: career"),
        ("both", "both", 1, "technical and career mentoring, as wanted"),
        ("both", "career", 0.5, "wanted: technical and career; offered: career"),
        ("", "career", 0, "not known"),
    ],
)
def test_kind_of_mentoring_is_the_share_of_what_is_wanted(wanted, offered, value, phrase):
    scores = score([MatchProfile("a", mentoring_type=wanted)], [MatchProfile("b", mentoring_type=offered)])
    assert scores.factors["type"][0, 0] == value
    assert scores.phrases(0, 0)["type"] == phrase


def test_place_and_style_are_equal_or_not():
    assert values("place", [GENOMICS], [GENOMICIST, POTTER]) == [[0, 1]]
    assert values("style", [GENOMICS], [GENOMICIST, POTTER]) == [[1, 0]]


def test_a_language_in_common_is_enough_and_more_gain_nothing():
    both = MatchProfile("both", languages=("ES", "en_US", "de"))
    french = MatchProfile("french", languages=("fr",))
    assert values("languages", [GENOMICS], [GENOMICIST, both, french]) == [[1, 1, 0]]
    assert score([GENOMICS], [both]).phrases(0, 0)["languages"] == "both speak English and Spanish"


def test_what_nobody_knows_adds_nothing_and_is_not_listed():
    scores = score([GENOMICS, SILENT], [GENOMICIST, QUIET, POTTER])
    for name in FACTORS:
        assert scores.factors[name][1].tolist() == [0] * 3, name
        if scores.known[name].any():  # nobody here said anything about a wish
            assert scores.known[name].tolist() == [[True, False, True], [False] * 3], name
    assert scores.eligible.all()
    assert scores.total[0, 1] == scores.total[1, 0] == 0
    assert scores.parts(0, 1) == []
    assert {part["key"] for part in scores.parts(0, 0)}.isdisjoint({"wishes", "answers", "experience"})
    assert set(scores.phrases(0, 1).values()) == {"not known"}
    assert scores.reasons(0, 1).sentence == "Little is known about this pair."


def test_nobody_mentors_themselves_or_their_own_team():
    member = MatchProfile("member", people=frozenset({"bo"}))
    alone = MatchProfile("alone", people=frozenset({"eve"}))
    scores = score([GENOMICS, alone], [GENOMICIST, member, SILENT])
    assert scores.eligible.tolist() == [[True, False, True], [True, True, False]]
    assert scores.blocked(0, 1) == "the mentor is part of the team"
    assert scores.blocked(1, 2) == "the same person"
    assert scores.blocked(0, 0) == ""
    assert scores.points[0, 1] == scores.points[1, 2] == INELIGIBLE


def test_no_shared_language_is_ruled_out_only_where_both_are_known():
    french = MatchProfile("french", languages=("fr",))
    scores = score([GENOMICS, SILENT], [french, QUIET])
    assert scores.eligible.tolist() == [[False, True], [True, True]]
    assert scores.blocked(0, 0) == "no shared language"
    lenient = score([GENOMICS, SILENT], [french, QUIET], require_common_language=False)
    assert lenient.eligible.all()
    assert lenient.blocked(0, 0) == ""
    assert lenient.phrases(0, 0)["languages"] == "no language in common"
    assert lenient.reasons(0, 0).sentence == "A weak match: they have no language in common."


def test_score_is_the_weighted_mean_and_its_parts_sum_to_it():
    scores = score([GENOMICS, SILENT], [GENOMICIST, POTTER, QUIET])
    told = {name: weight for name, weight in default_weights().items() if scores.known[name].any()}
    assert {*FACTORS} - {*told} == {"experience", "answers", "wishes"}  # nobody here said anything about them
    mean = sum(weight * scores.factors[name] for name, weight in told.items()) / sum(told.values())
    assert scores.total == pytest.approx(mean)
    for i, j in np.ndindex(2, 3):
        assert sum(scores.contributions(i, j).values()) == pytest.approx(scores.total[i, j])
        assert scores.points[i, j] == round(scores.total[i, j] * MICRO)


def test_weights_are_relative_and_a_factor_left_out_weighs_nothing():
    assert score([GENOMICS], [GENOMICIST, POTTER], {"place": 3}).total.tolist() == [[0, 1]]
    halves = score([GENOMICS], [GENOMICIST, POTTER], {"place": 7, "style": 7})
    assert halves.total.tolist() == [[0.5, 0.5]]
    assert halves.contributions(0, 1) == {name: 0.5 if name == "place" else 0 for name in FACTORS}


@pytest.mark.parametrize("weights", [{}, {"hours": 0}, {"hours": -1, "place": 2}, {"hours": float("nan")}, {"luck": 1}])
def test_invalid_weights_are_refused(weights):
    with pytest.raises(ValueError, match=r"weights|unknown factor"):
        score([GENOMICS], [GENOMICIST], weights)


@pytest.mark.parametrize(
    ("mentee", "mentor", "named"),
    [
        ({"topics": ("Metagenomics", "R")}, {"topics": ("metagenomics", "r", "Training")}, ["Metagenomics", "R"]),
        ({"topics": ("Open-source workflow.",)}, {"topics": ("open source workflows",)}, ["Open-source workflow"]),
        ({"topics": ("C++",)}, {"topics": ("C",)}, []),
        ({"topics": ("Soil science",)}, {"topics": ("Soil", "Science")}, []),  # fragments
        ({"topics": ("Bus factor",)}, {"text": "I worked on the bus factor of a library."}, ["Bus factor"]),
        ({"text": "My cases are of open data"}, {"topics": ("Open data", "Case")}, ["Open data"]),
        ({"topics": ("Open data",)}, {"text": "The door is open. Data come in."}, []),
        ({"topics": ("Discovery",)}, {"text": "Two weeks of discovery with users"}, []),
        ({"text": "A single research case"}, {"text": "Research on a single case"}, []),
        ({"topics": ("Reefs",)}, {"history": ("Reefs\nReef notes",)}, []),
    ],
)
def test_topics_are_quoted_whole_and_nothing_else_is(mentee, mentor, named):
    scores = score([MatchProfile("a", **mentee)], [MatchProfile("b", **mentor)])
    phrase = scores.phrases(0, 0)["interests"]
    assert phrase == f"both name {' and '.join(named)}" if named else phrase.endswith("no topic in common")
    assert scores.reasons(0, 0).support == [f"both name {' and '.join(named)}"] * bool(named)


def test_a_word_that_means_two_things_is_no_topic_in_common():
    vectors = {
        "Composition": np.array([1, 0, 0]),
        "Composition, Quartets": np.array([0.6, 0.8, 0]),
        "Composition, Still lifes": np.array([0.6, -0.1, 0.79]),
        "Composition, Fugues": np.array([0.6, 0.7, 0.39]),
    }
    quartets, painter, fugues = (
        MatchProfile(key, topics=("Composition", other))
        for key, other in zip("abc", ("Quartets", "Still lifes", "Fugues"), strict=True)
    )
    scores = score([quartets], [painter, fugues], vectors=vectors)
    assert [scores.reasons(0, j).support for j in (0, 1)] == [[], ["both name Composition"]]
    doubted = scores.phrases(0, 0)["interests"]
    assert doubted == "both name Composition, but the rest of what they wrote is about different things"
    assert score([quartets], [painter]).reasons(0, 0).support == ["both name Composition"]  # nothing tells them apart


def test_the_sentence_says_what_speaks_for_the_pair_and_what_against():
    scores = score([GENOMICS], [GENOMICIST, POTTER])
    assert scores.reasons(0, 0).sentence == (
        "They both name Metagenomics and R, are both here for technical mentoring, both speak English, "
        "share about 8 waking hours a day and both chose “structured”."
    )
    assert scores.reasons(0, 1).sentence == (
        "They are both in Asia and both speak English, "
        "but they share only about 4 waking hours a day, the mentor doesn’t offer technical mentoring and they prefer "
        "different ways of working."
    )


def test_an_earlier_project_is_named_to_coordinators_only():
    mentor = MatchProfile(
        "b",
        history=(ERODED.text, GLAZED.text),
        history_names=("mentored “Hillsides” in Spring", "took part in “Glass” in Spring"),
    )
    reasons = score([WASHED], [mentor], vectors=VECTORS).reasons(0, 0)
    assert reasons.support == []
    assert reasons.notes == ["The mentor also mentored “Hillsides” in Spring."]
    assert reasons.sentence.endswith(reasons.notes[0])
    # What they did together is no other project of the mentor's.
    together = score([WASHED], [mentor], vectors=VECTORS, former=[(0, 0)]).reasons(0, 0)
    assert together.notes == ["They were a pair in an earlier round."]


def test_a_word_that_both_name_is_not_doubted_where_a_second_topic_connects_them():
    row = {"Composition": [1, 0, 0], "Quartets": [0, 1, 0], "Composition, Quartets": [0.6, 0.8, 0]}
    row["Composition, Quartets\nOils"] = [0.6, -0.1, 0.79]
    mentee, mentor = (MatchProfile("a", topics=("Composition", "Quartets"), text=text) for text in ("", "Oils"))
    scores = score([mentee], [mentor], vectors={text: np.array(numbers) for text, numbers in row.items()})
    assert scores.reasons(0, 0).support == ["both name Composition and Quartets"]


def test_roles_have_the_programme_s_own_words():
    own_words = Programme(mentor_label="champion", mentee_label="intern").own_words
    new, old = MatchProfile("a", first_time=True, mentoring_type="career"), MatchProfile("b", experienced=True)
    champion = replace(old, mentoring_type="technical", history=(ERODED.text,), history_names=("mentored “A mentor”",))
    wish = {(0, 0): "the mentor would rather not"}
    scores = score(
        [replace(new, text=WASHED.text)],
        [champion],
        vectors=VECTORS,
        preferences={(0, 0): 0.2},
        wish_words=wish,
        say=own_words,
    )
    phrases = scores.phrases(0, 0)
    assert phrases["experience"] == "the intern is new, and the champion has mentored here before"
    assert phrases["wishes"] == "the champion would rather not"
    assert scores.reasons(0, 0).objections == ["the champion doesn’t offer career mentoring", phrases["wishes"]]
    assert scores.reasons(0, 0).notes == ["The champion also mentored “A mentor”."]


@pytest.mark.parametrize(("shown", "said"), [(True, ["gave the same answer to “Where?”"]), (False, [])])
def test_only_answers_that_both_may_read_are_told_to_them(shown, said):
    asked = [MatchQuestion("where", "one", "Where?", shown), MatchQuestion("why", "one", "Why?", shown)]
    people = [MatchProfile(key, answers={"where": "Here", "why": why}) for key, why in (("a", "Fun"), ("b", "Duty"))]
    scores = score(people[:1], people[1:], questions=asked)
    assert scores.reasons(0, 0).support == said
    assert scores.phrases(0, 0)["answers"] == "same answer to “Where?”"
    assert scores.factors["answers"].tolist() == [[0.5]]


@pytest.mark.parametrize(
    ("wish", "words", "said"),
    [
        (1, BOTH_WISHED, "They asked for each other."),
        (
            1,
            "the mentor’s first choice",
            "Nothing in particular counts for or against this pair.",
        ),  # a secret of the mentor's
        (0.2, "the mentor would rather not", "A weak match: the mentor would rather not."),
    ],
)
def test_wishes_that_only_one_of_them_knows_are_not_told(wish, words, said):
    scores = score([SILENT], [QUIET], preferences={(0, 0): wish}, wish_words={(0, 0): words})
    assert scores.reasons(0, 0).sentence == said
    assert scores.phrases(0, 0)["wishes"] == words
    assert scores.factors["wishes"][0, 0] == pytest.approx(wish - 0.5)


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("spoken", "prefer calls"),
        ("Written", "prefer to write"),
        ("mixed", "like a mix of calls and writing"),
        ("in person", "prefer to meet in person"),
        ("Shadowing on the ward", "chose “Shadowing on the ward”"),
    ],
)
def test_what_both_prefer_is_said_in_words(style, words):
    assert (
        score([MatchProfile("a", style=style)], [MatchProfile("b", style=style)]).reasons(0, 0).sentence
        == f"They both {words}."
    )


def test_one_shared_language_of_many_speaks_for_the_pair():
    scores = score([MatchProfile("a", languages=("fr", "es", "en"))], [MatchProfile("b", languages=("en",))])
    assert scores.reasons(0, 0).sentence == "They both speak English."


def test_empty_sides_and_people_without_words_are_scored():
    assert score([], [GENOMICIST]).total.shape == (0, 1)
    assert score([GENOMICS], []).points.shape == (1, 0)
    assert score([], []).eligible.shape == (0, 0)
    assert score([SILENT], [MatchProfile("stop", text="the of and")]).total.tolist() == [[0]]
