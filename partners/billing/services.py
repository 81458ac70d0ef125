"""Draft, issue and credit invoices."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError
from partners.billing import mails as billing_mails
from partners.billing.billers import biller_of
from partners.billing.credits import LineLeft, lines_left
from partners.billing.reminders import next_reminder_on
from partners.documents import einvoice, formatting, invoices
from partners.documents.vat import needs_reason, vat_groups
from partners.models import (
    CostShare,
    InstalmentDue,
    Invoice,
    InvoiceLine,
    IssuedDocument,
    NumberSeries,
    Partner,
    Sponsorship,
)
from partners.money.currency import exact, rounded


class LineInput(NamedTuple):
    """A line of a draft. Without a category it has the VAT of its invoice; `credits` is the line that it takes back."""

    text: str
    quantity: Decimal
    price: Decimal
    tax_category: str = ""
    tax_percent: Decimal | None = None
    credits: InvoiceLine | None = None


# A line, or its text, quantity and price.
AnyLine = LineInput | tuple[str, Decimal, Decimal]


@transaction.atomic
def draft_invoice(
    *,
    partner: Partner,
    by: User | None,
    instalments: Sequence[InstalmentDue] = (),
    shares: Sequence[CostShare] = (),
    seats: Sequence[Sponsorship] = (),
    lines: Sequence[AnyLine] = (),
    currency: str = "",
    po_number: str = "",
) -> Invoice:
    """Draft an invoice for instalments, agreed cost shares, seats and further lines (text, quantity, price).

    Raises ServiceError if an item is on an invoice already, is not agreed, or is in another currency.
    """
    biller = biller_of(partner.workspace)
    found = [*_of_instalments(partner, instalments), *_of_shares(partner, shares), *_of_seats(partner, seats)]
    currencies = {c for c, *_ in found} | ({currency} if currency else set())
    if len(currencies) > 1:
        raise ServiceError(f"One invoice has one currency; these are {', '.join(sorted(currencies))}.")
    invoice = Invoice.objects.create(
        workspace=partner.workspace,
        partner=partner,
        currency=currencies.pop() if currencies else partner.currency,
        language=partner.language,
        po_number=po_number
        or next((i.sponsorship.po_number for i in instalments if i.sponsorship and i.sponsorship.po_number), ""),
        buyer_reference=partner.buyer_reference,
        e_format=partner.e_format,
        terms_days=biller.terms_days,
        tax_category=Invoice.Tax.STANDARD if biller.vat_percent else Invoice.Tax.EXEMPT,
        tax_percent=biller.vat_percent,
        exempt_reason="" if biller.vat_percent else biller.exempt_reason,
    )
    set_lines(invoice=invoice, lines=[*(row[1:] for row in found), *lines], by=None)
    InstalmentDue.objects.filter(pk__in=[i.pk for i in instalments]).update(invoice=invoice)
    CostShare.objects.filter(pk__in=[s.pk for s in shares]).update(invoice=invoice)
    record(verb=Verb.DRAFTED, target=invoice, workspace_id=partner.workspace_id, by=by, partner=partner.name)
    return invoice


SMALLEST_PRICE = Decimal(1).scaleb(-InvoiceLine.MAX_PRICE_DECIMALS)
Found = list[tuple[str, str, Decimal, Decimal]]  # currency, text, quantity, price


def _of_instalments(partner: Partner, instalments: Sequence[InstalmentDue]) -> Found:
    rows = InstalmentDue.objects.select_for_update(of=("self",)).filter(pk__in=[i.pk for i in instalments])
    found: Found = []
    # The join of either may be empty, so the owners are read without a lock.
    for row in rows.prefetch_related("sponsorship__cohort", "framework"):
        terms = row.terms
        if row.invoice_id or terms.partner_id != partner.pk:
            raise ServiceError(f"{row} is on an invoice already, or belongs to somebody else.")
        if terms.draft:
            raise ServiceError(f"{terms} is not agreed yet.")
        of_round = f"{row.sponsorship.scope}, {row.sponsorship.cohort}" if row.sponsorship else str(terms)
        text = of_round + (f" ({row.what})" if row.what else "")
        found.append((terms.currency, text[:300], Decimal(1), row.amount))
    return found


def _of_shares(partner: Partner, shares: Sequence[CostShare]) -> Found:
    rows = CostShare.objects.select_for_update(of=("self",)).filter(pk__in=[s.pk for s in shares])
    found: Found = []
    for row in rows.select_related("cost__cohort"):
        if row.invoice_id or row.partner_id != partner.pk:
            raise ServiceError(f"{row} is on an invoice already, or belongs to somebody else.")
        if row.status != CostShare.Status.AGREED:
            raise ServiceError(f"{row} is not agreed yet.")
        text = f"{row.cost.what}, {row.cost.cohort}"
        if row.payer_currency != row.cost.currency:
            cost = formatting.money(row.amount, row.cost.currency)
            text += f" ({cost} at {row.rate.normalize():f} of {row.rate_on:%Y-%m-%d})"
        found.append((row.payer_currency, text[:300], Decimal(1), row.payer_amount))
    return found


def _of_seats(partner: Partner, seats: Sequence[Sponsorship]) -> Found:
    found: Found = []
    for one in seats:
        if one.partner_id != partner.pk or not one.seat_price or one.group is None:
            raise ServiceError(f"{one} has no group with a price for a seat.")
        taken = one.group.enrollments.occupying_place().count()
        if not taken:
            raise ServiceError(f"Nobody of {one.group} is accepted yet: there is no seat to bill.")
        found.append((one.currency, f"Seats of {one.group}, {one.cohort}"[:300], Decimal(taken), one.seat_price))
    return found


@transaction.atomic
def set_lines(*, invoice: Invoice, lines: Sequence[AnyLine], by: User | None) -> Invoice:
    """Replace the lines (text, quantity, price) of a draft, and add them up."""
    locked = _draft(invoice)
    _write_lines(locked, lines)
    _add_up(locked)
    locked.save()
    invoice.refresh_from_db()
    if by is not None:
        record(verb=Verb.EDITED, target=invoice, workspace_id=invoice.workspace_id, by=by)
    return invoice


def _write_lines(draft: Invoice, lines: Sequence[AnyLine]) -> None:
    draft.lines.all().delete()
    for position, line in enumerate((LineInput(*row) for row in lines), 1):
        price = line.price.quantize(SMALLEST_PRICE)
        if price != line.price:
            raise ServiceError(f"A price can have at most {InvoiceLine.MAX_PRICE_DECIMALS} decimals.")
        InvoiceLine.objects.create(
            invoice=draft,
            position=position,
            text=line.text,
            quantity=line.quantity,
            price=price,
            amount=rounded(line.quantity * price, draft.currency),
            tax_category=line.tax_category,
            tax_percent=line.tax_percent,
            credits=line.credits,
        )


@transaction.atomic
def save_draft(*, invoice: Invoice, by: User, lines: Sequence[AnyLine] | None = None) -> Invoice:
    """Save changes to a draft (VAT, terms, purchase order, language, note), and its lines if given."""
    draft = _draft(invoice)
    if lines is not None:
        _write_lines(draft, lines)
    if invoice.tax_category == Invoice.Tax.STANDARD:
        if not invoice.tax_percent:
            raise ServiceError("Enter the percentage of VAT.")
    else:
        invoice.tax_percent = Decimal(0)
    if not needs_reason(invoice, draft.lines.all()):
        invoice.exempt_reason = ""
    elif not invoice.exempt_reason:
        raise ServiceError("Enter why no VAT is charged.")
    _add_up(invoice)
    invoice.save()
    record(verb=Verb.EDITED, target=invoice, workspace_id=invoice.workspace_id, by=by)
    return invoice


@transaction.atomic
def delete_draft(*, invoice: Invoice, by: User) -> None:
    """Delete a draft; its items can be billed again."""
    locked = _draft(invoice)
    record(verb=Verb.DELETED_THE_DRAFT, target=locked, workspace_id=locked.workspace_id, by=by)
    delete_row(locked)


@transaction.atomic
def issue_invoice(*, invoice: Invoice, by: User | None, on: date | None = None) -> Invoice:
    """Issue a draft: number it, freeze it, store its PDF, and mail it to the partner.

    The counter is locked until the transaction ends, so that no number is lost or given twice. Raises ServiceError if
    something is missing; then no number is used.
    """
    locked = _draft(invoice)
    locked.workspace.refuse_if_sample("its invoices stay drafts")
    if not locked.lines.exists() or locked.gross <= 0:
        raise ServiceError("There is nothing on it to pay.")
    biller = biller_of(locked.workspace)
    locked.issued_on = on or timezone.localdate()
    locked.seller, locked.buyer = invoices.seller_of(biller), invoices.buyer_of(locked.partner)
    is_credit = locked.kind == Invoice.Kind.CREDIT_NOTE
    locked.due_on = None if is_credit else locked.issued_on + timedelta(days=locked.terms_days)
    _number(locked, biller.credit_prefix if is_credit else biller.invoice_prefix)
    locked.status = Invoice.Status.ISSUED
    locked.next_reminder_on = next_reminder_on(locked, biller)
    lines = list(locked.lines.all())
    xml = _e_invoice(locked, lines)
    inside = xml if locked.e_format == einvoice.FACTURX else b""
    pdf = invoices.invoice_pdf(locked, lines, biller, inside)
    locked.save()
    IssuedDocument.objects.create(invoice=locked, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), xml=xml.decode())
    record(verb=Verb.ISSUED, target=locked, workspace_id=locked.workspace_id, by=by, number=locked.number)
    billing_mails.send_invoice(locked)
    return locked


def _number(invoice: Invoice, prefix: str) -> None:
    NumberSeries.objects.get_or_create(workspace=invoice.workspace, prefix=prefix)
    series = NumberSeries.objects.select_for_update().get(workspace=invoice.workspace, prefix=prefix)
    series.last += 1
    series.save(update_fields=["last"])
    invoice.prefix, invoice.sequence, invoice.number = prefix, series.last, f"{prefix}{series.last:04}"


def _e_invoice(invoice: Invoice, lines: Sequence[InvoiceLine]) -> bytes:
    if not invoice.e_invoice:
        return b""
    data = invoices.e_invoice_of(invoice, lines)
    if lacks := einvoice.missing(data):
        raise ServiceError(
            f"An e-invoice also needs {einvoice.in_words(lacks)}. Add it, or issue the invoice without e-invoice data."
        )
    return einvoice.to_xml(data)


@transaction.atomic
def draft_credit_note(*, invoice: Invoice, by: User, lines: Sequence[AnyLine] | None = None) -> Invoice:
    """Draft a credit note for all that is left of an invoice, or for the lines given.

    Raises ServiceError if there is a draft already, or nothing is left.
    """
    locked = Invoice.objects.select_for_update(of=("self",)).select_related("partner", "workspace").get(pk=invoice.pk)
    if locked.kind != Invoice.Kind.INVOICE or locked.status in (Invoice.Status.DRAFT, Invoice.Status.CREDITED):
        raise ServiceError("Only an issued invoice that is not credited yet can be credited.")
    if locked.credit_notes.filter(status=Invoice.Status.DRAFT).exists():
        raise ServiceError("There is a draft of a credit note for it already.")
    if lines is None:
        lines = [credited(one, one.quantity, one.price) for one in lines_left(locked) if one.amount]
    note = Invoice.objects.create(
        workspace=locked.workspace,
        partner=locked.partner,
        kind=Invoice.Kind.CREDIT_NOTE,
        credits=locked,
        currency=locked.currency,
        language=locked.language,
        po_number=locked.po_number,
        terms_days=locked.terms_days,
        tax_category=locked.tax_category,
        tax_percent=locked.tax_percent,
        exempt_reason=locked.exempt_reason,
        e_invoice=locked.e_invoice,
        e_format=locked.e_format,
        buyer_reference=locked.buyer_reference,
        service_from=locked.service_from,
        service_to=locked.service_to,
    )
    set_lines(invoice=note, lines=lines, by=None)
    record(verb=Verb.DRAFTED, target=note, workspace_id=note.workspace_id, by=by, credits=locked.number)
    return note


def credited(left: LineLeft, quantity: Decimal, price: Decimal) -> LineInput:
    """A line of a credit note that takes back this much of a line, with the same VAT."""
    line = left.line
    return LineInput(line.text, quantity, price, line.tax_category, line.tax_percent, line)


@transaction.atomic
def issue_credit_note(*, note: Invoice, by: User, on: date | None = None) -> Invoice:
    """Issue a credit note. Closes an invoice that is credited in full; its items can be billed again."""
    if note.credits_id is None:
        raise ServiceError("This is no credit note.")
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=note.credits_id)
    note = _draft(note)  # locked, so that its lines stay those that are looked at here
    if note.gross > invoice.gross - invoice.credited:
        left = formatting.money(invoice.gross - invoice.credited, invoice.currency)
        raise ServiceError(f"Only {left} of {invoice.number} are left to credit.")
    left_of = {one.line.pk: one for one in lines_left(invoice)}
    for line_id, amount in note.lines.filter(credits__isnull=False).values_list("credits").annotate(Sum("amount")):
        if amount > left_of[line_id].amount:
            left = formatting.money(left_of[line_id].amount, invoice.currency)
            raise ServiceError(f"Only {left} of “{left_of[line_id].line.text}” is left to credit.")
    issued = issue_invoice(invoice=note, by=by, on=on)
    update_payment_status(invoice_id=invoice.pk)
    if invoice.gross == invoice.credited:
        InstalmentDue.objects.filter(invoice=invoice).update(invoice=None)
        CostShare.objects.filter(invoice=invoice).update(invoice=None)
    return issued


PAYMENT_STATUSES: dict[str, Verb] = {
    Invoice.Status.ISSUED: Verb.BECAME_ISSUED,
    Invoice.Status.PART_PAID: Verb.BECAME_PARTLY_PAID,
    Invoice.Status.PAID: Verb.BECAME_PAID,
    Invoice.Status.CREDITED: Verb.BECAME_CREDITED,
}


def update_payment_status(*, invoice_id: int) -> Invoice:
    """Set the status from payments and credits, in the transaction of the caller."""
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice_id)
    if invoice.gross == invoice.credited:
        status = Invoice.Status.CREDITED
    elif invoice.balance <= 0:
        status = Invoice.Status.PAID
    else:
        status = Invoice.Status.PART_PAID if invoice.paid or invoice.credited else Invoice.Status.ISSUED
    if status != invoice.status:
        invoice.status = status
        invoice.save(update_fields=["status"])
        record(
            verb=PAYMENT_STATUSES[status],
            target=invoice,
            workspace_id=invoice.workspace_id,
            by=None,
        )
    return invoice


def _draft(invoice: Invoice) -> Invoice:
    locked = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("partner", "workspace__programme", "credits")
        .filter(pk=invoice.pk)
        .first()
    )
    if locked is None or locked.status != Invoice.Status.DRAFT:
        raise ServiceError("It is issued already, and what is issued does not change. Credit it instead.")
    return locked


def _add_up(invoice: Invoice) -> None:
    groups = vat_groups(invoice, invoice.lines.all())
    invoice.net = exact(sum((group.net for group in groups), Decimal(0)), invoice.currency)
    invoice.tax = exact(sum((group.tax for group in groups), Decimal(0)), invoice.currency)
    invoice.gross = invoice.net + invoice.tax
