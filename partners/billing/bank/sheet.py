"""Read a bank's sheet. What it leaves open is asked; nothing is guessed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from mentorship.core.errors import ServiceError
from mentorship.core.sheets import MEGABYTE, Limits, ReadingChoice, Sheet, SheetError, SheetRow, read_sheet
from partners.billing.bank import sheet_questions as questions
from partners.billing.bank.amounts import AmountText, currency_in, decimal_sign, read_amount
from partners.billing.bank.columns import BOOKED, MARKS, NOT_BOOKED, REVERSING, Columns, find_columns, folded, is_header
from partners.billing.bank.days import DayText, day_by, read_day, settled_orders
from partners.billing.bank.entries import Statement, StatementEntry
from partners.money.currency import exact

LIMITS = Limits(max_bytes=10 * MEGABYTE)
HEADER_WITHIN = 60
NO_HEADER = (
    "No line names the columns. The file needs a line with their names, at least a date and an amount, "
    "such as: Date, Amount, Payer, Reference."
)
LOST = "\ufffd"
_TOTALS = (
    "saldo",
    "balance",
    "total",
    "summe",
    "kontostand",
    "anfangssaldo",
    "endsaldo",
    "solde",
    "sum",
    "totaal",
    "suma",
    "opening balance",
    "closing balance",
    "alter kontostand",
    "neuer kontostand",
)
_BALANCES = ("balance", "saldo", "solde", "kontostand")


@dataclass
class SheetLine:
    """A row with an amount: its readings, before the questions of the file are answered."""

    row: SheetRow
    day: DayText
    amount: AmountText
    sign: int
    currency: str
    is_return: bool = False


@dataclass
class SheetReading:
    """A sheet while it is read: its columns, the lines so far, and what is known of the file as a whole."""

    columns: Columns
    rows: list[SheetRow]
    today: date
    answers: Mapping[str, str]
    statement: Statement
    lines: list[SheetLine] = field(default_factory=list)
    days: list[DayText] = field(default_factory=list)
    money: list[AmountText] = field(default_factory=list)

    def cell(self, row: SheetRow, role: str) -> str:
        at = self.columns.at.get(role, -1)
        return row.cells[at] if 0 <= at < len(row.cells) else ""

    def filled(self, role: str) -> list[str]:
        return [cell for row in self.rows if (cell := self.cell(row, role))]

    @cached_property
    def has_signs(self) -> bool:
        """Whether the column of amounts has any with a minus."""
        return any(amount.is_negative for amount in readable(self.filled("amount")))

    @cached_property
    def signs_of_debits(self) -> set[bool]:
        """Whether the amounts in the column of debits are negative."""
        return {amount.is_negative for amount in readable(self.filled("debit")) if any(amount.values.values())}


def readable(cells: Iterable[str]) -> list[AmountText]:
    """The cells that are amounts."""
    found = []
    for cell in cells:
        try:
            found.append(read_amount(cell))
        except ValueError:
            continue
    return found


def read_bank_sheet(content: bytes, answers: Mapping[str, str], today: date) -> Statement:
    """The entries of a CSV, XLSX or ODS file. Raises ServiceError if it can't be read as a whole."""
    sheet, at = _sheet_and_header(content, answers.get("encoding", ""))
    header, rows = sheet.rows[at].cells, [row for row in sheet.rows[at + 1 :] if not row.is_empty]
    statement = Statement("sheet", layout=_layout(header, sheet), columns=", ".join(filter(None, header))[:500])
    columns = find_columns(header, [row.cells for row in rows])
    reading = SheetReading(columns, rows, today, answers, statement)
    statement.questions += questions.about_encoding(sheet, answers)
    lost = [note for note in sheet.notes if LOST in note]
    statement.notes += [note for note in lost if not statement.questions]
    statement.remarks += [note for note in sheet.notes if note not in lost]
    statement.questions += questions.about_amount_column(reading, header)
    if "amount_column" in answers and answers["amount_column"].isdecimal():
        columns.at["amount"] = int(answers["amount_column"])
    _collect(reading)
    _settle(reading)
    return statement


def _sheet_and_header(content: bytes, encoding: str) -> tuple[Sheet, int]:
    """The sheet and the place of its header. Raises ServiceError.

    Lines above the header can mislead about the delimiter: then the one that makes a header counts.
    """
    refused: SheetError | None = None
    for delimiter in ("", ";", ",", "\t", "|"):
        try:
            sheet = read_sheet(content, LIMITS, ReadingChoice(encoding=encoding, delimiter=delimiter))
        except SheetError as error:
            refused = refused or error
            continue
        at = sheet.header_position(is_header, within=HEADER_WITHIN)
        if at is not None:
            return sheet, at
        if not sheet.delimiter:  # a workbook
            break
    raise refused or ServiceError(NO_HEADER)


def _layout(header: Sequence[str], sheet: Sheet) -> str:
    """Recognises sheets of the same bank: equal names of columns, in the same order."""
    words = "|".join([folded(cell) for cell in header] + [sheet.delimiter])
    return hashlib.sha256(words.encode()).hexdigest()


def _collect(reading: SheetReading) -> None:
    """Read each row as far as it can be read by itself."""
    _check_marks(reading)
    for at in reading.columns.money:
        reading.money += readable(row.cells[at] for row in reading.rows if at < len(row.cells))
    states = {folded(cell) for cell in reading.filled("state")}
    has_states = bool(states & (NOT_BOOKED | BOOKED))
    for row in reading.rows:
        if _is_total(reading, row):
            continue
        if has_states and (state := folded(reading.cell(row, "state"))) not in BOOKED:
            _leave_out(reading, row, state)
            continue
        try:
            line = _read_row(reading, row)
        except ValueError as error:
            reading.statement.problems.append(f"Line {row.line}: {error}")
        else:
            reading.lines += [line] if line else []


def _leave_out(reading: SheetReading, row: SheetRow, state: str) -> None:
    if state in NOT_BOOKED:
        reading.statement.pending += 1
        return
    said = reading.cell(row, "state")
    reading.statement.problems.append(f"Line {row.line}: “{said}” does not say whether it is booked.")


def _is_total(reading: SheetReading, row: SheetRow) -> bool:
    """Whether a row has neither day nor amount, or is a balance or total among the entries."""
    day = reading.cell(row, "on") or reading.cell(row, "value_on")
    if not day and not any(reading.cell(row, role) for role in ("amount", "credit", "debit")):
        return True
    words = [folded(cell).strip(" :#*") for cell in row.cells if cell]
    first = folded(day).strip(" :") or words[0]
    if first.startswith(_TOTALS) or any(word in _TOTALS for word in words):
        return True
    has_amount = any(reading.cell(row, role) for role in ("amount", "credit", "debit"))
    return not has_amount and any(part in word for word in words for part in _BALANCES)


def _check_marks(reading: SheetReading) -> None:
    """Forget a column that only looked like marks of debit and credit: some amount has the opposite sign."""
    columns = reading.columns
    if "mark" not in columns.at or columns.marks_are_named:
        return
    cells = [(reading.cell(row, "amount"), folded(reading.cell(row, "mark"))) for row in reading.rows]
    pairs = [(amount, MARKS[mark]) for amount, mark in cells if mark in MARKS]
    signed = [(amount[0], mark) for text, mark in pairs if (amount := readable([text]))]
    if any(amount.is_negative for amount, _ in signed) and any(
        amount.is_negative != (mark < 0) for amount, mark in signed
    ):
        del columns.at["mark"]


def _read_row(reading: SheetReading, row: SheetRow) -> SheetLine | None:
    """A row with its readings; None for one without money. Raises ValueError."""
    day = read_day(reading.cell(row, "on") or reading.cell(row, "value_on"), reading.today)
    reading.days.append(day)
    if reading.cell(row, "on") and (other := reading.cell(row, "value_on")):
        reading.days += _other_days(other, reading.today)
    place, amount, sign, is_return = _amount_of(reading, row)
    if not any(amount.values.values()):
        reading.statement.zero += 1
        return None
    currency = _currency_of(reading, row, place, amount)
    return SheetLine(row, day, amount, sign, currency, is_return)


def _other_days(cell: str, today: date) -> list[DayText]:
    try:
        return [read_day(cell, today)]
    except ValueError:
        return []


def _amount_of(reading: SheetReading, row: SheetRow) -> tuple[int, AmountText, int, bool]:
    """The column of the amount, the amount, 1 or -1 to multiply it by, and whether it takes an entry back."""
    at = reading.columns.at
    parts = {role: read_amount(cell) for role in ("credit", "debit", "amount") if (cell := reading.cell(row, role))}
    split = {role: part for role, part in parts.items() if role != "amount" and any(part.values.values())}
    if len(split) > 1:
        raise ValueError("Both debit and credit have an amount.")
    if not split:
        if "amount" not in parts:
            other = next(iter(parts.values()), None) or read_amount("")
            return at["credit" if "credit" in parts else "debit"], other, 1, False
        return at["amount"], parts["amount"], *_direction(reading, row, parts["amount"])
    ((role, part),) = split.items()
    sign = 1 if role == "credit" else _sign_of_debits(reading)
    if "amount" in parts:
        _compare(part, parts["amount"])
    return at[role], part, sign, role == "credit" and part.is_negative


def _sign_of_debits(reading: SheetReading) -> int:
    """The factor that makes an amount of the debit column negative: some banks write it negative there."""
    if len(reading.signs_of_debits) > 1:
        raise ValueError("The debit column has amounts with and without a minus, so it isn’t clear which went out.")
    return 1 if reading.signs_of_debits == {True} else -1


def _compare(part: AmountText, amount: AmountText) -> None:
    same = any(abs(value) == abs(amount.values[sign]) for sign, value in part.values.items() if sign in amount.values)
    if any(amount.values.values()) and not same:
        raise ValueError(f"The amount is “{amount.text}” in one column and “{part.text}” in another.")


def _direction(reading: SheetReading, row: SheetRow, amount: AmountText) -> tuple[int, bool]:
    """1 or -1 to multiply an amount by, and whether it takes an entry back. Raises ValueError if marks are unclear."""
    if "mark" not in reading.columns.at or not any(amount.values.values()):
        return 1, False
    said = reading.cell(row, "mark")
    mark = MARKS.get(folded(said))
    if mark is None:
        raise ValueError(
            f"“{said}” is neither debit nor credit." if said else "It isn’t marked as a debit or a credit."
        )
    is_return = folded(said) in REVERSING
    if not reading.has_signs:
        return mark, is_return
    if amount.is_negative != (mark < 0):
        raise ValueError(f"“{amount.text}” and “{said}” contradict each other.")
    return 1, is_return


def _currency_of(reading: SheetReading, row: SheetRow, place: int, amount: AmountText) -> str:
    """The code; empty if the file doesn't say it. Raises ValueError for an unknown or contradictory one."""
    said = reading.cell(row, "currency")
    code = currency_in(said)
    if said and not code:
        raise ValueError(f"“{said}” is not a currency.")
    in_names = reading.columns.in_names
    codes = {code, amount.currency, in_names.get(place, "")} - {""}
    named = codes - {"$"} or (set() if codes else set(in_names.values()) - {"$"})
    if len(named) > 1:
        raise ValueError(f"The line names several currencies: {', '.join(sorted(named))}.")
    return named.pop() if named else ""


def _settle(reading: SheetReading) -> None:
    """Make entries of the lines, by what the file as a whole allows and by what was answered; ask for the rest."""
    statement, answers = reading.statement, reading.answers
    decimal = decimal_sign(reading.money) or answers.get("decimal", "")
    settled = settled_orders(reading.days)
    if _lacks_direction(reading):
        statement.questions += questions.about_direction(answers)
    waiting: list[SheetLine] = []
    for line in reading.lines:
        try:
            entry = _entry(reading, line, decimal, settled)
        except ValueError as error:
            statement.problems.append(f"Line {line.row.line}: {error}")
            continue
        if entry is None:
            waiting.append(line)
        else:
            statement.entries.append(entry)
    statement.questions += questions.about_lines(waiting, decimal, settled, answers)


def _entry(reading: SheetReading, line: SheetLine, decimal: str, settled: dict[str, str]) -> StatementEntry | None:
    """The entry of a line; None if something has to be asked first. Raises ValueError."""
    on = day_by(line.day, settled, reading.answers.get("days", ""))
    currency = line.currency or reading.answers.get("currency", "")
    if line.amount.is_ambiguous and not decimal:
        return None
    if on is None or not currency:
        return None
    values = line.amount.values
    amount = values[decimal] if line.amount.is_ambiguous else next(iter(values.values()))
    payer, texts = reading.cell(line.row, "payer"), _texts(reading, line.row)
    main = reading.cell(line.row, "text")
    return StatementEntry(
        place=f"Line {line.row.line}",
        on=on,
        amount=exact(Decimal(amount * line.sign), currency),
        currency=currency,
        payer=payer,
        text=" ".join(" ".join(texts).split()),
        identity=f"{payer}|{main}",
        is_return=line.is_return,
    )


def _texts(reading: SheetReading, row: SheetRow) -> list[str]:
    """The different texts of a row, the main one first."""
    cells = [row.cells[at] for at in reading.columns.texts if at < len(row.cells) and row.cells[at]]
    return list(dict.fromkeys(cells))


def _lacks_direction(reading: SheetReading) -> bool:
    """Whether nothing says which amounts came in, although the file seems to hold others."""
    at = reading.columns.at
    if {"credit", "debit", "mark"} & set(at) or any(line.amount.has_sign for line in reading.lines):
        return False
    return bool(
        questions.falls(reading.filled("balance"), [line.amount for line in reading.lines])
        or reading.columns.unknown([row.cells for row in reading.rows])  # one of them may tell, in words unknown here
        or any(questions.speaks_of_debits(" ".join(_texts(reading, line.row))) for line in reading.lines)
    )
