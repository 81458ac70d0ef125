"""Bank statements: read, matched with invoices, and set aside."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from partners.billing.bank_import import import_bank_statement, match_line_by_hand
from partners.billing.payments import carry_over, record_payment, remove_payment
from partners.billing.services import draft_invoice, issue_invoice
from partners.documents.statements import statement_rows
from partners.models import BankLine, Invoice, Payment

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 1)


def status(invoice):
    return Invoice.objects.get(pk=invoice.pk).status


@pytest.fixture
def issued(cast, draft):
    return issue_invoice(invoice=draft, by=cast.owner, on=DAY)


BANK = """Buchungstag;Betrag;Währung;Auftraggeber;Verwendungszweck
01.03.2027;119,00;EUR;Soil Fund;Rechnung INV 0001 vielen Dank
02.03.2027;1.234,50;EUR;Somebody;no number here
03.03.2027;-20,00;EUR;Shop;paper
04.03.2027;5,00;EUR;X;INV-00011
05.03.2027;oops;EUR;X;Y
"""


def test_a_bank_sheet_is_matched_by_number_and_may_come_twice(cast, issued):
    workspace = cast.programme.workspace
    first = import_bank_statement(workspace=workspace, text=BANK, currency="EUR", by=cast.owner)
    assert (len(first.matched), len(first.open), first.skipped, len(first.rejected)) == (1, 2, 1, 1)
    assert [line.amount for line in first.open] == [Decimal("1234.50"), Decimal("5.00")]
    assert status(issued) == "paid"
    again = import_bank_statement(workspace=workspace, text=BANK, currency="EUR", by=cast.owner)
    assert (len(again.matched), len(again.open), again.known) == (0, 0, 3)
    assert issued.payments.count() == 1


def test_a_line_is_matched_by_hand_once(cast, issued):
    text = "date,amount,reference\n2027-03-01,100.00,thanks\n"
    (line,) = import_bank_statement(workspace=cast.programme.workspace, text=text, currency="EUR", by=cast.owner).open
    match_line_by_hand(line=line, invoice=issued, by=cast.owner)
    assert status(issued) == "part_paid"
    with pytest.raises(ServiceError, match="already"):
        match_line_by_hand(line=line, invoice=issued, by=cast.owner)


@pytest.mark.parametrize("text", ["carried over from INV-0001", "Carried over", "carried"])
def test_a_payment_whose_bank_text_begins_with_carried_over_can_be_removed(cast, issued, text):
    sheet = f"date,amount,reference\n2027-03-01,119.00,{text}\n"
    found = import_bank_statement(workspace=cast.programme.workspace, text=sheet, currency="EUR", by=cast.owner)
    line = (found.open or [payment.bank_line for payment in found.matched])[0]
    if found.open:
        match_line_by_hand(line=line, invoice=issued, by=cast.owner)
    payment = line.payment
    assert (payment.reference, status(issued)) == (text, "paid")
    assert [row.what for row in statement_rows(cast.partner, "EUR")] == ["Invoice INV-0001", "Paid: INV-0001"]
    remove_payment(payment=payment, by=cast.owner)
    assert status(issued) == "issued"
    assert BankLine.objects.get(pk=line.pk) in BankLine.objects.filter(payment=None)


def test_credit_that_was_carried_over_names_the_other_invoice_and_cannot_be_removed(client, cast, issued):
    record_payment(invoice=issued, amount=Decimal(149), on=DAY, by=cast.owner)
    lines = [("More", Decimal(1), Decimal(100))]
    draft = draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines)
    following = issue_invoice(invoice=draft, by=cast.owner, on=DAY)
    carry_over(source=issued, target=following, on=DAY, by=cast.owner)
    given, taken = Payment.objects.filter(kind="carried_over").order_by("amount")
    assert (given.amount, given.description) == (-30, "carried over to INV-0002")
    assert (taken.amount, taken.description) == (30, "carried over from INV-0001")
    for payment in (given, taken):
        with pytest.raises(ServiceError, match="carry it back"):
            remove_payment(payment=payment, by=cast.owner)
    assert [row.what for row in statement_rows(cast.partner, "EUR") if "over" in row.what] == [
        "Carried over: INV-0001",
        "Carried over: INV-0002",
    ]
    client.force_login(cast.coordinator)
    page = client.get(issued.get_absolute_url()).content.decode()
    assert "carried over to INV-0002" in page
    assert reverse("partners:invoice-payment-remove", args=[issued.pk, given.pk]) not in page
