"""Invoices of tests: the day of issue, payments, and their status."""

from datetime import date
from decimal import Decimal

from partners.billing.payments import record_payment
from partners.models import Invoice

DAY = date(2027, 2, 1)


def pay(invoice, amount, by, on=DAY):
    return record_payment(invoice=invoice, amount=Decimal(amount), on=on, by=by)


def status(invoice):
    """The status in the database."""
    return Invoice.objects.get(pk=invoice.pk).status
