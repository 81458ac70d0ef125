"""Emails to partners about invoices."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.recipients import Recipient
from mentorship.core.outbox.send_mail import render_for, send_mail
from partners.billing.links import INVOICE_PDF
from partners.documents import formatting
from partners.documents.einvoice import FACTURX
from partners.models import Invoice, Partner, PartnerContact
from partners.models.contacts import addressed

RULE = "invoice"  # who says whom it is still for


def send_invoice(invoice: Invoice) -> None:
    """Send an issued invoice or credit note, with the PDF attached."""
    _send(invoice, "invoice", f"invoice:{invoice.pk}", f"{invoice} was issued to {invoice.partner}.")


def send_reminder(invoice: Invoice, day: date) -> None:
    """Send the next reminder of an overdue invoice. Each has its own key."""
    why = f"{invoice} of {invoice.partner} was to be paid by {invoice.due_on} and is not."
    _send(invoice, "reminder", invoice_reminder_key(invoice, invoice.reminded), why)


def invoice_reminder_key(invoice: Invoice, number: int) -> str:
    """The outbox key of the first, second ... reminder of an invoice."""
    return f"invoice-reminder:{invoice.pk}:{number}"


def recipients(partner: Partner) -> list[Recipient]:
    """The recipients of a partner's invoices: its billing address, otherwise contacts who get them. May be empty."""
    if partner.billing_email:
        return [partner.billing_email]
    found = addressed(partner.contacts.all(), PartnerContact.Task.GETS_INVOICES, timezone.localdate())
    return [contact.user for contact in found]


def still_billed(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The current recipients of the partner's invoices. Three queries."""
    ids = [message.audience["invoice"] for message in messages]
    invoices = Invoice.objects.select_related("partner", "workspace__programme").prefetch_related(
        "partner__contacts__user"
    )
    found = invoices.in_bulk(ids)
    return {message.pk: _still(found.get(message.audience["invoice"])) for message in messages}


def _still(invoice: Invoice | None) -> StillFor:
    if invoice is None:
        return StillFor(reason="The invoice was deleted.")
    to = recipients(invoice.partner)
    return StillFor(lists={"to": to}, reason="" if to else f"{invoice.partner} has no billing address and no contact.")


def preview_reminder(invoice: Invoice) -> tuple[str, str, str]:
    """Subject, text and HTML of a reminder. Writes nothing; its link only shows the PDF."""
    return render_for(invoice.workspace.programme.sender, mail_of("reminder", invoice), _context(invoice))


def mail_of(name: str, invoice: Invoice) -> str:
    """The folder of a mail about an invoice, in the language of its paper."""
    language = invoice.language
    if language == "en":
        return f"partners/{name}"
    return {"invoice": f"partners/invoice_{language}", "reminder": f"partners/reminder_{language}"}[name]


def _context(invoice: Invoice) -> dict[str, Any]:
    """The context of mails about an invoice, in the language of its paper."""
    partner, language = invoice.partner, invoice.language
    kind = formatting.labels(language)[invoice.kind]
    return {
        "invoice": invoice,
        "kind": kind if language == "de" else kind.lower(),
        "partner": partner,
        "programme": invoice.workspace.programme,
        "amount": formatting.money(invoice.gross, invoice.currency, language),
        "open": formatting.money(invoice.balance, invoice.currency, language),
        "due": formatting.day(invoice.due_on, language),
        "link": INVOICE_PDF.url(invoice.pk),
        "account": settings.SITE_URL + invoice.get_absolute_url() if partner.contacts.exists() else "",
    }


def _files(invoice: Invoice) -> list[tuple[str, str, bytes]]:
    """The PDF, and the e-invoice where it is not inside it."""
    files = [(f"{invoice.number}.pdf", "application/pdf", bytes(invoice.document.pdf))]
    if invoice.document.xml and invoice.e_format != FACTURX:
        files.append((f"{invoice.number}.xml", "application/xml", invoice.document.xml.encode()))
    return files


def _send(invoice: Invoice, template: str, key: str, why: str) -> None:
    to = recipients(invoice.partner)
    if not to:
        return
    send_mail(
        mail_of(template, invoice),
        _context(invoice),
        sender=invoice.workspace.programme.sender,
        key=key,
        why=why,
        to=to,
        audience={"rule": RULE, "invoice": invoice.pk},
        reply_to=[invoice.seller.get("email") or invoice.workspace.programme.contact_email],
        files=_files(invoice),
    )
