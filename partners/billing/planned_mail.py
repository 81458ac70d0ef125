"""Reminders of invoices, for the list of planned mail."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from django.db.models import Prefetch

from cohorts.mailings.links import template_link
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.outbox.planned.planned_mail import PlannedMail, Source
from mentorship.core.outbox.recipients import addresses_of
from partners.billing.mails import invoice_reminder_key, mail_of, preview_reminder, recipients
from partners.billing.reminders import reminder_of
from partners.documents import formatting
from partners.models import Invoice, PartnerContact
from partners.querysets import InvoiceQuerySet


def planned_invoice_reminders(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """The next reminder of each unpaid invoice. Two queries."""
    contacts = Prefetch("partner__contacts", PartnerContact.objects.select_related("user"))
    found = _to_remind(user).select_related("partner", "workspace__programme", "workspace__biller")
    for invoice in found.prefetch_related(contacts):
        day, to = invoice.next_reminder_on, recipients(invoice.partner)
        if day is None or not to:
            continue
        number, following = reminder_of(invoice, invoice.workspace.biller, max(day, now.date()))
        yield PlannedMail(
            key=invoice_reminder_key(invoice, number),
            at=_morning(day),
            until=_morning(following) if following else None,
            until_why="the next reminder of it is due",
            kind=mail_of("reminder", invoice).rpartition("/")[2],
            to=f"{invoice.partner}, {', '.join(addresses_of(to))}",
            what=f"Reminder of {invoice}",
            why=f"It was to be paid by {formatting.day(invoice.due_on)}.",
            url=invoice.get_absolute_url(),
            workspace_id=invoice.workspace_id,
            mail=partial(_mail, invoice),
            words=template_link(invoice.workspace.programme, mail_of("reminder", invoice)),
        )


def _morning(day: date) -> datetime:
    """The first moment of a day in UTC, the zone in which the sweep reads due dates."""
    return datetime.combine(day, time(), UTC)


def _mail(invoice: Invoice, _at: datetime) -> tuple[str, str, str]:
    return preview_reminder(invoice)


def _to_remind(user: Any) -> InvoiceQuerySet:
    return Invoice.objects.open().filter(next_reminder_on__isnull=False, workspace__in=workspaces_of(user))


def _rows(user: Any, now: datetime) -> Sequence[InvoiceQuerySet]:
    return [_to_remind(user)]


INVOICES = Source(_rows, planned_invoice_reminders)
