"""Read MT940 statements (.sta, .mta, .940) with the library mt-940."""

import logging
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from mentorship.core.errors import ServiceError
from mentorship.core.sheets.encodings import decode
from partners.billing.bank.entries import Statement, StatementEntry
from partners.money.currency import exact

# Reversals of a credit and of a debit have the opposite sign of their letter. Others are expected or not booked.
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}
_DAMAGED = "The MT940 file can’t be read: {}. Download it again, or as camt.053 or CSV."


def looks_like_mt940(content: bytes) -> bool:
    """Whether a file has the fields of a SWIFT statement."""
    head = content[:4000]
    return (
        re.search(rb"(?m)^\s*(?:\{4:\s*)?:20:", head) is not None
        and re.search(rb"(?m)^:(?:25|28|60)[A-Z]?:", head) is not None
    )


def read_mt940(content: bytes) -> Statement:
    """The booked entries of a SWIFT statement. Raises ServiceError if it is damaged."""
    import mt940  # noqa: PLC0415 slow library: needed by few requests
    from mt940.options import Options  # noqa: PLC0415 slow library: needed by few requests

    logging.getLogger("mt940").setLevel(
        logging.CRITICAL
    )  # it logs each field that it can't read, with what people wrote
    text, _encoding, notes = decode(content)
    statement = Statement("MT940", remarks=notes)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Some banks put a blank before a field, and SWIFT's envelope before the first one.
    text = re.sub(r"(?m)^[ \t]*(?:\{.*\{4:)?[ \t]*(?=:\d\d[A-Z]?:)", "", text)
    try:
        parts = mt940.parse_statements(text, options=Options.all())
    except (RuntimeError, ValueError, InvalidOperation, KeyError, AssertionError) as error:
        raise ServiceError(_DAMAGED.format(_first_line(error))) from error
    lines = len(re.findall(r"(?m)^:61:", text))
    number = 0
    for part in parts:
        for one in part.transactions:
            number += 1
            _read(statement, one.data, f"Entry {number}")
        _check_balances(statement, part)
    if number != lines:
        raise ServiceError(_DAMAGED.format(f"{lines} entries are announced, {number} were found"))
    return statement


def _first_line(error: Exception) -> str:
    """The field that can't be read, in a few words: the library gives it as the last argument of its error."""
    said = error.args[-1] if len(error.args) > 2 else (error.args or [""])[0]
    return f"“{' '.join(str(said).split())[:80]}” is not understood"


def _read(statement: Statement, data: dict[str, Any], place: str) -> None:
    mark = (data.get("status") or "").upper()
    if mark not in _SIGNS:
        statement.pending += 1
        return
    amount = abs(data["amount"].amount) * _SIGNS[mark]
    currency = data["amount"].currency or ""
    if not amount:
        statement.zero += 1
        return
    try:
        amount = exact(Decimal(amount), currency)
    except ServiceError as error:
        statement.problems.append(f"{place}: {error}")
        return
    payer, text = _payer(data), _text(data)
    reference = "" if _is_filler(data.get("bank_reference")) else data["bank_reference"].strip()
    returned = bool(data.get("return_debit_notes")) or mark in ("RC", "RD")
    statement.entries.append(
        StatementEntry(
            place=place,
            on=_booked_on(data),
            amount=amount,
            currency=currency,
            payer=payer,
            text=text,
            identity=f"reference|{reference}|{text}" if reference else f"{payer}|{text}",
            is_return=returned,
        )
    )


def _booked_on(data: dict[str, Any]) -> date:
    """The day of booking, which is not always the day of value."""
    day = data.get("guessed_entry_date") or data["date"]
    return date(day.year, day.month, day.day)


def _is_filler(text: str | None) -> bool:
    return not text or text.strip().upper() in ("", "NONREF", "NOREF", "NOTPROVIDED")


def _payer(data: dict[str, Any]) -> str:
    return " ".join((data.get("applicant_name") or "").split())


def _text(data: dict[str, Any]) -> str:
    """The payer's text. Where the bank does not divide it, it comes as a whole."""
    names = (
        "purpose",
        "additional_purpose",
        "end_to_end_reference",
        "customer_reference",
        "transaction_details",
        "extra_details",
    )
    texts = [" ".join(str(data.get(name) or "").split()) for name in names]
    return " ".join(dict.fromkeys(text for text in texts if not _is_filler(text)))


def _check_balances(statement: Statement, part: Any) -> None:
    """Compare the booked entries with the balances of a statement, if it has both."""
    opening = part.data.get("final_opening_balance") or part.data.get("intermediate_opening_balance")
    closing = part.data.get("final_closing_balance") or part.data.get("intermediate_closing_balance")
    if not opening or not closing:
        return
    marks = [(one.data["amount"].amount, (one.data.get("status") or "").upper()) for one in part.transactions]
    change = sum((abs(amount) * _SIGNS[mark] for amount, mark in marks if mark in _SIGNS), Decimal(0))
    statement.check_balance(start=opening.amount.amount, change=change, end=closing.amount.amount)
