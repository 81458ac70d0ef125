"""Payments by hand, and credit carried over."""

from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from partners.billing.forms import LineForm
from partners.billing.payments import carry_over, delete_payment
from partners.billing.services import (
    draft_invoice,
    issue_invoice,
)
from partners.documents.statements import statement_rows
from partners.models import Invoice
from partners.tests.invoices import DAY, pay, status

pytestmark = pytest.mark.django_db


def test_an_invoice_is_paid_in_parts_overpaid_and_open_again_when_payments_are_deleted(cast, issued):
    first = pay(issued, "19", cast.owner)
    assert status(issued) == "part_paid"
    last = pay(issued, "110", cast.owner)
    assert status(issued) == "paid"
    assert Invoice.objects.get(pk=issued.pk).balance == -10
    delete_payment(payment=last, by=cast.owner)
    delete_payment(payment=first, by=cast.owner)
    assert status(issued) == "issued"
    with pytest.raises(ServiceError, match="decimals"):
        pay(issued, "1.005", cast.owner)


def test_credit_of_an_overpaid_invoice_is_carried_over_to_the_next(cast, biller, issued):
    pay(issued, "149", cast.owner)
    lines = [("More", Decimal(1), Decimal(100))]
    following = issue_invoice(
        invoice=draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines), by=cast.owner, on=DAY
    )
    assert carry_over(source=issued, target=following, on=DAY, by=cast.owner) == 30
    assert (status(issued), status(following)) == ("paid", "part_paid")
    assert statement_rows(cast.partner, "EUR")[-1].balance == 89
    with pytest.raises(ServiceError, match="no credit"):
        carry_over(source=issued, target=following, on=DAY, by=cast.owner)


def test_the_same_payment_is_recorded_once(client, cast, issued):
    client.force_login(cast.owner)
    url = reverse("partners:payment-create", args=[issued.pk])
    sent = {"amount": "100", "on": "2027-02-03", "reference": "RE 12"}
    assert client.post(url, sent).status_code == 302
    answer = client.post(url, sent)
    assert answer.status_code == 422
    assert "This payment is recorded already." in answer.content.decode()
    assert issued.payments.count() == 1
    assert client.post(url, {**sent, "reference": "RE 13"}).status_code == 302
    assert issued.payments.count() == 2


def test_amounts_that_no_column_takes_are_refused_beside_the_field(client, cast, issued):
    client.force_login(cast.owner)
    sent = {"amount": "9" * 400, "on": "2027-02-03"}
    answer = client.post(reverse("partners:payment-create", args=[issued.pk]), sent)
    assert answer.status_code == 422
    assert "15 digits" in answer.content.decode()
    line = LineForm({"text": "Advice", "quantity": "99999999", "price": "999999"})
    assert "4,000,000,000" in line.errors["price"][0]
