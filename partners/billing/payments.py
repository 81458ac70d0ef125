"""Record and remove payments; carry credit over to another invoice."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.billing.services import update_payment_status
from partners.documents import formatting
from partners.models import BankLine, Invoice, Payment
from partners.money.currency import exact


@transaction.atomic
def record_payment(
    *, invoice: Invoice, amount: Decimal, on: date, by: User | None, reference: str = "", line: BankLine | None = None
) -> Payment:
    """Record a payment. An excess over the balance stays as credit.

    Raises ServiceError for drafts and credit notes, and if the same amount of the same day with the same reference is
    recorded already: it would be counted twice.
    """
    locked = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    if locked.kind != Invoice.Kind.INVOICE or locked.status == Invoice.Status.DRAFT:
        raise ServiceError("Only an issued invoice is paid.")
    if amount <= 0:
        raise ServiceError("Write how much came in.")
    amount = exact(amount, locked.currency)
    if line is None and locked.payments.filter(amount=amount, on=on, reference=reference[:200]).exists():
        raise ServiceError("This payment is recorded already. If this is another one, give it a reference of its own.")
    payment = Payment.objects.create(invoice=locked, amount=amount, on=on, reference=reference[:200], bank_line=line)
    update_payment_status(invoice_id=locked.pk)
    amount_text = formatting.money(amount, locked.currency)
    record(verb=Verb.PAID, target=locked, workspace_id=locked.workspace_id, by=by, amount=amount_text, on=str(on))
    return payment


@transaction.atomic
def record_return(
    *, payment: Payment, amount: Decimal, on: date, by: User | None, reference: str = "", line: BankLine | None = None
) -> Payment:
    """Record that the bank returned a payment, whole or in part: its invoice is open again by that amount.

    Raises ServiceError if more is returned than came, or if the credit it left was carried over or paid back.
    """
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=payment.invoice_id)
    received = invoice.payments.prefetch_related("returns").get(pk=payment.pk)
    if received.kind != Payment.Kind.RECEIVED or not 0 < amount <= received.not_returned:
        left = formatting.money(received.not_returned, invoice.currency)
        raise ServiceError(f"Only {left} of this payment can be returned.")
    if invoice.paid - amount < 0:
        raise ServiceError("It has already been carried over to another invoice.")
    returned = Payment.objects.create(
        invoice=invoice,
        kind=Payment.Kind.RETURNED,
        returned_payment=received,
        amount=-exact(amount, invoice.currency),
        on=on,
        reference=reference[:200],
        bank_line=line,
    )
    _reopened(invoice, Verb.PAYMENT_RETURNED, amount, by)
    return returned


@transaction.atomic
def record_refund(
    *, invoice: Invoice, amount: Decimal, on: date, by: User, reference: str = "", line: BankLine | None = None
) -> Payment:
    """Record that credit of an invoice was paid back to the partner. Raises ServiceError if it has less."""
    locked = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    if not 0 < amount <= -locked.balance:
        credit = formatting.money(max(-locked.balance, Decimal(0)), locked.currency)
        raise ServiceError(f"{locked} has only {credit} of credit to pay back.")
    refund = Payment.objects.create(
        invoice=locked,
        kind=Payment.Kind.REFUNDED,
        amount=-exact(amount, locked.currency),
        on=on,
        reference=reference[:200],
        bank_line=line,
    )
    _reopened(locked, Verb.PAID_BACK, amount, by)
    return refund


def _reopened(invoice: Invoice, verb: Verb, amount: Decimal, by: User | None) -> None:
    update_payment_status(invoice_id=invoice.pk)
    amount_text = formatting.money(amount, invoice.currency)
    record(verb=verb, target=invoice, workspace_id=invoice.workspace_id, by=by, amount=amount_text)


@transaction.atomic
def delete_payment(*, payment: Payment, by: User) -> None:
    """Delete a payment recorded by mistake; its bank line is listed again. Refuses credit that was carried over."""
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=payment.invoice_id)
    if payment.kind == Payment.Kind.CARRIED_OVER:
        raise ServiceError("What was carried over stays; carry it back instead.")
    if payment.returns.exists():
        raise ServiceError("The bank returned this payment. Take the return back first.")
    if payment.amount > 0 and invoice.paid - payment.amount < 0:
        raise ServiceError("It was carried over to another invoice, or paid back.")
    amount_text = formatting.money(payment.amount, invoice.currency)
    record(verb=Verb.TOOK_BACK_A_PAYMENT, target=invoice, workspace_id=invoice.workspace_id, by=by, amount=amount_text)
    payment.delete()
    update_payment_status(invoice_id=invoice.pk)


@transaction.atomic
def carry_over(*, source: Invoice, target: Invoice, on: date, by: User) -> Decimal:
    """Carry the credit of one invoice (overpaid, or paid and then credited) to another. Returns the amount."""
    rows = Invoice.objects.select_for_update(of=("self",)).filter(pk__in=[source.pk, target.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    giving, taking = found[source.pk], found[target.pk]
    if (giving.partner_id, giving.currency) != (taking.partner_id, taking.currency):
        raise ServiceError("Both invoices must be of one partner and in one currency.")
    if taking.status not in Invoice.OPEN or taking.kind != Invoice.Kind.INVOICE:
        raise ServiceError(f"Nothing of {taking} is open.")
    amount = min(-giving.balance, taking.balance)
    if amount <= 0:
        raise ServiceError(f"{giving} has no credit to carry over.")
    carried = Payment.Kind.CARRIED_OVER
    Payment.objects.create(invoice=giving, kind=carried, counterpart=taking, amount=-amount, on=on)
    Payment.objects.create(invoice=taking, kind=carried, counterpart=giving, amount=amount, on=on)
    update_payment_status(invoice_id=giving.pk)
    update_payment_status(invoice_id=taking.pk)
    amount_text = formatting.money(amount, taking.currency)
    record(verb=Verb.CREDIT_CARRIED_OVER, target=taking, workspace_id=taking.workspace_id, by=by, amount=amount_text)
    return amount
