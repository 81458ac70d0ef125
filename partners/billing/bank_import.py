"""Import a bank statement and match its lines with invoices."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import InvalidOperation

from django.db import transaction

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.billing.bank_sheet import parse_amount, parse_day, read_bank_sheet
from partners.billing.payments import record_payment
from partners.models import BankLine, Invoice, Payment
from partners.money.currency import exact


@dataclass
class BankImport:
    """The result of importing a statement."""

    matched: list[Payment] = field(default_factory=list)
    open: list[BankLine] = field(default_factory=list)  # no invoice found
    known: int = 0  # imported before
    skipped: int = 0  # outgoing payments
    rejected: list[str] = field(default_factory=list)  # unreadable lines, with the reason


@transaction.atomic
def import_bank_statement(*, workspace: Workspace, content: bytes, currency: str, by: User) -> BankImport:
    """Read a bank's sheet and match lines that name an invoice with it. Importing again changes nothing.

    `currency` applies to rows without one. Raises ServiceError if the file can't be read as a whole.
    """
    result = BankImport()
    invoices = {i.number: i for i in Invoice.objects.open().filter(workspace=workspace).with_sums()}
    seen: Counter[str] = Counter()
    for row in read_bank_sheet(content):
        try:
            on, amount, code = parse_day(row.on), parse_amount(row.amount), (row.currency or currency).upper()
            amount = exact(amount, code)
        except (ValueError, InvalidOperation) as error:
            result.rejected.append(f"Line {row.line}: {error}")
            continue
        if amount <= 0:
            result.skipped += 1
            continue
        plain = "|".join((str(on), f"{amount:f}", code, row.payer, row.text))
        seen[plain] += 1  # two equal lines in one sheet are two payments
        line, new = BankLine.objects.get_or_create(
            workspace=workspace,
            key=hashlib.sha256(f"{plain}|{seen[plain]}".encode()).hexdigest(),
            defaults={"on": on, "amount": amount, "currency": code, "payer": row.payer[:200], "text": row.text},
        )
        if new:
            _match(line, invoices, result, by)
        else:
            result.known += 1
    return result


def _match(line: BankLine, invoices: dict[str, Invoice], result: BankImport, by: User) -> None:
    invoice = match_line(line, invoices)
    if invoice is None:
        result.open.append(line)
        return
    payment = record_payment(invoice=invoice, amount=line.amount, on=line.on, by=by, reference=line.text, line=line)
    result.matched.append(payment)


def match_line(line: BankLine, invoices: dict[str, Invoice]) -> Invoice | None:
    """The one invoice whose number the line names; None if none or several match, or the currency differs."""
    text = _plain(f"{line.text} {line.payer}")
    named = [i for number, i in invoices.items() if _names(text, _plain(number)) and i.currency == line.currency]
    return named[0] if len(named) == 1 else None


@transaction.atomic
def match_line_by_hand(*, line: BankLine, invoice: Invoice, by: User) -> Payment:
    """Record the payment of an invoice that a coordinator chose for a line."""
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
    """Mark a line as not about invoices, so that it is no longer listed."""
    BankLine.objects.filter(pk=line.pk, payment=None).update(ignored=True)
    record(verb=Verb.SET_ASIDE, target=line, workspace_id=line.workspace_id, by=by)


def _plain(text: str) -> str:
    return re.sub(r"[\s\-/._]", "", text).upper()


def _names(text: str, number: str) -> bool:
    """Whether a text names an invoice: "inv 0012" names INV-0012, "INV-00123" does not."""
    return re.search(re.escape(number) + r"(?!\d)", text) is not None
