"""Topics that two people have in common, by name or beyond doubt by meaning. Light enough for pages.

What is said of a pair is mailed to both, so it quotes what they wrote, and rather says nothing than something doubtful.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from matching.profiles import Floats, MatchProfile
from matching.texts.meaning_similarity import own_words

MOST = 3
# Cosines of two topics. Where they share a word, the model finds them near whatever the rest says ("primary schools"
# and "secondary schools" 0.84), so one has to say all that the other says as well. Where they share none, only their
# meaning can have made them near.
SAME = 0.8
RELATED = 0.6
NEAR = 0.4  # "data visualisation" and "ggplot2"; at this distance many are not related
LITTLE = 0.5  # length of what is left of a text without a topic; less can't tell what it is about

JOINING = frozenset(("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"))
ENDS = re.compile(r"[.,;:!?()\[\]{}\"“”„«»|\n]+")
WORD = re.compile(r"[^\W_][\w+#]*")


def shared_topics(mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats]) -> list[str]:
    """List what both name: topics of both, then topics of several words that the other one's text names."""
    mine, theirs = topics_of(mentee), topics_of(mentor)
    found = [
        max(theirs[plain], mine[plain], key=lambda name: sum(map(str.isupper, name)))
        for plain in mine
        if plain in theirs and _in_one_sense(mine[plain], theirs[plain], mentee, mentor, vectors)
    ]
    for topics, known, other in ((mine, theirs, mentor), (theirs, mine, mentee)):
        text = _plain_text(other.text)
        found += [
            name
            for plain, name in topics.items()
            if plain not in known and " " in plain and f" {plain} " in text and not _covered(plain, found)
        ]
    return [_tidy(name) for name in found[:MOST]]


def related_topics(
    mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats], most: int = 2
) -> list[tuple[str, str]]:
    """List topics of the mentee, each with one of the mentor that is related beyond doubt, the closest first."""
    found: list[tuple[str, str]] = []
    for cosine, a, b in _nearest(mentee, mentor, vectors):
        if _related(a, b, cosine) and not any(a == mine or b == theirs for mine, theirs in found):
            found.append((a, b))
    return [(_tidy(a), _tidy(b)) for a, b in found[:most]]


def nearest_topics(mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats]) -> tuple[str, str] | None:
    """Return the topics of both that are nearest to each other, if they are near at all. For coordinators to judge."""
    cosine, a, b = next(iter(_nearest(mentee, mentor, vectors)), (0.0, "", ""))
    return (_tidy(a), _tidy(b)) if cosine >= NEAR else None


def _nearest(mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats]) -> list[tuple[float, str, str]]:
    """List the topics that one of them names alone, each with each, by their cosine from the highest on."""
    mine, theirs = topics_of(mentee), topics_of(mentor)
    pairs = [
        (-float(vectors[a] @ vectors[b]), a, b)
        for plain, a in mine.items()
        for other, b in theirs.items()
        if plain not in theirs and other not in mine and a in vectors and b in vectors
    ]
    return [(-apart, a, b) for apart, a, b in sorted(pairs)]


def topics_of(person: MatchProfile) -> dict[str, str]:
    """A person's topics by their plain form."""
    return {plain: topic.strip() for topic in person.topics if (plain := plain_topic(topic))}


def _related(a: str, b: str, cosine: float) -> bool:
    here, there = (frozenset(plain_topic(topic).split()) - JOINING for topic in (a, b))
    if here & there:
        return cosine >= SAME and (here <= there or there <= here)
    return bool(here and there) and cosine >= RELATED


def _in_one_sense(
    mine: str, theirs: str, mentee: MatchProfile, mentor: MatchProfile, vectors: Mapping[str, Floats]
) -> bool:
    """Whether a topic that both name means the same to both, as far as the model can tell.

    One word may mean two things, such as composition in music and in painting. Then what both wrote besides, which is
    what is left of their vectors without the direction of the topic, does not point the same way.
    """
    topic, rows = vectors.get(mine), [vectors.get(own_words(person)) for person in (mentee, mentor)]
    if " " in plain_topic(mine) or topic is None or rows[0] is None or rows[1] is None:
        return True
    rest = [row - (row @ topic) * topic for row in rows if row is not None]
    lengths = [float(np.linalg.norm(row)) for row in rest]
    return min(lengths) < LITTLE or float(rest[0] @ rest[1]) >= 0


def _tidy(name: str) -> str:
    return name.rstrip(" .,;")


def _covered(plain: str, found: list[str]) -> bool:
    return any(f" {plain} " in f" {plain_topic(topic)} " for topic in found)


@lru_cache(maxsize=32_768)
def plain_topic(topic: str) -> str:
    """`Open-Source workflows` is `open source workflow`: case, hyphens and the s of a plural make no difference."""
    words = WORD.findall(unicodedata.normalize("NFKC", topic).casefold().replace("_", " "))
    return " ".join(_singular(word) for word in words)


@lru_cache(maxsize=32_768)
def _plain_text(text: str) -> str:
    """The words of a text in their plain form, with marks where a phrase ends."""
    return f" {' | '.join(plain_topic(part) for part in ENDS.split(text))} "


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
