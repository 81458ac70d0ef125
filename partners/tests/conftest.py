"""Fixtures for tests of money."""

from datetime import date
from decimal import Decimal

import pytest

from partners.billing.services import draft_invoice, issue_invoice
from partners.models import Biller, Cost
from partners.tests.invoices import DAY


@pytest.fixture
def biller(cast):
    """The biller of the cast's programme."""
    cast.partner.country, cast.partner.street, cast.partner.city = "DE", "Am Markt 1", "Bonn"
    cast.partner.billing_email = "bills@example.org"
    cast.partner.save()
    return Biller.objects.create(
        workspace=cast.programme.workspace,
        legal_name="Open Seeds e.V.",
        street="Hafenweg 3",
        postcode="20457",
        city="Hamburg",
        country="DE",
        vat_id="DE123456789",
        tax_number="17/123/45678",
        email="money@example.org",
        bank="Hafenbank",
        iban="DE02120300000000202051",
        bic="BYLADEM1001",
        vat_percent=Decimal(19),
        reminder_days=[3, 14],
    )


@pytest.fixture
def draft(cast, biller):
    """A draft over 100.00 EUR without VAT."""
    return draft_invoice(
        partner=cast.partner, by=cast.owner, currency="EUR", lines=[("A workshop", Decimal(2), Decimal("50.00"))]
    )


@pytest.fixture
def issued(cast, draft):
    """The draft, issued on DAY."""
    return issue_invoice(invoice=draft, by=cast.owner, on=DAY)


@pytest.fixture
def make_cost(cast):
    """A cost of the cast's cohort, not saved."""

    def make(**fields):
        plain = {"what": "Mentor training", "amount": Decimal("500.00"), "currency": "EUR", "paid_on": date(2027, 2, 1)}
        return Cost(cohort=cast.cohort, **{**plain, **fields})

    return make
