"""What pairs of five invented cohorts are said to have in common is in what both wrote, and true."""

import re

import pytest

from matching.meaning.model import sentence_model
from matching.scoring.common_topics import shared_topics
from matching.scoring.meaning_similarity import own_words
from matching.scoring.scores import score
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


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_what_is_said_quotes_both_and_some_is_said(field, scores):
    said = {pair: said_of(scores[field.name], *pair) for pair in field.sayable}
    assert sum(map(bool, said.values())) >= 2
    for (i, j), reasons in said.items():
        for quoted in re.findall(r"“(.+?)” and “(.+?)”", "; ".join(reasons)):
            assert quoted[0] in field.mentees[i].topics
            assert quoted[1] in field.mentors[j].topics
