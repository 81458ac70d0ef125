"""Questions that a bank's sheet leaves open, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from mentorship.core.errors import ServiceError
from mentorship.core.sheets import ENCODINGS, Sheet
from partners.billing.bank.amounts import AmountText, read_amount
from partners.billing.bank.columns import folded
from partners.billing.bank.days import ORDERS
from partners.billing.bank.entries import BankQuestion
from partners.documents import formatting

if TYPE_CHECKING:
    from partners.billing.bank.sheet import SheetLine, SheetReading

_DEBIT_WORDS = re.compile(
    r"\b(direct debit|debit|withdrawal|purchase|card payment|fee|charge|lastschrift|abbuchung|prelevement|recibo|"
    r"incasso|addebito|entgelt|gebuhr)\b"
)
SIGN_NAMES = {".": "full stop", ",": "comma"}
NO_DIRECTION = (
    "The file doesn’t say which amounts came in and which went out. Download camt.053 or MT940 from your bank, "
    "or a CSV with signs, or with a column for debit or credit."
)


def about_encoding(sheet: Sheet, answers: Mapping[str, str]) -> list[BankQuestion]:
    """Ask which letters are right, if some can't be read."""
    lost = [note for note in sheet.notes if "\ufffd" in note]
    if not lost or not sheet.looks or answers.get("encoding"):
        return []
    choices = tuple((name, f"{sample} ({ENCODINGS[name]})") for name, sample in sheet.looks.items())
    return [BankQuestion("encoding", "Which names look right?", " ".join(lost), choices)]


def about_amount_column(reading: SheetReading, header: Sequence[str]) -> list[BankQuestion]:
    """Ask which of several columns of the same name is the amount, unless their cells are equal."""
    places = reading.columns.amounts
    texts = {tuple(row.cells[at] if at < len(row.cells) else "" for row in reading.rows) for at in places}
    if len(texts) < 2 or reading.answers.get("amount_column", "") in map(str, places):
        return []
    choices = tuple((str(at), f"{header[at]} (column {at + 1})") for at in places)
    return [BankQuestion("amount_column", "Which column has the amount that was booked?", choices=choices)]


def about_direction(answers: Mapping[str, str]) -> list[BankQuestion]:
    """Whether all amounts came in. Asked anew for each file: the next one may hold others. Raises ServiceError."""
    if answers.get("direction") == "in":
        return []
    if answers.get("direction") == "mixed":
        raise ServiceError(NO_DIRECTION)
    choices = (("in", "Yes, all of it came in"), ("mixed", "No, or I’m not sure"))
    label = "No amount has a sign. Is all of it money that you received?"
    return [BankQuestion("direction", label, choices=choices, remembered=False)]


def about_lines(
    waiting: Sequence[SheetLine], decimal: str, settled: Mapping[str, str], answers: Mapping[str, str]
) -> list[BankQuestion]:
    """The questions that keep lines from being read: the order of days, the decimal sign, the currency."""
    found = []
    for line in waiting:
        if line.day.is_ambiguous and not (settled.get(line.day.form) or answers.get("days")):
            found.append(_about_days(line, waiting))
            break
    for line in waiting:
        if line.amount.is_ambiguous and not decimal:
            found.append(_about_decimals(line))
            break
    if any(not line.currency for line in waiting) and not answers.get("currency"):
        label = "Which currency are the amounts in?"
        found.append(BankQuestion("currency", label, "The file doesn’t say. Enter three letters, such as EUR."))
    return found


def _about_days(line: SheetLine, waiting: Sequence[SheetLine]) -> BankQuestion:
    possible = {order for one in waiting if one.day.is_ambiguous for order in one.day.days}
    choices = tuple(
        (order, f"{formatting.day(line.day.days[order])} ({words})" if order in line.day.days else words.capitalize())
        for order, words in ORDERS.items()
        if order in possible
    )
    return BankQuestion("days", f"Which day is “{line.day.text}”?", f"In line {line.row.line}.", choices)


def _about_decimals(line: SheetLine) -> BankQuestion:
    amount = line.amount
    used = "." if "." in amount.text else ","
    choices = tuple(
        (
            sign,
            f"{abs(value):f}: the {SIGN_NAMES[used]} {'is the decimal sign' if sign == used else 'marks thousands'}",
        )
        for sign, value in amount.values.items()
    )
    return BankQuestion("decimal", f"How much is “{amount.text}”?", f"In line {line.row.line}.", choices)


def speaks_of_debits(text: str) -> bool:
    """Whether a text has words for money that goes out."""
    return _DEBIT_WORDS.search(folded(text)) is not None


def falls(balances: Sequence[str], amounts: Sequence[AmountText]) -> bool:
    """Whether the balance after each entry shows that some amounts went out."""
    if len(balances) != len(amounts) or len(amounts) < 2:
        return False
    try:
        after = [read_amount(cell) for cell in balances]
    except ValueError:
        return False
    for sign in (".", ","):
        if not all(sign in one.values for one in (*after, *amounts)):
            continue
        sums, parts = [one.values[sign] for one in after], [one.values[sign] for one in amounts]
        steps = [later - earlier for earlier, later in pairwise(sums)]
        if steps == parts[1:] or [-step for step in steps] == parts[:-1]:
            return False
    return True
