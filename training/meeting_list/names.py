"""Compare the names of a meeting tool's list with people's names. Pure: no database."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from training.meeting_list.headings import plain

_BRACKETS = re.compile(r"\((.*?)\)|\[(.*?)\]|（(.*?)）")
_PARTS = re.compile(r"\s+[-–—|/@•·]\s+|\s*[|•·]\s*|,\s+")
# What people and tools add to names.
_PRONOUNS = re.compile(
    r"\b(?:she|he|they|ze|xe|her|him|them|sie|er|elle|il|ella|él|iel|ela|ele|lei|lui|hen|hon|han)"
    r"(?:\s*[/|]\s*\w+){1,3}",
    re.IGNORECASE,
)
_ROLES = frozenset(
    """host cohost co me guest external unverified organizer organiser presenter moderator attendee panelist ich gast
    extern organisator moi invite externe hote anfitrion invitado externo yo convidado ospite esterno io ik iphone ipad
    android pronouns dr prof mr mrs ms mx phd""".split()  # noqa: SIM905 (names are read as text)
)


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Normalise a name: no case, accents, brackets or pronouns, and its words in alphabetical order."""
    return _key(_PRONOUNS.sub(" ", _BRACKETS.sub(" ", name)))


def row_key(name: str) -> str:
    """Normalise a listed name, to put the rows of one person together.

    Keeps what brackets say, unless it is a role or pronouns: phones of two people may have the same name.
    """

    def kept(found: re.Match[str]) -> str:
        words = plain(found[0]).split()
        return " ".join(words) if set(words) - _ROLES else ""

    return _key(_BRACKETS.sub(lambda found: f" {kept(found)} ", _PRONOUNS.sub(" ", name)))


def name_keys(name: str) -> set[str]:
    """The keys under which a decorated name may be somebody's.

    "Ana Sousa (Host)", "Host Ana Sousa", "Ana Sousa | Bees", "Annie (Ana Sousa)" and "Dr. Ana Sousa she/her".
    """
    texts = [name, *_parts(name)]
    keys = set()
    for text in texts:
        key = name_key(text)
        keys |= {key, " ".join(word for word in key.split() if word not in _ROLES)}
    return {key for key in keys if key}


def _parts(name: str) -> Iterator[str]:
    """The pieces of a name that may be a whole one: in brackets, and before and behind a dash or bar."""
    yield from (text for groups in _BRACKETS.findall(name) for text in groups if len(plain(text).split()) > 1)
    pieces = [piece for piece in _PARTS.split(_BRACKETS.sub(" ", name)) if piece.strip()]
    if len(pieces) > 1:
        yield from (piece for piece in pieces if len(plain(piece).split()) > 1)


def likeness(listed: str, name: str) -> float:
    """How alike a listed name and somebody's are, from 0 to 1."""
    other = name_key(name)
    return max((_alike(key, other) for key in name_keys(listed)), default=0.0)


def _alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    words, others = set(one.split()), set(other.split())
    if words <= others or others <= words:  # "Ana" for "Ana Sousa"
        return 0.9
    matcher = SequenceMatcher(None, one, other)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.5 else 0.0


def _key(text: str) -> str:
    return " ".join(sorted(plain(text).split()))
