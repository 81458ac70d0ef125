"""Send reminders of overdue invoices."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from mentorship.core.outbox.planned.planned_changes import put_off
from mentorship.core.timezones import not_on_sunday
from partners.billing import mails as billing_mails
from partners.billing.billers import biller_of
from partners.models import Biller, Invoice


def sweep_reminders(now: datetime) -> int:
    """Send the reminders that are due. Idempotent: each has its own key and sets the date of the next."""
    day = timezone.localdate(now)
    done = 0
    for pk in list(Invoice.objects.open().filter(next_reminder_on__lte=day).values_list("pk", flat=True)):
        done += _remind(pk, day, now)
    return done


@transaction.atomic
def _remind(pk: int, day: date, now: datetime) -> int:
    invoice = (
        Invoice.objects.select_for_update(of=("self",)).select_related("partner", "workspace__programme").get(pk=pk)
    )
    if invoice.status not in Invoice.OPEN or invoice.next_reminder_on is None or invoice.next_reminder_on > day:
        return 0  # paid or reminded since it was read
    number, following = reminder_of(invoice, biller_of(invoice.workspace), day)
    if put_off([billing_mails.invoice_reminder_key(invoice, number)], now):
        return 0
    invoice.reminded, invoice.next_reminder_on = number, following
    invoice.save(update_fields=["reminded", "next_reminder_on"])
    billing_mails.send_reminder(invoice, day)
    return 1


def reminder_of(invoice: Invoice, biller: Biller, day: date) -> tuple[int, date | None]:
    """The number (from 1) of the reminder due on a day, and the date of the next one."""
    number = invoice.reminded + 1
    # After a long outage one reminder goes out, not all the missed ones.
    while (following := next_reminder_on(invoice, biller, number)) is not None and following <= day:
        number += 1
    return number, following


def next_reminder_on(invoice: Invoice, biller: Biller, reminded: int = 0) -> date | None:
    """The date of the next reminder after this many, never a Sunday; None if it was the last."""
    days = sorted({int(d) for d in biller.reminder_days})
    if invoice.due_on is None or reminded >= len(days):
        return None
    return not_on_sunday(invoice.due_on + timedelta(days=days[reminded]))
