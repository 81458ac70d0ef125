"""What came in: by hand, or out of a bank's CSV matched by the reference; and credits carried over."""

import csv
import hashlib
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from mentorship.accounts.models import User, Workspace
from mentorship.audit.services import record
from partners import words
from partners.models import BankLine, Invoice, Payment
from partners.money import MoneyError, exact
from partners.services.errors import PartnerError
from partners.services.invoicing import settle

# What banks call their columns, in lower case.
_HEADERS = {
    "on": ("date", "booking date", "value date", "buchungstag", "buchungsdatum", "valuta", "date opération",
           "date de valeur", "fecha", "fecha valor"),
    "amount": ("amount", "betrag", "montant", "importe", "credit", "paid in"),
    "currency": ("currency", "währung", "waehrung", "devise", "divisa", "moneda"),
    "payer": ("payer", "name", "counterparty", "auftraggeber", "beguenstigter/zahlungspflichtiger",
              "name zahlungsbeteiligter", "émetteur", "ordenante"),
    "text": ("reference", "description", "purpose", "details", "verwendungszweck", "libellé", "concepto"),
}  # fmt: skip
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
def record_payment(
    *, invoice: Invoice, amount: Decimal, on: date, by: User | None, reference: str = "", line: BankLine | None = None
) -> Payment:
    """Money came in. More than is open stays as a credit. Raises PartnerError for drafts, credit notes and nothing."""
    locked = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    if locked.kind != Invoice.Kind.INVOICE or locked.status == Invoice.Status.DRAFT:
        raise PartnerError("Only an issued invoice is paid.")
    if amount <= 0:
        raise PartnerError("Write how much came in.")
    try:
        amount = exact(amount, locked.currency)
    except MoneyError as error:
        raise PartnerError(str(error)) from error
    payment = Payment.objects.create(invoice=locked, amount=amount, on=on, reference=reference[:200], bank_line=line)
    settle(invoice_id=locked.pk)
    said = words.money(amount, locked.currency)
    record(verb="paid", target=locked, workspace_id=locked.workspace_id, by=by, amount=said, on=str(on))
    return payment


@transaction.atomic
def remove_payment(*, payment: Payment, by: User) -> None:
    """It was a mistake. A line of the bank becomes open again. What was carried over goes back as a pair."""
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=payment.invoice_id)
    if payment.reference.startswith(CARRIED):
        raise PartnerError("What was carried over stays; carry it back instead.")
    if invoice.paid - payment.amount < 0:
        raise PartnerError("It was carried over to another invoice already.")
    said = words.money(payment.amount, invoice.currency)
    record(verb="took back a payment", target=invoice, workspace_id=invoice.workspace_id, by=by, amount=said)
    payment.delete()
    settle(invoice_id=invoice.pk)


CARRIED = "carried over"


@transaction.atomic
def carry_over(*, source: Invoice, target: Invoice, on: date, by: User) -> Decimal:
    """Use what was paid too much (or paid and then credited) on one invoice for another one. Returns the amount."""
    rows = Invoice.objects.select_for_update(of=("self",)).filter(pk__in=[source.pk, target.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    giving, taking = found[source.pk], found[target.pk]
    if (giving.partner_id, giving.currency) != (taking.partner_id, taking.currency):
        raise PartnerError("Both invoices must be of one partner and in one currency.")
    if taking.status not in Invoice.OPEN or taking.kind != Invoice.Kind.INVOICE:
        raise PartnerError(f"Nothing of {taking} is open.")
    amount = min(-giving.balance, taking.balance)
    if amount <= 0:
        raise PartnerError(f"{giving} has no credit to carry over.")
    Payment.objects.create(invoice=giving, amount=-amount, on=on, reference=f"{CARRIED} to {taking.number}")
    Payment.objects.create(invoice=taking, amount=amount, on=on, reference=f"{CARRIED} from {giving.number}")
    settle(invoice_id=giving.pk)
    settle(invoice_id=taking.pk)
    said = words.money(amount, taking.currency)
    record(verb="credit carried over", target=taking, workspace_id=taking.workspace_id, by=by, amount=said)
    return amount


@transaction.atomic
def import_bank(*, workspace: Workspace, text: str, currency: str, by: User) -> BankImport:
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
            defaults={"on": on, "amount": amount, "currency": own, "payer": row.get("payer", "")[:200],
                      "text": row.get("text", "")},
        )  # fmt: skip
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
def match_by_hand(*, line: BankLine, invoice: Invoice, by: User) -> Payment:
    """A coordinator says which invoice a line pays."""
    locked = BankLine.objects.select_for_update().get(pk=line.pk)
    if Payment.objects.filter(bank_line=locked).exists():
        raise PartnerError("This line is matched already.")
    if invoice.currency != locked.currency:
        raise PartnerError(f"The line is in {locked.currency}, the invoice in {invoice.currency}.")
    return record_payment(
        invoice=invoice, amount=locked.amount, on=locked.on, by=by, reference=locked.text, line=locked
    )  # fmt: skip


@transaction.atomic
def ignore_line(*, line: BankLine, by: User) -> None:
    """The line has nothing to do with our invoices."""
    BankLine.objects.filter(pk=line.pk, payment=None).update(ignored=True)
    record(verb="set aside", target=line, workspace_id=line.workspace_id, by=by)


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
        raise PartnerError("The first line must name the columns: at least a date and an amount.")
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
