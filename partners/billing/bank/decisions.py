"""Decisions of coordinators about lines of a bank statement, and the choices that they are offered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.billing.bank.columns import folded
from partners.billing.bank.matching import LineMatcher
from partners.billing.payments import record_payment, record_refund, record_return
from partners.models import BankLine, Invoice, Payment

MOST_OFFERED = 60


@dataclass(frozen=True)
class OpenLine:
    """A line to decide on, why it was not booked, and what it may be about, the likeliest first.

    Money that came in is for an open invoice; money that went out returns a payment, or pays credit back.
    """

    line: BankLine
    doubt: str
    likely: Sequence[Invoice] = ()
    others: Sequence[Invoice] = ()
    chosen: int | None = None  # what is offered first, if only one is likely
    payments: Sequence[Payment] = ()
    credits: Sequence[Invoice] = ()

    @property
    def has_choices(self) -> bool:
        return bool(self.likely or self.others or self.payments or self.credits)


@dataclass
class _Offers:
    """Invoices and payments that the lines of a page can be about; read once."""

    open: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    credits: list[Invoice] = field(default_factory=list)


def open_lines(workspace: Workspace, lines: Sequence[BankLine]) -> list[OpenLine]:
    """The lines with what is offered for each."""
    matcher, offers = LineMatcher(workspace), _offers(workspace, any(line.amount < 0 for line in lines))
    return [_outgoing(line, matcher, offers) if line.amount < 0 else _incoming(line, matcher, offers) for line in lines]


def _offers(workspace: Workspace, any_went_out: bool) -> _Offers:
    of_workspace = Invoice.objects.filter(workspace=workspace, kind=Invoice.Kind.INVOICE)
    offers = _Offers(open=list(of_workspace.open().select_related("partner").with_sums().order_by("number")))
    if any_went_out:
        received = Payment.objects.filter(invoice__workspace=workspace, kind=Payment.Kind.RECEIVED)
        received = received.select_related("invoice__partner").prefetch_related("returns").order_by("-on", "-pk")
        offers.payments = [one for one in received[:500] if one.not_returned > 0]
        paid = of_workspace.filter(Q(status=Invoice.Status.PAID) | Q(status=Invoice.Status.CREDITED))
        paid = paid.filter(payments__isnull=False).distinct().select_related("partner").with_sums().order_by("-pk")
        offers.credits = [one for one in paid[:500] if one.balance < 0]
    return offers


def _incoming(line: BankLine, matcher: LineMatcher, offers: _Offers) -> OpenLine:
    verdict = matcher.judge(line)
    same_currency = [one for one in offers.open if one.currency == line.currency]
    named = {one.pk for one in verdict.candidates}
    likely = [one for one in same_currency if one.pk in named]
    likely += [one for one in same_currency if one.pk not in named and _fits(one, line)]
    chosen = {one.pk for one in likely}
    others = [one for one in same_currency if one.pk not in chosen][:MOST_OFFERED]
    doubt = verdict.doubt or ("No invoice number." if verdict.invoice is None else "")
    # An invoice that the text names, but that is not open, speaks against one that only fits by name or amount.
    only = likely[0].pk if len(likely) == 1 and (not named or named == {likely[0].pk}) else None
    return OpenLine(line, doubt, likely[:MOST_OFFERED], others, only)


def _fits(invoice: Invoice, line: BankLine) -> bool:
    names = {folded(name) for name in (invoice.partner.name, invoice.partner.legal_name) if name}
    return invoice.balance == line.amount or folded(line.payer) in names


def _outgoing(line: BankLine, matcher: LineMatcher, offers: _Offers) -> OpenLine:
    verdict = matcher.judge(line)
    named = {one.pk for one in verdict.candidates}

    def sorted_by_fit(payment: Payment) -> tuple[bool, bool]:
        return payment.invoice_id not in named, payment.not_returned != -line.amount

    payments = [one for one in offers.payments if one.invoice.currency == line.currency]
    credits = [one for one in offers.credits if one.currency == line.currency]
    credits.sort(key=lambda one: (one.pk not in named, one.balance != line.amount))
    return OpenLine(
        line,
        verdict.doubt,
        payments=sorted(payments, key=sorted_by_fit)[:MOST_OFFERED],
        credits=credits[:MOST_OFFERED],
    )


def _undecided(line: BankLine) -> BankLine:
    """The line, locked. Raises ServiceError if it was decided already."""
    locked = BankLine.objects.select_for_update().get(pk=line.pk)
    if Payment.objects.filter(bank_line=locked).exists():
        raise ServiceError("This payment has already been dealt with.")
    return locked


def _same_currency(line: BankLine, invoices: Iterable[Invoice]) -> None:
    for invoice in invoices:
        if invoice.currency != line.currency:
            raise ServiceError(f"The payment is in {line.currency}, but the invoice is in {invoice.currency}.")


@transaction.atomic
def match_line_by_hand(*, line: BankLine, invoice: Invoice, by: User) -> Payment:
    """Record the payment of an invoice that a coordinator chose for a line."""
    locked = _undecided(line)
    _same_currency(locked, [invoice])
    return record_payment(
        invoice=invoice, amount=locked.amount, on=locked.on, by=by, reference=locked.text, line=locked
    )


@transaction.atomic
def return_by_hand(*, line: BankLine, payment: Payment, by: User) -> Payment:
    """Record that a line returns a payment. A charge that the bank adds to the line is not part of it."""
    locked = _undecided(line)
    _same_currency(locked, [payment.invoice])
    amount = min(-locked.amount, payment.not_returned)
    return record_return(payment=payment, amount=amount, on=locked.on, by=by, reference=locked.text, line=locked)


@transaction.atomic
def refund_by_hand(*, line: BankLine, invoice: Invoice, by: User) -> Payment:
    """Record that a line pays credit of an invoice back to the partner."""
    locked = _undecided(line)
    _same_currency(locked, [invoice])
    return record_refund(
        invoice=invoice, amount=-locked.amount, on=locked.on, by=by, reference=locked.text, line=locked
    )


@transaction.atomic
def ignore_line(*, line: BankLine, by: User) -> None:
    """Mark a line as not about invoices, so that it is no longer listed."""
    BankLine.objects.filter(pk=line.pk, payment=None).update(ignored=True)
    record(verb=Verb.SET_ASIDE, target=line, workspace_id=line.workspace_id, by=by)
