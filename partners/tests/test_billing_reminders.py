"""Reminders of overdue invoices."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from mentorship.core.outbox.models import OutboxMessage
from partners.billing.reminders import next_reminder_on, sweep_reminders
from partners.models import Biller
from partners.tests.invoices import pay

pytestmark = pytest.mark.django_db


def test_a_reminder_is_sent_once_when_due_and_missed_ones_are_not_sent_together(cast, issued):
    def sweep(day):
        with time_machine.travel(datetime(2027, *day, 9, tzinfo=UTC), tick=False):
            return sweep_reminders(datetime(2027, *day, 9, tzinfo=UTC))

    assert sweep((3, 5)) == 0
    assert sweep((3, 6)) == 1
    assert sweep((3, 6)) == 0
    assert sweep((6, 1)) == 1
    assert sweep((7, 1)) == 0
    mails = OutboxMessage.objects.filter(kind="reminder")
    assert mails.count() == 2
    assert all("119.00" in m.full_text for m in mails)


def test_no_reminder_is_dated_a_sunday(issued):
    biller = Biller(reminder_days=[3, 14, 30])
    issued.due_on = date(2027, 3, 4)  # Thursday
    assert next_reminder_on(issued, biller) == date(2027, 3, 8), "three days later is a Sunday"
    assert next_reminder_on(issued, biller, 1) == date(2027, 3, 18)


def test_no_reminder_is_sent_of_a_paid_invoice(cast, issued):
    pay(issued, "119", cast.owner)
    assert sweep_reminders(datetime(2027, 6, 1, tzinfo=UTC)) == 0
