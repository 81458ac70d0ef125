"""Databases of earlier versions keep their payments."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from mentorship.devtools.testing.migration import old_schema
from partners.billing.payments import carry_over, record_payment
from partners.billing.services import draft_invoice, issue_invoice
from partners.models import Invoice, Payment

DAY = date(2027, 2, 1)
BEFORE = "0001_initial"


@pytest.fixture
def invoices(transactional_db, cast, biller):
    """Two issued invoices over 119.00 EUR each, of which the first was paid with 30.00 EUR too much."""
    lines = [("A workshop", Decimal(1), Decimal(100))]
    drafts = [draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines) for _ in range(2)]
    first, second = [issue_invoice(invoice=draft, by=cast.owner, on=DAY) for draft in drafts]
    record_payment(invoice=first, amount=Decimal(149), on=DAY, by=cast.owner, reference="carried over the counter")
    carry_over(source=first, target=second, on=DAY, by=cast.owner)
    text = f"carried over from {first.number}"
    record_payment(invoice=second, amount=Decimal(30), on=DAY, by=cast.owner, reference=text)
    return first, second


@pytest.mark.django_db(transaction=True)
def test_carried_over_credit_becomes_a_kind_and_bank_texts_in_the_same_words_stay_payments(invoices):
    first, second = invoices
    before = sorted(Payment.objects.values_list("invoice", "kind", "counterpart", "amount", "reference"))
    with old_schema() as schema:
        old = schema.migrate("partners", BEFORE).get_model("partners", "Payment")
        assert sorted(old.objects.values_list("invoice", "amount", "reference")) == sorted(
            [
                (first.pk, Decimal(149), "carried over the counter"),
                (first.pk, Decimal(-30), f"carried over to {second.number}"),
                (second.pk, Decimal(30), f"carried over from {first.number}"),
                (second.pk, Decimal(30), f"carried over from {first.number}"),
            ]
        )
        schema.migrate("partners", schema.latest("partners"))
    assert sorted(Payment.objects.values_list("invoice", "kind", "counterpart", "amount", "reference")) == before
    assert Invoice.objects.get(pk=second.pk).status == "part_paid"


def test_the_database_refuses_credit_that_names_no_other_invoice(cast, draft):
    invoice = issue_invoice(invoice=draft, by=cast.owner, on=DAY)
    for fields in (
        {"kind": "carried_over", "amount": 5},
        {"kind": "received", "amount": -5},
        {"kind": "received", "amount": 5, "counterpart": invoice},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.create(invoice=invoice, on=DAY, **fields)
