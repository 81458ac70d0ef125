"""Decide which invoice a line of a bank statement is about; what is not beyond doubt is left to a coordinator."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mentorship.core.accounts.models import Workspace
from partners.billing.bank.numbers import InvoiceNumber, NumberFinder, NumbersFound, plain_text
from partners.documents import formatting
from partners.models import BankLine, Invoice, Payment

# Words by which banks, in the languages of our invoices and their neighbours, say that a payment came back.
_RETURN_WORDS = re.compile(
    r"r(?:ü|ue|u)ck(?:lastschrift|buchung|gabe|überweisung|ueberweisung|zahlung|ruf)|retoure|\bstorn|\brevers|"
    r"\breturn(?:ed|s)?\b|chargeback|charge back|\bbounced|\brefund|\brejet|impay|devoluci|devuelt|\bunpaid\b|"
    r"teruggeboekt|stornering|remboursement|recall|\bzwrot|rimborso|storneret|rejected|dishonou?red"
)


SEEMS_RETURNED = "This looks like a returned payment."


@dataclass(frozen=True)
class Verdict:
    """The invoice or payment of a line, if that is beyond doubt; otherwise why not, and the candidates."""

    invoice: Invoice | None = None
    returned: Payment | None = None
    doubt: str = ""
    candidates: Sequence[Invoice] = field(default_factory=list)


class LineMatcher:
    """Judges the lines of one workspace. Reads the numbers of all issued invoices once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._own: set[int] = set()

    @cached_property
    def _ids(self) -> dict[InvoiceNumber, int]:
        rows = Invoice.objects.issued().filter(workspace=self._workspace, kind=Invoice.Kind.INVOICE)
        return {
            InvoiceNumber(prefix, sequence or 0): pk
            for pk, prefix, sequence in rows.values_list("pk", "prefix", "sequence")
        }

    @cached_property
    def _finder(self) -> NumberFinder:
        return NumberFinder(self._ids)

    def booked(self, line: BankLine) -> None:
        """Remember a line of this import: another like it is another payment, not the same one from another file."""
        self._own.add(line.pk)

    def concerns_invoices(self, line: BankLine) -> bool:
        """Whether money that went out may be about an invoice: a return, or it names one."""
        return takes_back(line) or bool(self._found(line).sure)

    def _found(self, line: BankLine) -> NumbersFound:
        return self._finder.find(f"{line.text} | {line.payer}")

    def _invoices(self, numbers: frozenset[InvoiceNumber]) -> list[Invoice]:
        ids = [self._ids[number] for number in numbers]
        found = list(Invoice.objects.filter(pk__in=ids).select_related("partner").with_sums()) if ids else []
        return sorted(found, key=lambda one: (one.prefix, one.sequence or 0))

    def judge(self, line: BankLine) -> Verdict:
        """Judge a line. Two queries or so for one that names an invoice, none for others."""
        found = self._found(line)
        candidates = self._invoices(found.possible)
        named = found.the_one
        same = (one for one in candidates if named and (one.prefix, one.sequence) == (named.prefix, named.sequence))
        sure = next(same, None)
        if line.amount < 0:
            return self._judge_outgoing(line, sure, candidates)
        if takes_back(line):
            return Verdict(doubt=SEEMS_RETURNED, candidates=candidates)
        if sure is None:
            return Verdict(doubt=_why_not_sure(found, candidates), candidates=candidates)
        doubt = self._doubt(line, sure)
        return Verdict(doubt=doubt, candidates=candidates) if doubt else Verdict(invoice=sure, candidates=candidates)

    def _doubt(self, line: BankLine, invoice: Invoice) -> str:
        """Why a line is not booked although it names this invoice."""
        if invoice.currency != line.currency:
            return f"{invoice} is in {invoice.currency}."
        if invoice.status not in Invoice.OPEN:
            return f"{invoice} is already {invoice.get_status_display()}."
        if line.amount > invoice.balance:
            return f"More than the amount open on {invoice}: {formatting.money(invoice.balance, invoice.currency)}."
        same = [p for p in invoice.payments.all() if p.amount == line.amount and p.on == line.on]
        if any(payment.bank_line_id not in self._own for payment in same):
            return f"A payment of this amount on this day is already recorded for {invoice}."
        return ""

    def _judge_outgoing(self, line: BankLine, sure: Invoice | None, candidates: Sequence[Invoice]) -> Verdict:
        if sure is None or not takes_back(line):
            doubt = SEEMS_RETURNED if takes_back(line) else "A payment that you made."
            return Verdict(doubt=doubt, candidates=candidates)
        received = sure.payments.filter(kind=Payment.Kind.RECEIVED, on__lte=line.on).prefetch_related("returns")
        same = [one for one in received.order_by("-on", "-pk") if one.not_returned == -line.amount]
        if not same or sure.paid + line.amount < 0 or sure.currency != line.currency:
            return Verdict(doubt=f"No payment of this amount is recorded for {sure}.", candidates=candidates)
        return Verdict(returned=same[0], candidates=candidates)


def takes_back(line: BankLine) -> bool:
    """Whether the bank or the text says that a payment came back."""
    return line.is_return or _RETURN_WORDS.search(plain_text(f"{line.text} {line.payer}")) is not None


def _why_not_sure(found: NumbersFound, candidates: Sequence[Invoice]) -> str:
    if not candidates:
        return ""
    names = " and ".join(map(str, candidates))
    if len(found.sure) > 1 or len(candidates) > 1:
        return f"May be for {names}."
    return f"Perhaps for {names}."
