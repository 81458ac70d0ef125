"""What partners are written about invoices; rows of the outbox, in the transaction of the deed."""

from datetime import date

from django.conf import settings

from mentorship.outbox.services import enqueue, render_mail
from partners import links, words
from partners.models import Invoice


def send_invoice(invoice: Invoice) -> None:
    """The invoice is there, as a file and by a link to its paper."""
    _write(invoice, "invoice", f"invoice:{invoice.pk}", f"{invoice} was issued to {invoice.partner}.")


def remind(invoice: Invoice, day: date) -> None:
    """It is overdue. Each reminder is one of its own."""
    why = f"{invoice} of {invoice.partner} was to be paid by {invoice.due_on} and is not."
    _write(invoice, "reminder", f"invoice-reminder:{invoice.pk}:{invoice.reminded}", why)


def _write(invoice: Invoice, template: str, key: str, why: str) -> None:
    partner = invoice.partner
    to = [partner.billing_email] if partner.billing_email else []
    to = to or [c.user.email for c in partner.contacts.select_related("user").order_by("pk")]
    if not to:
        return  # nobody to write to; the paper can be downloaded and sent by hand
    programme = invoice.workspace.programme
    subject, text, html = render_mail(
        f"partners/{template}",
        {
            "invoice": invoice,
            "kind": words.labels("en")[invoice.kind].lower(),
            "partner": partner,
            "programme": programme,
            "amount": words.money(invoice.gross, invoice.currency),
            "open": words.money(invoice.balance, invoice.currency),
            "due": words.day(invoice.due_on),
            "link": links.paper_link(invoice.pk),
            "account": settings.SITE_URL + invoice.get_absolute_url() if partner.contacts.exists() else "",
        },
        workspace_id=invoice.workspace_id,
    )
    enqueue(
        key=key,
        workspace_id=invoice.workspace_id,
        kind=template,
        why=why,
        to=to,
        subject=subject,
        text=text,
        html=html,
        reply_to=[invoice.seller.get("email") or programme.contact_email],
        files=[(f"{invoice.number}.pdf", "application/pdf", bytes(invoice.document.pdf))],
    )
