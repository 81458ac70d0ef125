"""Import a bank statement and match its lines with invoices."""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.billing.payments import record_payment
from partners.models import BankLine, Invoice, Payment
from partners.money.currency import exact

# What banks call their columns, in lower case.
_HEADERS = {
    "on": (
        "date",
        "booking date",
        "value date",
        "buchungstag",
        "buchungsdatum",
        "valuta",
        "date opération",
        "date de valeur",
        "fecha",
        "fecha valor",
    ),
    "amount": ("amount", "betrag", "montant", "importe", "credit", "paid in"),
    "currency": ("currency", "währung", "waehrung", "devise", "divisa", "moneda"),
    "payer": (
        "payer",
        "name",
        "counterparty",
        "auftraggeber",
        "beguenstigter/zahlungspflichtiger",
        "name zahlungsbeteiligter",
        "émetteur",
        "ordenante",
    ),
    "text": ("reference", "description", "purpose", "details", "verwendungszweck", "libellé", "concepto"),
}


_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%Y/%m/%d")


@dataclass
class BankImport:
    """What came of a bank's sheet."""

    matched: list[Payment] = field(default_factory=list)
    open: list[BankLine] = field(default_factory=list)
    known: int = 0
    skipped: int = 0
    rejected: list[str] = field(default_factory=list)


@transaction.atomic
def import_bank_statement(*, workspace: Workspace, text: str, currency: str, by: User) -> BankImport:
    """Read a bank's CSV: what names an invoice's number is matched, the rest waits. Importing again changes nothing."""
    found = BankImport()
    rows = _rows(text)
    invoices = {i.number: i for i in Invoice.objects.open().filter(workspace=workspace).with_sums()}
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        try:
            on, amount, own = _day(row["on"]), _amount(row["amount"]), (row.get("currency") or currency).upper()
            amount = exact(amount, own)
        except (ValueError, InvalidOperation) as error:
            found.rejected.append(f"Line {number}: {error}")
            continue
        if amount <= 0:
            found.skipped += 1  # money that went out is none of our business
            continue
        plain = "|".join((str(on), f"{amount:f}", own, row.get("payer", ""), row.get("text", "")))
        seen[plain] = seen.get(plain, 0) + 1  # two equal lines in one sheet are two payments
        key = hashlib.sha256(f"{plain}|{seen[plain]}".encode()).hexdigest()
        line, new = BankLine.objects.get_or_create(
            workspace=workspace,
            key=key,
            defaults={
                "on": on,
                "amount": amount,
                "currency": own,
                "payer": row.get("payer", "")[:200],
                "text": row.get("text", ""),
            },
        )
        if not new:
            found.known += 1
        elif (invoice := match_line(line, invoices)) is not None:
            found.matched.append(
                record_payment(invoice=invoice, amount=amount, on=on, by=by, reference=line.text, line=line)
            )
        else:
            found.open.append(line)
    return found


def match_line(line: BankLine, invoices: dict[str, Invoice]) -> Invoice | None:
    """The one invoice whose number the line names; None where none or several do, or the currency is another."""
    said = _plain(f"{line.text} {line.payer}")
    named = [i for number, i in invoices.items() if _names(said, _plain(number)) and i.currency == line.currency]
    return named[0] if len(named) == 1 else None


@transaction.atomic
def match_line_by_hand(*, line: BankLine, invoice: Invoice, by: User) -> Payment:
    """A coordinator says which invoice a line pays."""
    locked = BankLine.objects.select_for_update().get(pk=line.pk)
    if Payment.objects.filter(bank_line=locked).exists():
        raise ServiceError("This line is matched already.")
    if invoice.currency != locked.currency:
        raise ServiceError(f"The line is in {locked.currency}, the invoice in {invoice.currency}.")
    return record_payment(
        invoice=invoice, amount=locked.amount, on=locked.on, by=by, reference=locked.text, line=locked
    )


@transaction.atomic
def ignore_line(*, line: BankLine, by: User) -> None:
    """The line has nothing to do with our invoices."""
    BankLine.objects.filter(pk=line.pk, payment=None).update(ignored=True)
    record(verb=Verb.SET_ASIDE, target=line, workspace_id=line.workspace_id, by=by)


def _plain(text: str) -> str:
    return re.sub(r"[\s\-/._]", "", text).upper()


def _names(said: str, number: str) -> bool:
    """INV-0012 is named by "inv 0012", and not by "INV-00123"."""
    return re.search(re.escape(number) + r"(?!\d)", said) is not None


def _rows(text: str) -> list[dict[str, str]]:
    text = text.lstrip("\ufeff")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    head = [cell.strip().casefold() for cell in next(reader, [])]
    places = {key: next((head.index(n) for n in names if n in head), -1) for key, names in _HEADERS.items()}
    if places["on"] < 0 or places["amount"] < 0:
        raise ServiceError("The first line must name the columns: at least a date and an amount.")
    return [
        {key: row[n].strip() if 0 <= n < len(row) else "" for key, n in places.items()}
        for row in reader
        if any(cell.strip() for cell in row)
    ]


def _day(text: str) -> date:
    for pattern in _DATES:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValueError(f"“{text}” is no date that we know.")


def _amount(text: str) -> Decimal:
    """1.234,50 and 1,234.50 are the same; the last of the two signs is the decimal one."""
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
