"""Read the days of a statement, with every day that each can mean. Pure; no Django."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel.dates import get_month_names

# The orders of day, month and year that a coordinator can choose from.
ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "cs", "sv", "da", "nb", "fi")
_TIME = re.compile(
    r"(?<=\d)(?:[T ]\s*|,\s*)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|UTC|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
_ZONE = re.compile(r"(?<=\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)$")
_YEARS = range(1990, 2100)
# A statement is of the last ten years; the next one is for bookings that are dated ahead.
_BACK, _AHEAD = 10, 1


@dataclass(frozen=True)
class DayText:
    """A day as it was written: its day for each order that is possible, and the form in which it was written."""

    text: str
    days: dict[str, date]
    form: str

    @property
    def is_ambiguous(self) -> bool:
        return len(set(self.days.values())) > 1


def read_day(text: str, today: date) -> DayText:
    """Every reading of a day; two digits of a year are of years near today. Raises ValueError if there is none."""
    plain = _ZONE.sub("", _TIME.sub("", unicodedata.normalize("NFKC", text).strip())).strip()
    if not plain:
        raise ValueError("The date is missing.")
    for read in (_in_figures, _without_separators, _with_month_name):
        form, orders = read(plain)
        near = {o: day for o, day in orders.items() if -_BACK <= day.year - today.year <= _AHEAD}
        if orders:
            return DayText(text, near or orders, form)
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]?", plain):
        raise ValueError(f"“{text}” has no year.")
    raise ValueError(f"“{text}” is not a date.")


def settled_orders(days: Iterable[DayText]) -> dict[str, str]:
    """Form → the order of day, month and year in which all days of a file's one form can be read.

    A form with several possible orders has none. Where a file has several forms nothing follows from one for another.
    """
    forms: dict[str, list[DayText]] = {}
    for day in days:
        forms.setdefault(day.form, []).append(day)
    if len(forms) != 1:
        return {}
    ((form, written),) = forms.items()
    fit = [order for order in ORDERS if all(order in day.days for day in written)]
    if form == ".2":  # with full stops the day comes first, unless that is impossible
        fit = [order for order in fit if order == "dmy"] or fit
    return {form: fit[0]} if len(fit) == 1 else {}


def day_by(day: DayText, settled: dict[str, str], answer: str) -> date | None:
    """The day, by the order of its form or by what was answered; None if that has to be asked.

    Raises ValueError if it can't be read in the order that was answered.
    """
    if not day.is_ambiguous:
        return next(iter(day.days.values()))
    order = settled.get(day.form) or answer
    if not order:
        return None
    if order not in day.days:
        raise ValueError(f"“{day.text}” can’t be read as {ORDERS[order]}.")
    return day.days[order]


def _in_figures(text: str) -> tuple[str, dict[str, date]]:
    found = re.fullmatch(r"(\d{1,4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?", text)
    if found is None:
        return "", {}
    first, sign, second, last = found.groups()
    if len(first) == 4:
        return "year first", _possible({"ymd": (first, second, last)})
    if len(last) not in (2, 4) or len(first) > 2:
        return "", {}
    parts = {"dmy": (last, second, first)}
    if sign != ".":
        parts["mdy"] = (last, first, second)
    if len(last) == 2:
        parts["ymd"] = (first, second, last)
    return f"{sign}{len(last)}", _possible(parts)


def _without_separators(text: str) -> tuple[str, dict[str, date]]:
    if not re.fullmatch(r"\d{8}|\d{6}", text):
        return "", {}
    year = len(text) - 4
    parts = {
        "ymd": (text[:year], text[year : year + 2], text[year + 2 :]),
        "dmy": (text[4:], text[2:4], text[:2]),
        "mdy": (text[4:], text[:2], text[2:4]),
    }
    return str(len(text)), _possible(parts)


def _with_month_name(text: str) -> tuple[str, dict[str, date]]:
    words = [word for word in re.findall(r"\d+|[^\W\d_]+", text) if word.casefold() not in ("de", "of", "del")]
    words = [word for word in words if word.casefold() not in ("st", "nd", "rd", "th", "er")]
    months = [(at, month) for at, word in enumerate(words) if (month := _months().get(_plain(word)))]
    if len(words) == 4 and months and not words[0].isdigit() and months[0][0] != 0:
        words, months = words[1:], [(at - 1, month) for at, month in months]  # the day of the week
    if len(words) != 3 or len(months) != 1:
        return "", {}
    at, month = months[0]
    numbers = [word for place, word in enumerate(words) if place != at]
    if not all(word.isdecimal() and len(word) < 5 for word in numbers):
        return "", {}
    first, last = numbers
    if len(first) == 4:
        return "named", _possible({"ymd": (first, str(month), last)})
    return "named", _possible({"dmy": (last, str(month), first)})


def _possible(parts: Mapping[str, Sequence[str]]) -> dict[str, date]:
    """Order → day, for those that exist. Two digits of a year are of this century."""
    found = {}
    for order, (year, month, day) in parts.items():
        whole = int(year) + (2000 if len(year) <= 2 else 0)
        if whole not in _YEARS or len(year) == 3:
            continue
        try:
            found[order] = date(whole, int(month), int(day))
        except ValueError:
            continue
    return found


def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold().rstrip("."))
    return "".join(char for char in apart if not unicodedata.combining(char))


@cache
def _months() -> dict[str, int]:
    """Names of months and their short forms in the languages of banks, without those that mean two of them."""
    found: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    found.setdefault(_plain(name), set()).add(number)
    found.setdefault("sept", set()).add(9)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}
