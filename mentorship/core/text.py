"""Clean and compare typed text."""

import unicodedata
from collections.abc import Sequence


def clean_name(text: str) -> str:
    """One line without control characters and marks that turn the direction of text."""
    kept = (" " if unicodedata.category(c) == "Cc" else c for c in text if c not in _DIRECTION_MARKS)
    return " ".join("".join(kept).split())


_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def printable(text: str) -> str:
    """The text without invisible characters: controls, private ones, direction overrides; line breaks stay."""
    return "".join(c for c in text if c in "\n\t" or not _is_hidden(c))


def _is_hidden(char: str) -> bool:
    return char in _HIDDEN_MARKS or unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp")


# Left-to-right and right-to-left marks stay: a text may need them. A byte order mark goes.
_HIDDEN_MARKS = _DIRECTION_MARKS - {"\u200e", "\u200f"} | {"\ufeff"}


def tidy_address(text: str) -> str:
    """An e-mail address, normalised as we store it: lower case, the domain in its own letters.

    Removes text copied along with it (mailto:, brackets, a final full stop); xn--mller-kva.example becomes
    müller.example, and full-width letters become plain ones.
    """
    plain = unicodedata.normalize("NFKC", "".join(c for c in text if unicodedata.category(c) != "Cf")).strip()
    plain = plain.lower().removeprefix("mailto:").partition("?")[0].strip(" \t\n\"'<>()[],;:.")
    local, at, domain = plain.rpartition("@")
    return f"{local}{at}{'.'.join(_own_letters(label) for label in domain.split('.'))}"


def coded_address(address: str) -> str:
    """The address with its domain in letters that every mail server accepts: xn--mller-kva.example."""
    local, at, domain = address.rpartition("@")
    labels = (
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in domain.split(".")
    )
    return f"{local}{at}{'.'.join(labels)}"


def _own_letters(label: str) -> str:
    """Decode a punycode label of a domain; keep it encoded if it decodes to anything but letters."""
    if not label.startswith("xn--"):
        return label
    try:
        own = label.removeprefix("xn--").encode("ascii").decode("punycode")
    except (ValueError, OverflowError):
        return label
    return own if not own.isascii() and all(c.isalnum() or c == "-" for c in own) else label


def without_accents(text: str) -> str:
    """Latin and Greek letters without accents; in other scripts the marks are part of the word."""
    kept: list[str] = []
    for char in unicodedata.normalize("NFKD", text):
        if not (unicodedata.combining(char) and kept and kept[-1] < "\u0400"):
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def join_names(names: Sequence[str]) -> str:
    """The names in a sentence: Ana, Ben and Cleo; "" for none."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


def with_article(noun: str) -> str:
    """`a mentee`, `an intern`."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def shorten(text: str, most: int) -> str:
    """The text without empty lines, cut at a word with “…” where it is longer than `most` characters."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    if len(text) <= most:
        return text
    at = most if text[most].isspace() else max(text.rfind(" ", 0, most), text.rfind("\n", 0, most))
    # Some scripts put no spaces between words.
    cut = at if at > most // 2 else most
    while cut and _belongs_to(text[cut - 1], text[cut]):
        cut -= 1
    return text[:cut].rstrip(" \n.,;:–-") + "…"


def _belongs_to(before: str, char: str) -> bool:
    """Whether a character is drawn with the one before it: accents, vowel signs, parts of an emoji."""
    joiner = "\u200d"
    return joiner in (before, char) or unicodedata.category(char)[0] == "M" or "\U0001f3fb" <= char <= "\U0001f3ff"
