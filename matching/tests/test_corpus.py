"""Reasons for pairs of five invented cohorts quote both, and none is given to pairs that share a word only."""

import re

import pytest

from matching.meaning.model import sentence_model
from matching.scoring.scores import score
from matching.texts.common_topics import shared_topics
from matching.texts.meaning_similarity import own_words
from mentorship.devtools.bench.corpus import read_corpus, said_of

FIELDS = read_corpus()


@pytest.fixture(scope="module")
def scores():
    """By field; of whole texts only those are read that decide whether a topic means the same to both."""
    model, topics, texts = sentence_model(), set(), set()
    for field in FIELDS:
        topics |= {topic for person in (*field.mentees, *field.mentors) for topic in person.topics}
        for a in field.mentees:
            texts |= {own_words(p) for b in field.mentors if shared_topics(a, b, {}) for p in (a, b)}
    wanted = sorted(text for text in topics | texts if model.knows_language(text))
    vectors = dict(zip(wanted, model.vectors(wanted).astype(float), strict=True))
    return {field.name: score(field.mentees, field.mentors, vectors=vectors) for field in FIELDS}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_pairs_that_share_a_word_and_nothing_else_are_not_said_to_have_anything_in_common(field, scores):
    found = {pair: said_of(scores[field.name], *pair) for pair in field.not_sayable}
    assert {pair: said for pair, said in found.items() if said} == {}


def test_what_is_said_quotes_a_topic_of_each(scores):
    said = [(field, pair, said_of(scores[field.name], *pair)) for field in FIELDS for pair in field.sayable]
    assert sum(bool(reasons) for _, _, reasons in said) >= 8  # most are so in other words that nothing is said
    for field, (i, j), reasons in said:
        for mine, theirs in re.findall(r"“(.+?)” and “(.+?)”", "; ".join(reasons)):
            assert mine in field.mentees[i].topics
            assert theirs in field.mentors[j].topics
