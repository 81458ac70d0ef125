"""How well a text fits the languages of an encoding.

Which letters follow each other in a language is counted in its names of countries, languages and months, which Babel
brings for all of them. That suits lists of names, which are too short for detectors made for whole texts
(charset-normalizer and chardet were tried).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from math import log

from babel import Locale

# The languages of each encoding, and how common the encoding is.
_WESTERN = ("en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "is", "ca")
LANGUAGES: dict[str, tuple[str, ...]] = {
    "windows-1252": _WESTERN,
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
    "windows-1250": ("pl", "cs", "hu", "ro", "hr", "sk", "sl"),
    "windows-1251": ("ru", "uk", "bg", "sr"),
    "koi8-r": ("ru",),
    "windows-1253": ("el",),
    "windows-1254": ("tr", "az"),
    "windows-1255": ("he",),
    "windows-1256": ("ar", "fa", "ur"),
    "windows-1257": ("lt", "lv", "et"),
    "windows-1258": ("vi",),
    "cp874": ("th",),
    "gb18030": (),
    "big5": (),
    "cp932": (),
    "cp949": (),
}
_RARER = {"mac-roman": -2.5, "cp850": -2, "koi8-r": -2, "windows-1250": -1, "windows-1252": 1, "windows-1258": -3}
# The first bytes of the characters that are common in each, as the standards order them, and their share.
_COMMON_LEADS = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "cp932": (0x88, 0x98), "cp949": (0xB0, 0xC8)}
_TYPOGRAPHIC = frozenset("–—‘’“”„…•€£§°«»·\u00a0")
_NEVER, _HARDLY = log(1e-6), log(1e-4)


def fit(sample: bytes, encoding: str) -> float:
    """The log-likelihood of some lines in an encoding; for each line its best language counts."""
    lines = sample.decode(encoding, errors="replace").splitlines()
    languages = LANGUAGES[encoding] or ("",)
    best = (max(_fit_language(line, encoding, language) for language in languages) for line in lines)
    return sum(best) + _RARER.get(encoding, 0)


def _fit_language(text: str, encoding: str, language: str) -> float:
    return sum(
        _likelihood(text[n - 1] if n else " ", char, encoding, language) + _case(text[max(0, n - 1) : n + 2], char)
        for n, char in enumerate(text)
        if not char.isascii() or (n and not text[n - 1].isascii() and char.isalpha())
    )


def _likelihood(before: str, char: str, encoding: str, language: str) -> float:
    if char == "\ufffd" or "\x80" <= char <= "\x9f" or "\ue000" <= char <= "\uf8ff":
        return 3 * _NEVER
    if char in _TYPOGRAPHIC and encoding not in _COMMON_LEADS:
        return _HARDLY / 2
    if encoding in _COMMON_LEADS:
        return _east_asian(before, char, encoding)
    pairs, letters, total = _model(language)
    if not (char.isalpha() or char in letters) or (before.isascii() and before.isalpha() and "a" not in letters):
        return _NEVER
    previous, lower = before.casefold() if before.isalpha() or before in letters else "^", char.casefold()
    alone = (letters[lower] + 0.01) / total
    likelihood = (pairs[previous][lower] + 3 * alone) / (sum(pairs[previous].values()) + 3)
    return log(max(likelihood, 1e-9))


def _case(around: str, char: str) -> float:
    """Score the case: capitals begin words or stand among capitals; names begin with one."""
    before, after = around.partition(char)[0], around.rpartition(char)[2]
    if char.isalpha() and after.isdigit():  # a sign of money, read as a letter
        return _NEVER
    if char.isupper():
        return _HARDLY if before.islower() or (before.isupper() and after.islower()) else -float(before.isupper())
    return -4 if char.islower() and not before.isalpha() else 0


def _east_asian(before: str, char: str, encoding: str) -> float:
    if before.isascii() and before.isalpha():
        return _NEVER
    if char.isascii():
        return _HARDLY
    if "\u3040" <= char <= "\u30ff":
        return log(1 / 200)
    if not char.isalpha() or "\uff61" <= char <= "\uff9f":
        return _HARDLY
    first, last = _COMMON_LEADS[encoding]
    lead = char.encode(encoding, errors="replace")[0]
    return log(1 / (95 * (last - first + 1))) if first <= lead <= last else _NEVER


@cache
def _model(language: str) -> tuple[dict[str, Counter[str]], Counter[str], int]:
    """How often each letter follows another, "^" for the beginning of a word; how often each occurs; and the total."""
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    letters: Counter[str] = Counter()
    for word in _words(language):
        letters.update(word)
        for before, char in zip(f"^{word}", word, strict=False):
            pairs[before][char] += 1
    return pairs, letters, sum(letters.values())


def _words(language: str) -> Iterator[str]:
    locale = Locale(language)
    names = [*locale.territories.values(), *locale.languages.values(), *locale.months["format"]["wide"].values()]
    for name in names:
        yield from re.findall(r"[^\W\d_][^\s\d_,.()’'&-]*", str(name).casefold())
