"""Entries for bookkeeping: debit and credit, numbers as numbers, and a file for DATEV."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from partners.billing.journal import datev_file, journal_entries
from partners.billing.payments import record_payment, record_refund
from partners.billing.services import (
    LineInput,
    draft_credit_note,
    draft_invoice,
    issue_credit_note,
    issue_invoice,
)
from partners.documents import invoices
from partners.models import Biller

pytestmark = pytest.mark.django_db
START, END = date(2027, 2, 1), date(2027, 2, 28)
ACCOUNTS = {
    "receivable": "10000",
    "bank": "1800",
    "revenue S 19": "4400",
    "vat S 19": "3806",
    "revenue S 7": "4300",
    "vat S 7": "3801",
}
DATEV = {"datev_consultant": "1001", "datev_client": "7", "datev_year_start": "01.01.", "datev_account_length": "4"}


@pytest.fixture
def booked(cast, biller, monkeypatch):
    """An invoice of two rates, a payment that is too high, what was paid back, and a credit note."""
    monkeypatch.setattr(invoices, "invoice_pdf", lambda *_: b"%PDF")
    lines = [("Workshop", Decimal(1), Decimal(100)), LineInput("Books", Decimal(1), Decimal(10), "S", Decimal(7))]
    draft = draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines)
    invoice = issue_invoice(invoice=draft, by=cast.owner, on=START)
    record_payment(invoice=invoice, amount=Decimal(150), on=date(2027, 2, 5), by=cast.owner)
    record_refund(invoice=invoice, amount=Decimal("19.30"), on=date(2027, 2, 6), by=cast.owner)
    note = draft_credit_note(invoice=invoice, by=cast.owner, lines=[LineInput("Workshop", Decimal(1), Decimal(50))])
    issue_credit_note(note=note, by=cast.owner, on=date(2027, 2, 7))
    return cast.programme.workspace


def test_each_entry_has_debit_and_credit_and_receivables_end_at_what_is_open(booked):
    entries = journal_entries(booked, START, END)
    assert [(e.document, e.debit, e.credit, f"{e.amount:.2f}") for e in entries] == [
        ("INV-0001", "receivable", "revenue S 19", "100.00"),
        ("INV-0001", "receivable", "vat S 19", "19.00"),
        ("INV-0001", "receivable", "revenue S 7", "10.00"),
        ("INV-0001", "receivable", "vat S 7", "0.70"),
        ("INV-0001", "bank", "receivable", "150.00"),
        ("INV-0001", "receivable", "bank", "19.30"),
        ("CN-0001", "revenue S 19", "receivable", "50.00"),
        ("CN-0001", "vat S 19", "receivable", "9.50"),
    ]
    open_sum = sum(e.amount * ((e.debit == "receivable") - (e.credit == "receivable")) for e in entries)
    assert open_sum == Decimal("-60.50")  # 1.00 was not paid back, and 59.50 is credited
    assert journal_entries(booked, date(2027, 3, 1), date(2027, 3, 31)) == []


def test_a_file_for_datev_books_gross_in_its_own_format(booked):
    entries = journal_entries(booked, START, END)
    now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    content = datev_file(entries, {**ACCOUNTS, **DATEV}, START, END, now).decode("cp1252")
    head, columns, *rows = content.split("\r\n")[:-1]
    assert head.startswith(
        '"EXTF";700;21;"Buchungsstapel";13;20270301120000000;;"RE";"";"";1001;7;20270101;4;20270201;20270228'
    )
    assert columns.startswith('"Umsatz (ohne Soll/Haben-Kz)";"Soll/Haben-Kennzeichen";"WKZ Umsatz"')
    assert rows[0].startswith('119,00;"S";"EUR";;;;10000;4400;;0102;"INV-0001";')
    assert rows[1].startswith('10,70;"S";"EUR";;;;10000;4300;;0102;')
    assert rows[-1].startswith('59,50;"S";"EUR";;;;4400;10000;;0702;"CN-0001";')
    with pytest.raises(ServiceError, match="one financial year"):
        datev_file(entries, {**ACCOUNTS, **DATEV}, START, date(2028, 1, 1), now)


def test_the_accounts_are_asked_once_and_amounts_are_numbers(client, cast, booked):
    client.force_login(cast.coordinator)
    url = reverse("partners:journal-export", args=[cast.programme.slug]) + "?from=2027-02-01&to=2027-02-28"
    assert "Revenue account, 7% VAT" in client.get(url).content.decode()
    assert set(client.post(url, {"format": "datev", **ACCOUNTS}).context["form"].errors) == set(DATEV)
    response = client.get(client.post(url, {"format": "csv", **ACCOUNTS}).url)
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert (rows[0]["Debit"], rows[0]["Credit"], rows[0]["Amount"]) == ("10000", "4400", "100.00")
    assert Biller.objects.get().accounts["bank"] == "1800"
    assert client.get(f"{url}&format=xlsx")["Content-Type"].endswith("sheet")  # nothing is asked again
    client.force_login(cast.contact)
    assert client.get(url).status_code == 404
