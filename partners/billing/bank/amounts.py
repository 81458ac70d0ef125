"""Read an amount as banks write it, with every value that it can mean. Pure; no Django."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from partners.money.currency import MINOR_DIGITS

SIGNS = (".", ",")
_MINUS = dict.fromkeys(map(ord, "−–—‐‑‒﹣"), "-")
_SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY", "euro": "EUR", "euros": "EUR", "zł": "PLN", "kč": "CZK", "₹": "INR"}
_ANY_DOLLAR = "$"
# Marks behind an amount: credit and debit, Haben and Soll.
_MARKS = {"cr": 1, "c": 1, "h": 1, "dr": -1, "d": -1, "s": -1}
_GROUPS = r"\d{1,3}(?:%s\d{3})+"
_LAKHS = r"\d{1,2}(?:,\d{2})*,\d{3}"


@dataclass(frozen=True)
class AmountText:
    """An amount as it was written.

    `values` has its value for each decimal sign that is possible; both are equal where it makes no difference.
    `currency` is a code, "$" for any dollar, or empty.
    """

    text: str
    values: dict[str, Decimal]
    has_sign: bool
    currency: str = ""

    @property
    def is_ambiguous(self) -> bool:
        """Whether its value depends on which sign is the decimal one."""
        return len(set(self.values.values())) > 1

    @property
    def tells(self) -> str:
        """The decimal sign, if the amount can be read with one only; otherwise empty."""
        return next(iter(self.values)) if len(self.values) == 1 else ""

    @property
    def is_negative(self) -> bool:
        return any(value < 0 for value in self.values.values())


def read_amount(text: str) -> AmountText:
    """Every reading of an amount. Raises ValueError if there is none."""
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    if not plain:
        raise ValueError("The amount is missing.")
    body, sign, has_sign = _without_signs(plain)
    body, currency = _without_currency(body)
    body, inner_sign, inner = _without_signs(body)
    if has_sign and inner:
        raise ValueError(f"“{text}” has two signs.")
    values = {mark: value * sign * inner_sign for mark, value in _values(body).items()}
    if not values:
        raise ValueError(f"“{text}” is not an amount.")
    return AmountText(text, values, has_sign or inner, currency)


def decimal_sign(amounts: Iterable[AmountText]) -> str:
    """The decimal sign of a file, if all of its amounts that tell one agree; otherwise empty."""
    told = {amount.tells for amount in amounts if amount.tells}
    return told.pop() if len(told) == 1 else ""


def _without_signs(text: str) -> tuple[str, int, bool]:
    """The text without brackets, sign or mark; 1 or -1; and whether there was one."""
    text = text.strip()
    if bracketed := re.fullmatch(r"\((.+)\)", text):
        return bracketed[1].strip(), -1, True
    if text[:1] in ("+", "-") and text:
        return text[1:].strip(), -1 if text[0] == "-" else 1, True
    if text[-1:] in ("+", "-") and text:
        return text[:-1].strip(), -1 if text[-1] == "-" else 1, True
    if marked := re.fullmatch(r"(.*\d)\s*([A-Za-z]{1,2})\.?", text):
        mark = _MARKS.get(marked[2].casefold())
        if mark:
            return marked[1].strip(), mark, True
    return text, 1, False


def _without_currency(text: str) -> tuple[str, str]:
    """The text without a symbol or code before or after the number, and the code."""
    found = re.fullmatch(r"(?P<before>[^\d.,+\-(]*?)\s*(?P<body>[+\-(]?[\d.,].*?)\s*(?P<after>[^\d.,)\-+\s]*)", text)
    if found is None:
        return text, ""
    words = [word for word in (found["before"].strip(), found["after"].strip()) if word]
    codes = {currency_in(word) for word in words}
    if not words:
        return text, ""
    if "" in codes or len(codes) > 1:
        return "", ""
    return found["body"], codes.pop()


def currency_in(word: str) -> str:
    """The code of a currency's code, name or symbol; "$" for any dollar; empty for another word."""
    plain = word.strip().strip(".:()[]").strip()
    if plain.upper() in MINOR_DIGITS:
        return plain.upper()
    if plain in ("$", "US$", "A$", "C$"):
        return {"US$": "USD", "A$": "AUD", "C$": "CAD"}.get(plain, _ANY_DOLLAR)
    return _SYMBOLS.get(plain.casefold(), "")


def _values(body: str) -> dict[str, Decimal]:
    """Decimal sign → value; {} if the text is not a number."""
    body = re.sub(r"[’`´]", "'", re.sub(r"\s", " ", body))
    if re.fullmatch(r"\d+", body):
        return dict.fromkeys(SIGNS, Decimal(body))
    for separator in (" ", "'"):
        if separator in body:
            return _separated(body, separator)
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        mark = "." if body.rfind(".") > body.rfind(",") else ","
        return _grouped(body, mark)
    if dots + commas != 1:
        mark = "," if dots else "."
        return {mark: Decimal(_digits(body))} if _is_grouped(body, "." if dots else ",") else {}
    mark = "." if dots else ","
    return _single(body, mark)


def _single(body: str, mark: str) -> dict[str, Decimal]:
    """Values of a number with one sign: three digits after it may be thousands or decimals."""
    if not re.fullmatch(r"\d*[.,]\d*", body) or body == mark:
        return {}
    found = {mark: Decimal(body.replace(mark, ".").removesuffix("."))}
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", body):
        found["," if mark == "." else "."] = Decimal(_digits(body))
    return found


def _separated(body: str, separator: str) -> dict[str, Decimal]:
    """Values of a number whose thousands are parted by blanks or apostrophes."""
    whole, mark, rest = re.fullmatch(r"([^.,]*)([.,]?)(.*)", body).groups()  # type: ignore[union-attr]
    if not re.fullmatch(_GROUPS % re.escape(separator), whole) or not re.fullmatch(r"\d*", rest):
        return {}
    value = Decimal(f"{_digits(whole)}.{rest}".removesuffix("."))
    return {mark: value} if mark else dict.fromkeys(SIGNS, value)


def _grouped(body: str, mark: str) -> dict[str, Decimal]:
    whole, _, rest = body.rpartition(mark)
    other = "," if mark == "." else "."
    if mark in whole or not _is_grouped(whole, other) or not re.fullmatch(r"\d*", rest):
        return {}
    return {mark: Decimal(f"{_digits(whole)}.{rest or 0}")}


def _is_grouped(whole: str, separator: str) -> bool:
    """Whether a whole number has its separators at thousands, or at lakhs and crores."""
    sign = re.escape(separator)
    in_lakhs = separator == "," and re.fullmatch(_LAKHS, whole)
    return bool(in_lakhs or re.fullmatch(_GROUPS % sign, whole))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
