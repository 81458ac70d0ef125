"""Emails to partners about invoices."""

from datetime import date

from django.conf import settings

from mentorship.core.outbox.mail_templates.rendering import render_mail
from mentorship.core.outbox.services import enqueue
from partners.billing import links as billing_links
from partners.documents import formatting
from partners.models import Invoice, Partner


def send_invoice(invoice: Invoice) -> None:
    """The invoice is there, as a file and by a link to its paper."""
    _write(invoice, "invoice", f"invoice:{invoice.pk}", f"{invoice} was issued to {invoice.partner}.")


def send_reminder(invoice: Invoice, day: date) -> None:
    """It is overdue. Each reminder is one of its own."""
    why = f"{invoice} of {invoice.partner} was to be paid by {invoice.due_on} and is not."
    _write(invoice, "reminder", invoice_reminder_key(invoice, invoice.reminded), why)


def invoice_reminder_key(invoice: Invoice, number: int) -> str:
    """The key of its first, second ... reminder."""
    return f"invoice-reminder:{invoice.pk}:{number}"


def recipients(partner: Partner) -> list[str]:
    """Who gets its invoices: the address for them, else those who speak for it. Nobody: send the paper by hand."""
    if partner.billing_email:
        return [partner.billing_email]
    return [c.user.email for c in sorted(partner.contacts.all(), key=lambda contact: contact.pk)]


def invoice_mail(invoice: Invoice, template: str) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail about an invoice. Writes nothing; its link only shows the paper."""
    partner = invoice.partner
    return render_mail(
        f"partners/{template}",
        {
            "invoice": invoice,
            "kind": formatting.labels("en")[invoice.kind].lower(),
            "partner": partner,
            "programme": invoice.workspace.programme,
            "amount": formatting.money(invoice.gross, invoice.currency),
            "open": formatting.money(invoice.balance, invoice.currency),
            "due": formatting.day(invoice.due_on),
            "link": billing_links.paper_link(invoice.pk),
            "account": settings.SITE_URL + invoice.get_absolute_url() if partner.contacts.exists() else "",
        },
        workspace_id=invoice.workspace_id,
    )


def _write(invoice: Invoice, template: str, key: str, why: str) -> None:
    to = recipients(invoice.partner)
    if not to:
        return
    subject, text, html = invoice_mail(invoice, template)
    enqueue(
        key=key,
        workspace_id=invoice.workspace_id,
        kind=template,
        why=why,
        to=to,
        subject=subject,
        text=text,
        html=html,
        reply_to=[invoice.seller.get("email") or invoice.workspace.programme.contact_email],
        files=[(f"{invoice.number}.pdf", "application/pdf", bytes(invoice.document.pdf))],
    )
