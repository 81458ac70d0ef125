"""Find the numbers of invoices in what a payer wrote. Pure; no Django."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

_BETWEEN = r"[\s\-/._:#]*"
_LABEL = r"(?:(?:nr|no|n°|num|number|nummer)[.:]?\s*)?"
_BEFORE, _AFTER = r"(?<![0-9a-z])(?<![0-9a-z][\-._])", r"(?![0-9a-z])(?![\-/._]\d)"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
# Letters that are typed or scanned for figures.
_ALIKE = str.maketrans("oli|sb", "011158")
_INVOICE_WORDS = (
    r"(?:rechnung|rechnungsnr|rechnungsnummer|invoice|facture|factura|factuur|fattura|faktura|rnr|re|rg|inv)"
)
PADDED = 4


@dataclass(frozen=True)
class InvoiceNumber:
    """A number as it was issued: the prefix of its series and its place there."""

    prefix: str
    sequence: int

    @property
    def padded(self) -> str:
        return f"{self.sequence:0{PADDED}}"


@dataclass(frozen=True)
class NumbersFound:
    """Numbers that a text names: beyond doubt, and possibly."""

    sure: frozenset[InvoiceNumber]
    possible: frozenset[InvoiceNumber]

    @property
    def the_one(self) -> InvoiceNumber | None:
        """The only number that the text can mean; None if there is none, or several."""
        return next(iter(self.sure)) if len(self.sure) == 1 and self.possible <= self.sure else None


class NumberFinder:
    """Finds known numbers, without regard to case, zeros, blanks and dashes, and never as a part of another one."""

    def __init__(self, numbers: Iterable[InvoiceNumber]) -> None:
        self._known = frozenset(numbers)

    def find(self, text: str) -> NumbersFound:
        """The numbers that a text names."""
        plain = plain_text(text)
        sure = frozenset(number for series in self._series for number in series.sure(plain))
        possible = frozenset(number for series in self._series for number in series.possible(plain))
        return NumbersFound(sure & self._known, (sure | possible) & self._known)

    @cached_property
    def _series(self) -> list["_Series"]:
        return [_Series(prefix) for prefix in sorted({number.prefix for number in self._known})]


def plain_text(text: str) -> str:
    """Lower case, with one kind of dash and of letters and figures."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()


class _Series:
    """The numbers of one prefix: how they are written, and how else they may be meant."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        plain = plain_text(prefix)
        tokens = ["".join(run) for _, run in groupby(re.findall(r"[a-z]|\d|[^\W\d_]", plain), str.isdigit)]
        self._ends_in_figures = bool(tokens) and tokens[-1].isdigit()
        self._has_word = sum(len(token) for token in tokens if not token.isdigit()) > 1
        self._written = _BETWEEN.join(map(re.escape, tokens))
        self._alike = _BETWEEN.join(re.escape(token.translate(_ALIKE)) for token in tokens)

    def sure(self, text: str) -> Iterator[InvoiceNumber]:
        """Numbers with their prefix, as a word of their own."""
        if not self._written:
            return
        for found in re.finditer(rf"{_BEFORE}{self._written}({_BETWEEN}{_LABEL})(\d+){_AFTER}", text):
            number = InvoiceNumber(self.prefix, int(found[2][:9]))
            exact = found[2] == number.padded
            if exact or (self._has_word and len(found[2]) < PADDED and not self._ends_in_figures):
                yield number

    def possible(self, text: str) -> Iterator[InvoiceNumber]:
        """Several numbers in one word, more zeros, blanks within, letters for figures, and numbers alone."""
        if self._written:
            yield from self._in_one_word(text)
            yield from self._with_blanks(text)
            yield from self._look_alikes(text)
            for found in re.finditer(rf"{_BEFORE}{self._written}{_BETWEEN}{_LABEL}(\d+){_AFTER}", text):
                yield InvoiceNumber(self.prefix, int(found[1][:9]))
        for found in re.finditer(rf"{_BEFORE}(?<!\d[\-./])(\d{{1,9}}){_AFTER}", text):
            number = InvoiceNumber(self.prefix, int(found[1]))
            named = re.search(rf"{_INVOICE_WORDS}{_BETWEEN}{_LABEL}$", text[: found.start()])
            if found[1] == number.padded or (named and len(found[1]) <= PADDED):
                yield number

    def _in_one_word(self, text: str) -> Iterator[InvoiceNumber]:
        one = rf"{self._written}[\-/._]?(\d+)"
        for run in re.finditer(rf"(?<![0-9a-z])(?:{self._written}[\-/._]?\d+){{2,}}(?![0-9a-z])", text):
            for found in re.finditer(one, run[0]):
                yield InvoiceNumber(self.prefix, int(found[1][:9]))

    def _with_blanks(self, text: str) -> Iterator[InvoiceNumber]:
        """Banks break texts into lines of 27 letters, even within a number."""
        for found in re.finditer(rf"{_BEFORE}{self._written}{_BETWEEN}(\d(?:\s?\d)*){_AFTER}", text):
            figures = re.sub(r"\s", "", found[1])
            number = InvoiceNumber(self.prefix, int(figures[:9]))
            if figures == number.padded:
                yield number

    def _look_alikes(self, text: str) -> Iterator[InvoiceNumber]:
        for found in re.finditer(rf"{_BEFORE}{self._alike}{_BETWEEN}(\d+){_AFTER}", text.translate(_ALIKE)):
            number = InvoiceNumber(self.prefix, int(found[1][:9]))
            if found[1] == number.padded:
                yield number
