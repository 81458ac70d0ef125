"""Topics that two people have in common, by name or beyond doubt by meaning. Light enough for pages.

What is said of a pair is mailed to both, so it quotes their own words, and says nothing rather than something doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np

from matching.profiles import Floats, MatchProfile
from matching.texts.meaning_similarity import own_words
from matching.texts.plain_text import best_spelling, is_about, parts_of, plain_topic, spellings

MOST = 3
# Cosines of two topics. Where they share a word, the model finds them near whatever the rest says ("primary schools"
# and "secondary schools" 0.84), so one has to say all that the other says as well. Where they share none, only their
# meaning can have made them near.
SAME = 0.8
RELATED = 0.6
LITTLE = 0.5  # length of what is left of a text without a topic; less can't tell what it is about

JOINING = frozenset(("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"))


def shared_topics(
    mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats], subject: str = ""
) -> list[str]:
    """List what both name: topics of both, then topics of several words that the other one's text is about.

    Of the latter those are left out that say no more than the `subject` of the programme, in its name: every text is
    about that.
    """
    names = _named_by_both(mentee, mentor)
    # A word may mean two things, but hardly between people who have a second topic in common.
    found = [plain for plain in names if len(names) > 1 or _in_one_sense(names[plain], mentee, mentor, vectors)]
    usual = frozenset(plain_topic(subject).split())
    for one, other in ((mentee, mentor), (mentor, mentee)):
        for plain, name in topics_of(one).items():
            known = plain in names or any(f" {plain} " in f" {topic} " for topic in found)
            if " " in plain and not known and not usual.issuperset(plain.split()) and is_about(other.text, plain):
                names[plain] = name
                found.append(plain)
    return [_spelled(plain, names[plain], mentee, mentor) for plain in found[:MOST]]


def related_topics(
    mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats], most: int = 2
) -> list[tuple[str, str]]:
    """List topics of the mentee, each with one of the mentor that is related beyond doubt, the closest first.

    Topics that both have in common are none of them.
    """
    related = [(a, b) for cosine, a, b in _nearest(mentee, mentor, vectors) if _related(a, b, cosine)]
    if not related:
        return []
    shared = {plain_topic(name) for name in shared_topics(mentee, mentor, vectors)}
    found: list[tuple[str, str]] = []
    for a, b in related:
        if not {plain_topic(a), plain_topic(b)} & shared and all(a != mine and b != theirs for mine, theirs in found):
            found.append((a, b))
    return [(_tidy(a), _tidy(b)) for a, b in found[:most]]


def topics_of(person: MatchProfile) -> Mapping[str, str]:
    """A person's topics by their plain form."""
    return _by_plain_form(tuple(person.topics))


@lru_cache(maxsize=32_768)
def _by_plain_form(topics: tuple[str, ...]) -> Mapping[str, str]:
    return {plain: topic.strip() for topic in topics if (plain := plain_topic(topic))}


def _named_by_both(mentee: MatchProfile, mentor: MatchProfile) -> dict[str, str]:
    """The topics of both, and those of one that are an item of a list that the other wrote as one topic."""
    mine, theirs = topics_of(mentee), topics_of(mentor)
    found = {plain: best_spelling([theirs[plain], name]) for plain, name in mine.items() if plain in theirs}
    for topics, others in ((mine, theirs), (theirs, mine)):
        if items := frozenset[str]().union(*map(parts_of, others.values())):
            found |= {plain: name for plain, name in topics.items() if plain in items and plain not in found}
    return found


def _nearest(
    mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats]
) -> Iterator[tuple[float, str, str]]:
    """Yield the topics that one of them names alone, each with each, by their cosine from the highest on."""
    mine, theirs, both = topics_of(mentee), topics_of(mentor), _named_by_both(mentee, mentor)
    pairs = [
        (-float(vectors[a] @ vectors[b]), a, b)
        for plain, a in mine.items()
        for other, b in theirs.items()
        if plain not in both and other not in both and a in vectors and b in vectors
    ]
    return ((-apart, a, b) for apart, a, b in sorted(pairs))


@lru_cache(maxsize=32_768)
def _words(topic: str) -> frozenset[str]:
    return frozenset(plain_topic(topic).split()) - JOINING


def _related(a: str, b: str, cosine: float) -> bool:
    """Whether two topics are related: near without a word in common, or one is the other with more words around it."""
    if cosine < RELATED or not _words(a) or not _words(b):
        return False
    if not _words(a) & _words(b):
        return True
    short, long = sorted((f" {plain_topic(topic)} " for topic in (a, b)), key=len)
    return cosine >= SAME and short in long


def _in_one_sense(name: str, mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats]) -> bool:
    """Whether a topic that both name means the same to both, as far as the model can tell.

    One word may mean two things, such as composition in music and in painting. Then what both wrote besides, which is
    what is left of their vectors without the direction of the topic, does not point the same way.
    """
    topic, rows = vectors.get(name), [vectors.get(own_words(person)) for person in (mentee, mentor)]
    if " " in plain_topic(name) or topic is None or rows[0] is None or rows[1] is None:
        return True
    rest = [row - (row @ topic) * topic for row in rows if row is not None]
    lengths = [float(np.linalg.norm(row)) for row in rest]
    return min(lengths) < LITTLE or float(rest[0] @ rest[1]) >= 0


def _spelled(plain: str, name: str, mentee: MatchProfile, mentor: MatchProfile) -> str:
    """The best of the spellings that the two of them used: topics have the name that somebody else gave them first."""
    return _tidy(best_spelling([name, *spellings(plain, mentee.text), *spellings(plain, mentor.text)]))


def _tidy(name: str) -> str:
    return name.rstrip(" .,;")
