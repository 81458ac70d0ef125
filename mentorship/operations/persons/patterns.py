"""Patterns for names and addresses in texts, however they are spelled: accents, capitals, encodings, file names."""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote, quote_plus

from mentorship.core.text import coded_address, without_accents

# Separators between the words of a name, and the encodings of the @ in an address.
_SPACES = r"(?:[\s,+_\u200b\u2060\ufeff]|%20|%2B|%25(?:20|2B)|%C2%A0|&nbsp;|&#160;|\\u00a0)+"
_AT_SIGN = r"(?:@|%40|%2540|&#64;|&#x40;|=40|\\u0040|\uff20)"
# Marks that keyboards and word processors exchange for one another.
_ALIKE = dict.fromkeys("'’‘ʼ´`", r"(?:['’‘ʼ´`]|%27|%2527|&#x27;|&#39;|\\u2019)")
_ALIKE |= dict.fromkeys("-‐‑‒–", r"(?:[-‐‑‒–]|\\u2011)")
# A letter before it would make it part of another word, unless that letter ends an encoding: %3D, %253C, \\u003c.
_ENCODED = r"(?<=%[0-9A-F]{2})|(?<=%25[0-9A-F]{2})|(?<=\\u[0-9A-F]{4})"
_BEFORE_ADDRESS = rf"(?:(?<![\w.+-])|{_ENCODED})"
_BEFORE_NAME = rf"(?:(?<![^\W_])(?<![.+@-])|{_ENCODED})"
# The same word may begin somebody's address.
_NO_ADDRESS = r"(?![\w.+-]{0,64}(?:@|%40))"
_AFTER_NAME = rf"(?![^\W_]|-\w){_NO_ADDRESS}"
SHORTEST_PIECE = 3


def mention_pattern(addresses: Iterable[str], names: Iterable[str]) -> re.Pattern[str]:
    """Finds addresses and whole names, the longest first, so that no part remains; also in names of files."""
    longest = sorted(names, key=lambda name: (-len(name), name))
    found = [rf"{_BEFORE_ADDRESS}(?:{_either(map(_address, addresses))})(?![\w-])"] if addresses else []
    if longest:
        found.append(rf"{_BEFORE_NAME}(?:{_either(_joined(name, _SPACES) for name in longest)}){_AFTER_NAME}")
        files = _either(_joined(name, "[-_.]") for name in longest if len(name.split()) > 1)
        found.append(rf"(?<![^\W_])(?:{files})(?![^\W_]){_NO_ADDRESS}" if files else "(?!)")
    return re.compile("|".join(found) or "(?!)", re.IGNORECASE)


def surname_pattern(surnames: Iterable[str]) -> re.Pattern[str] | None:
    """Finds surnames alone, spelled as in the name or in capitals: a word in lower case is not a surname."""
    alone = [_word(spelled, plain=False) for one in surnames for spelled in dict.fromkeys((one, one.upper()))]
    return re.compile(rf"{_BEFORE_NAME}(?:{_either(alone)})(?![^\W_@]|-\w|@){_NO_ADDRESS}") if alone else None


def search_terms(word: str) -> set[str]:
    """Texts for a database: one of them is in every text that has the word, capitals of plain letters apart."""
    pieces: list[str] = re.findall("[A-Za-z0-9]+", word)
    piece = max(pieces, key=len, default="")
    if piece == word or len(piece) >= SHORTEST_PIECE:
        return {piece}
    # Databases differ in how they compare other letters, so each spelling is asked for.
    forms = {unicodedata.normalize(form, w) for w in (word, word.lower(), word.upper()) for form in ("NFC", "NFD")}
    forms |= {without_accents(word), coded_address(f"@{word}")[1:]}
    return forms | {written for one in forms for written in (json.dumps(one)[1:-1], quote(one), quote(quote(one)))}


def _either(patterns: Iterable[str]) -> str:
    return "|".join(patterns)


def _joined(name: str, between: str) -> str:
    return between.join(map(_word, name.split()))


def _word(word: str, *, plain: bool = True) -> str:
    """A word letter by letter, in any composition of its accents, or encoded as in URLs; `plain` also without them."""
    letters = "".join(_letter(char, plain) for char in unicodedata.normalize("NFC", word))
    coded = {again for once in (quote(word), quote_plus(word)) for again in (once, quote(once))} - {word}
    return f"(?:{_either([letters, *map(re.escape, sorted(coded))])})"


@cache
def _letter(char: str, plain: bool) -> str:
    if char in _ALIKE:
        return _ALIKE[char]
    apart = unicodedata.normalize("NFD", char)
    if apart == char:
        return re.escape(char)
    base, marks = re.escape(apart[0]), re.escape(apart[1:])
    # In other scripts a mark makes another letter.
    optional = plain and apart[0] < "\u0400"
    return f"(?:{re.escape(char)}|{base}{f'(?:{marks})?' if optional else marks})"


def _address(address: str) -> str:
    local, _, domain = address.partition("@")
    locals_ = {local, quote(local), quote(quote(local))}
    domains = {domain, coded_address(address).partition("@")[2]}
    return _AT_SIGN.join(f"(?:{_either(map(re.escape, sorted(found)))})" for found in (locals_, domains))
