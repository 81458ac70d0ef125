"""Thirty issued documents are valid by validators that nobody here wrote."""

from datetime import date
from decimal import Decimal

import pytest

from mentorship.devtools.testing.files.official_rules import violations
from partners.billing.services import (
    LineInput,
    draft_credit_note,
    draft_invoice,
    issue_credit_note,
    issue_invoice,
    save_draft,
)
from partners.documents import invoices

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 1)
FORMATS = ("facturx", "xrechnung", "peppol")


def line(text, price, category="", percent=None, quantity="1"):
    share = None if percent is None else Decimal(percent)
    return LineInput(text, Decimal(quantity), Decimal(price), category, share)


# what is on it → its lines, and the fields of the draft that differ
CASES = {
    "19 %": ([line("A workshop", "1200.00")], {}),
    "7 %": ([line("A book", "19.99", quantity="3")], {"tax_percent": Decimal(7)}),
    "20 % in dollars": ([line("Training", "99.95", quantity="1.5")], {"tax_percent": Decimal(20), "currency": "USD"}),
    "zero-rated": ([line("A leaflet", "0.0125", quantity="1000")], {"tax_category": "Z"}),
    "19, 7 and no VAT": (
        [line("A workshop", "333.33"), line("Books", "9.99", "S", "7", "7"), line("A course", "250.00", "E", "0")],
        {"exempt_reason": "Exempt by § 4 No. 22a UStG"},
    ),
    "reverse charge": (
        [line("Mentoring", "4000.00")],
        {"tax_category": "AE", "exempt_reason": "Reverse charge", "service_from": DAY, "service_to": date(2027, 6, 30)},
    ),
    "19 % and reverse charge": ([line("A workshop", "100.00"), line("Online", "50.00", "AE", "0")], {}),
    "exempt": ([line("A course", "0.10", quantity="3")], {"tax_category": "E", "exempt_reason": "Exempt"}),
    "not subject to VAT": ([line("A grant", "20000.00")], {"tax_category": "O", "exempt_reason": "A grant"}),
    "yen, one day": ([line("Talk", "50000")], {"currency": "JPY", "service_from": DAY, "service_to": DAY}),
}


@pytest.fixture
def parties(cast, biller):
    """A biller and a partner with all that XRechnung and Peppol want to read."""
    biller.contact_name, biller.contact_phone = "Ana Ruiz", "+49 40 123456"
    biller.save()
    partner = cast.partner
    partner.postcode, partner.tax_id, partner.buyer_reference = "53111", "DE811569869", "991-01234-44"
    partner.registration_number, partner.billing_email = "HRB 7", "bills@example.org"
    partner.save()
    return partner


@pytest.mark.parametrize("kind", FORMATS)
def test_documents_of_every_kind_are_valid_by_the_official_rules(cast, parties, monkeypatch, kind):
    monkeypatch.setattr(invoices, "invoice_pdf", lambda *_: b"%PDF")
    wrong = {}
    for name, (lines, fields) in CASES.items():
        currency = fields.get("currency", "EUR")
        draft = draft_invoice(partner=parties, by=cast.owner, lines=lines, currency=currency, po_number="PO 7")
        for field, value in {"tax_category": "S", **fields, "e_format": kind}.items():
            setattr(draft, field, value)
        save_draft(invoice=draft, by=cast.owner)
        issued = issue_invoice(invoice=draft, by=cast.owner, on=DAY)
        wrong[name] = violations(issued.document.xml.encode(), kind)
    note = draft_credit_note(invoice=issued, by=cast.owner)
    credited = issue_credit_note(note=note, by=cast.owner, on=DAY)
    wrong["credit note"] = violations(credited.document.xml.encode(), kind)
    assert {name: found for name, found in wrong.items() if found} == {}
