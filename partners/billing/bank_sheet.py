"""Read a bank's sheet: columns by the banks' names for them, days and amounts in the banks' formats."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from mentorship.core.errors import ServiceError
from mentorship.core.sheets import MEGABYTE, Limits, read_sheet

LIMITS = Limits(max_bytes=2 * MEGABYTE)
# The banks' names for their columns, in lower case.
_COLUMNS = {
    "on": ("date", "booking date", "value date", "buchungstag", "buchungsdatum", "valuta", "date opération",
           "date de valeur", "fecha", "fecha valor"),
    "amount": ("amount", "betrag", "montant", "importe", "credit", "paid in"),
    "currency": ("currency", "währung", "waehrung", "devise", "divisa", "moneda"),
    "payer": ("payer", "name", "counterparty", "auftraggeber", "beguenstigter/zahlungspflichtiger",
              "name zahlungsbeteiligter", "émetteur", "ordenante"),
    "text": ("reference", "description", "purpose", "details", "verwendungszweck", "libellé", "concepto"),
}  # fmt: skip
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%Y/%m/%d")


@dataclass(frozen=True)
class BankSheetRow:
    """One raw row, and its line in the file. Columns missing from the sheet are empty."""

    line: int
    on: str
    amount: str
    currency: str
    payer: str
    text: str


def read_bank_sheet(content: bytes) -> list[BankSheetRow]:
    """The rows below the header, without empty ones. Raises ServiceError if no column is the date or the amount."""
    sheet = read_sheet(content, LIMITS)
    at = sheet.header_position(lambda cells: all(_places(cells)[key] >= 0 for key in ("on", "amount")))
    if at is None:
        raise ServiceError("No line names the columns: at least a date and an amount are needed.")
    rows, places = sheet.rows[at:], _places(sheet.rows[at].cells)
    return [
        BankSheetRow(row.line, **{key: _cell(row.cells, place) for key, place in places.items()})
        for row in rows[1:]
        if not row.is_empty
    ]


def _places(header: Sequence[str]) -> dict[str, int]:
    """The index of each column in a row, by the names in the header; -1 if it is missing."""
    names = [" ".join(cell.split()).casefold() for cell in header]
    return {key: next((names.index(name) for name in known if name in names), -1) for key, known in _COLUMNS.items()}


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if 0 <= place < len(cells) else ""


def parse_day(text: str) -> date:
    """A day in a bank's format. Raises ValueError."""
    for pattern in _DATES:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError(f"“{text}” is no date that we know.")


def parse_amount(text: str) -> Decimal:
    """An amount, with either sign as the decimal one: 1.234,50 and 1,234.50 are the same. Raises ValueError.

    If both occur the last one is the decimal sign; one that occurs several times separates thousands.
    """
    plain = re.sub(r"[\s'’\u00a0\u202f]", "", text).replace("−", "-")
    if "," in plain and "." in plain:
        thousands = "." if plain.rfind(",") > plain.rfind(".") else ","
        plain = plain.replace(thousands, "")
    elif plain.count(",") > 1 or plain.count(".") > 1:
        plain = plain.replace(",", "").replace(".", "")
    plain = plain.replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(f"“{text}” is no amount.") from error
