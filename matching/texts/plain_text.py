"""Plain forms of topics and texts, in which spellings make no difference, and how people spelled them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# A line of so many words, such as a title or two sentences about oneself, mentions nothing in passing.
SHORT = 40
LONGEST_ACRONYM = 6

ENDS = re.compile(r"[.,;:!?()\[\]{}\"“”„«»|]+")
WORD = re.compile(r"[^\W_][\w+#]*")
# Before a topic they say that a text is not about it; "t" is the end of "isn't".
DENYING = frozenset(("no", "non", "not", "t", "never", "neither", "nor", "nothing", "without", "instead", "than"))
# What people put between the items of a list that they wrote as one topic. Of "health and safety" neither is an item:
# only where an item has several words, these joined two topics.
LISTING, JOINING = re.compile(r"(?<!\s)\s+/\s+|,\s+"), re.compile(r"(?<!\s)\s+(?:&|and)\s+", re.IGNORECASE)


@lru_cache(maxsize=32_768)
def plain_topic(topic: str) -> str:
    """`Open-Source workflows` is `open source workflow`: case, hyphens and the s of a plural make no difference."""
    words = WORD.findall(unicodedata.normalize("NFKC", topic).casefold().replace("_", " "))
    return " ".join(_singular(word) for word in words)


@lru_cache(maxsize=32_768)
def parts_of(topic: str) -> frozenset[str]:
    """The plain items of a topic that is a list, such as "Fair data & open access"; none of any other topic."""
    items = LISTING.split(topic)
    found = [plain_topic(item) for item in items] if len(items) > 1 else []
    found += [plain for item in items for part in JOINING.split(item) if " " in (plain := plain_topic(part))]
    return frozenset(found) - {plain_topic(topic), ""}


def is_about(text: str, plain: str) -> bool:
    """Whether a text is about a topic: it comes back to it, or names it in a short line.

    Once in a long text may be in passing, or in another sense, and what comes after "not" is none of its topics.
    """
    if not _has(text, plain):
        return False
    found = [
        is_short
        for phrase, is_short in _phrases(text)
        if f" {plain} " in phrase and not DENYING.intersection(phrase.partition(f" {plain} ")[0].split())
    ]
    return len(found) > 1 or any(found)


def spellings(plain: str, text: str) -> list[str]:
    """How a text spells a topic."""
    if not _has(text, plain):
        return []
    words = r"[\W_]+".join(rf"{re.escape(word)}s?" for word in plain.split())
    return re.findall(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE)


def best_spelling(names: Sequence[str]) -> str:
    """The spelling with most capitals inside of its words, as of acronyms and names, then at their beginnings.

    The first of those that are equal. A whole phrase in capitals is no acronym.
    """
    return max(names, key=lambda name: (_inner_capitals(name), name[:1].isupper()))


@lru_cache(maxsize=32_768)
def _inner_capitals(name: str) -> int:
    words = WORD.findall(name)
    if name.isupper() and (len(words) > 1 or len(name) > LONGEST_ACRONYM):
        return -1
    return sum(char.isupper() for word in words for char in word[1:])


@lru_cache(maxsize=1024)
def _phrases(text: str) -> tuple[tuple[str, bool], ...]:
    """The phrases of a text in their plain form, each with whether its line is short."""
    return tuple(
        (f" {plain_topic(phrase)} ", len(line.split()) <= SHORT)
        for line in text.splitlines()
        for phrase in ENDS.split(line)
    )


def _has(text: str, plain: str) -> bool:
    """Whether a text has the words of a topic in one piece. Most don't have them at all, which is seen at once."""
    folded = _folded(text)
    return all(word in folded for word in plain.split()) and f" {plain} " in _whole(text)


@lru_cache(maxsize=32_768)
def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=32_768)
def _whole(text: str) -> str:
    return "|".join(phrase for phrase, _ in _phrases(text))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
