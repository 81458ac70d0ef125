"""Topics that are said of two people: whether both are about them, once, and as they spell them."""

import numpy as np
import pytest

from matching.profiles import MatchProfile
from matching.scoring.scores import score
from matching.texts.common_topics import related_topics, shared_topics
from matching.texts.plain_text import best_spelling, parts_of, plain_topic

LONG = (
    "Our clinic sees some four hundred people a year, most of whom come because they were sent by a neighbour or a "
    "friend, and we would like to find out which of them come back, whom we lose, and why that is so. "
)


def person(*topics, text=""):
    return MatchProfile("a", topics=topics, text=text)


def shared(mentee, mentor, subject=""):
    return shared_topics(mentee, mentor, {}, subject)


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("Wound care at home", True),  # a title
        ("I taught wound care for ten years.", True),  # two sentences about oneself
        (LONG + "Wound care is what we do most. Those who come for wound care stay with us.", True),
        (LONG + "Some of them were told about us in a course on wound care that is held elsewhere.", False),
        ("I have no experience of wound care, and I’m not in wound care.", False),
        ("I don't do wound care.", False),
    ],
)
def test_a_topic_is_said_of_somebody_whose_text_is_about_it_and_not_where_it_is_mentioned(text, is_said):
    assert shared(person("Wound care"), person(text=text)) == (["Wound care"] if is_said else [])
    assert shared(person(text=text), person("Wound care")) == (["Wound care"] if is_said else [])


def test_what_a_programme_is_about_is_no_topic_of_a_text_but_one_of_those_who_name_it():
    text = "How community nursing began"
    assert shared(person("Community nursing"), person(text=text), "Community Nursing Spring") == []
    assert shared(person("Community nursing"), person(text=text), "Nursing") == ["Community nursing"]
    named = person("Community nursing")
    assert shared(named, named, "Community Nursing Spring") == ["Community nursing"]


@pytest.mark.parametrize(
    ("topic", "items"),
    [
        ("Tenancy law / eviction", {"tenancy law", "eviction"}),
        ("Tenancy law & legal advice", {"tenancy law", "legal advice"}),
        ("Legal advice and mediation", {"legal advice"}),
        ("Health and safety", set()),
        ("R&D", set()),
        ("Tenancy law", set()),
    ],
)
def test_a_list_that_somebody_wrote_as_one_topic_has_items(topic, items):
    assert parts_of(topic) == items


def test_an_item_of_such_a_list_is_a_topic_of_both_and_related_to_nothing():
    mentee, mentor = person("Tenancy law"), person("Tenancy law & legal advice")
    vectors = {"Tenancy law": np.array([1.0, 0]), "Tenancy law & legal advice": np.array([0.9, 0.44])}
    assert shared_topics(mentee, mentor, vectors) == ["Tenancy law"]
    assert related_topics(mentee, mentor, vectors) == []


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["Ocd", "OCD"], "OCD"),
        (["oral history", "Oral history"], "Oral history"),
        (["Oral history", "Oral Histories"], "Oral history"),
        (["Oral history", "ORAL HISTORY"], "Oral history"),
        (["github", "GitHub"], "GitHub"),
        (["PHYSIOTHERAPY", "Physiotherapy"], "Physiotherapy"),
    ],
)
def test_of_several_spellings_that_of_a_name_is_quoted_and_no_shouting(names, best):
    assert best_spelling(names) == best


def test_a_topic_is_spelled_as_the_two_of_them_do_and_not_as_whoever_wrote_it_first():
    assert shared(person("Ai"), person("Ai", text="AI in hospitals")) == ["AI"]
    assert shared(person("c++"), person("c++", text="I write C++ and c.")) == ["C++"]
    assert shared(person("oral history"), person("oral history", text="العربية oral history ORAL HISTORY")) == [
        "oral history"
    ]


def test_what_both_name_comes_first_and_is_not_said_again_as_related():
    mentee = person("Kiln firing", "Glazes", text="Raku firing\nKilns and raku firing")
    mentor = person("Glazes", "Raku firing")
    row = np.array([1.0, 0, 0])
    vectors = {"Kiln firing": row, "Raku firing": row, "Glazes": np.array([0, 1.0, 0])}
    scores = score([mentee], [mentor], vectors=vectors)
    assert scores.reasons(0, 0).support == ["both name Glazes and Raku firing"]
    vectors = {"Kiln firing": row, "Stoneware": row, "Glazes": vectors["Glazes"]}
    scores = score([person("Kiln firing", "Glazes")], [person("Glazes", "Stoneware")], vectors=vectors)
    assert scores.reasons(0, 0).sentence == (
        "They both name Glazes and have related topics (“Kiln firing” and “Stoneware”)."
    )


def test_topics_that_share_a_word_are_related_only_if_one_has_the_whole_other_in_it():
    row = np.array([1.0, 0])
    topics = ("Research management", "Research data management", "Data management")
    vectors = dict.fromkeys(topics, row)
    assert related_topics(person(topics[0]), person(topics[1]), vectors) == []
    assert related_topics(person(topics[2]), person(topics[1]), vectors) == [(topics[2], topics[1])]


def test_two_texts_with_little_in_common_are_no_reason_and_said_to_be_far_apart():
    vectors = {
        "Measuring wells": np.array([1.0, 0, 0]),
        "Wells in deserts": np.array([0.9, 0.43, 0]),
        "Songs of the fair": np.array([0, 0, 1.0]),
    }
    near, far = person(text="Wells in deserts"), person(text="Songs of the fair")
    scores = score([person(text="Measuring wells")], [near, far], vectors=vectors)
    assert scores.reasons(0, 1).sentence == "A weak match: what they wrote has little in common."
    assert scores.reasons(0, 0).notes == ["What they wrote is close in meaning, compared with other mentors."]


@pytest.mark.parametrize("text", ["", " \n ", "\u202eمرحبا", "数据分析", "😀😀", "<b>x</b>", "((((", "a" * 10_000])
def test_any_text_can_be_compared(text):
    other = person(text, text=text)
    assert shared(other, other) == [text.strip()] * bool(plain_topic(text))
