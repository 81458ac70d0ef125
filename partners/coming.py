"""Reminders of invoices that are still to be written, for the list of what comes."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from mentorship.accounts.permissions import workspaces_of
from mentorship.outbox.coming import Coming
from partners.models import Invoice


def mails_of_invoices(user: Any, now: datetime) -> Iterator[Coming]:
    """The next reminder of each invoice that is not paid, where it is not by then. One query."""
    waiting = Invoice.objects.open().filter(next_reminder_on__isnull=False, workspace__in=workspaces_of(user))
    for invoice in waiting.select_related("partner"):
        day = invoice.next_reminder_on
        if day is None:
            continue
        yield Coming(
            at=max(datetime.combine(day, time(), UTC), now),
            kind="reminder",
            to=str(invoice.partner),
            what=f"Reminder of {invoice}",
            why=f"It was to be paid by {invoice.due_on}.",
            url=invoice.get_absolute_url(),
        )
