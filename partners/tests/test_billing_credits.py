"""Credit notes by line, numbers that are declared as what they are, and prices with many decimals."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from partners.billing.credits import lines_left
from partners.billing.services import (
    LineInput,
    draft_credit_note,
    draft_invoice,
    issue_credit_note,
    issue_invoice,
    save_draft,
)
from partners.documents import invoices
from partners.documents.identifiers import is_iban, vat_number
from partners.models import Invoice

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 1)
BOOKS = LineInput("Books", Decimal(3), Decimal("9.99"), "S", Decimal(7))


@pytest.fixture
def quick(monkeypatch):
    """No PDF: these tests are about what is written in it."""
    monkeypatch.setattr(invoices, "invoice_pdf", lambda *_: b"%PDF")


@pytest.fixture
def issued(cast, biller, quick):
    lines = [("Workshop", Decimal(2), Decimal("50.00")), BOOKS]
    draft = draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines)
    return issue_invoice(invoice=draft, by=cast.owner, on=DAY)


def left_of(invoice):
    return [one.amount for one in lines_left(invoice)]


def test_an_invoice_adds_up_each_rate_by_itself(issued):
    assert (issued.net, issued.tax, issued.gross) == (Decimal("129.97"), Decimal("21.10"), Decimal("151.07"))


def test_an_invoice_is_credited_in_several_notes_line_by_line_until_nothing_is_left(client, cast, issued):
    client.force_login(cast.coordinator)
    url = reverse("partners:invoice-credit", args=[issued.pk])
    workshop, books = (f"line-{line.pk}" for line in issued.lines.all())
    page = client.get(url).content.decode()
    assert "Workshop" in page
    too_much = {f"{workshop}-quantity": "3", f"{workshop}-price": "50", f"{books}-quantity": "0"}
    assert "Only 100.00\xa0EUR of this line is left" in client.post(url, too_much).content.decode()
    assert client.post(url, {**too_much, f"{workshop}-quantity": "0"}).status_code == 302  # nothing chosen
    client.post(url, {**too_much, f"{workshop}-quantity": "1"})
    note = issued.credit_notes.get()
    issue_credit_note(note=note, by=cast.owner, on=DAY)
    assert (left_of(issued), Invoice.objects.get(pk=issued.pk).balance) == ([50, Decimal("29.97")], Decimal("91.57"))
    client.post(url)
    rest = issued.credit_notes.exclude(pk=note.pk).get()
    assert [line.tax_percent for line in rest.lines.all()] == [None, 7]
    issue_credit_note(note=rest, by=cast.owner, on=DAY)
    assert Invoice.objects.get(pk=issued.pk).status == "credited"
    assert left_of(issued) == [0, 0]


def test_a_line_is_not_credited_twice_by_an_edited_draft(client, cast, issued):
    issue_credit_note(note=draft_credit_note(invoice=issued, by=cast.owner, lines=[BOOKS]), by=cast.owner, on=DAY)
    assert left_of(issued) == [Decimal("70.03"), Decimal("29.97")]  # a note that does not say which line
    workshop = issued.lines.all()[0]
    note = draft_credit_note(
        invoice=issued, by=cast.owner, lines=[LineInput("Workshop", Decimal(1), Decimal(80), credits=workshop)]
    )
    with pytest.raises(ServiceError, match=r"Only 70\.03.EUR of “Workshop” is left to credit"):
        issue_credit_note(note=note, by=cast.owner, on=DAY)
    client.force_login(cast.coordinator)
    page = client.get(reverse("partners:invoice-edit", args=[note.pk])).content.decode()
    assert f'name="lines-0-credits" value="{workshop.pk}"' in page


def test_a_price_has_six_decimals_and_the_amount_those_of_the_currency(cast, biller):
    lines = [("Pages", Decimal(1000), Decimal("0.012345"))]
    draft = draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines)
    assert (draft.lines.get().price, draft.net) == (Decimal("0.012345"), Decimal("12.35"))
    with pytest.raises(ServiceError, match="6 decimals"):
        draft_invoice(
            partner=cast.partner, by=cast.owner, currency="EUR", lines=[("x", Decimal(1), Decimal("0.1234567"))]
        )


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("de 123 456 789", "DE", "DE123456789"),
        ("FR40303265045", "DE", "FR40303265045"),
        ("EL123456789", "GR", "EL123456789"),
        ("GB123456789", "GB", "GB123456789"),
        ("EIN 45-4547709", "US", ""),
        ("45-4547709", "US", ""),
        ("SC012345", "GB", ""),
        ("SC012345", "", ""),
        ("GB123456789", "DE", ""),
        ("DE12345678", "DE", ""),
    ],
)
def test_only_a_vat_number_is_taken_for_one(text, country, number):
    assert vat_number(text, country) == number


def test_numbers_are_declared_as_what_they_are_and_forms_say_so(client, cast, biller):
    cast.partner.tax_id, cast.partner.country = "SC012345", "GB"
    buyer = invoices.buyer_of(cast.partner)
    assert (buyer["vat_id"], buyer["registration_number"]) == ("", "SC012345")
    biller.vat_id, biller.tax_number, biller.country = "EIN 45-4547709", "", "US"
    seller = invoices.seller_of(biller)
    assert (seller["vat_id"], seller["tax_number"]) == ("", "EIN 45-4547709")
    client.force_login(cast.coordinator)
    partner = {"name": "Soil Fund", "country": "GB", "tax_id": "SC012345"}
    page = client.post(reverse("partners:partner-edit", args=[cast.partner.slug]), partner)
    assert "Enter any other number as registration" in page.context["form"].errors["tax_id"][0]
    page = client.post(
        reverse("partners:biller-edit", args=[cast.programme.slug]), {"country": "US", "vat_id": "EIN 45-4547709"}
    )
    assert "Enter any other number as tax number" in page.context["form"].errors["vat_id"][0]
    assert is_iban("DE02 1203 0000 0000 2020 51")
    assert not is_iban("DE03 1203 0000 0000 2020 51")


def test_what_keeps_a_draft_from_being_issued_links_to_its_field(client, cast, draft):
    draft.e_format = "xrechnung"
    save_draft(invoice=draft, by=cast.owner)
    client.force_login(cast.coordinator)
    page = client.get(draft.get_absolute_url()).content.decode()
    for where, what in (
        (f"{reverse('partners:invoice-edit', args=[draft.pk])}?", "#id_buyer_reference"),
        (f"{reverse('partners:biller-edit', args=[cast.programme.slug])}?", "#id_contact_name"),
        (f"{reverse('partners:partner-edit', args=[cast.partner.slug])}?", "#id_postcode"),
    ):
        assert where in page
        assert what in page
    with pytest.raises(ServiceError, match="Leitweg-ID"):
        issue_invoice(invoice=draft, by=cast.owner)


def test_setting_up_the_biller_returns_to_the_invoice(client, cast):
    client.force_login(cast.coordinator)
    bill = reverse("partners:invoice-create", args=[cast.partner.slug])
    asked = client.get(bill)
    assert parse_qs(urlsplit(asked.url).query) == {"next": [bill]}
    fields = {
        "legal_name": "Open Seeds",
        "street": "1",
        "postcode": "2",
        "city": "3",
        "country": "DE",
        "email": "a@example.org",
        "iban": "1",
        "vat_id": "DE 123456789",
        "vat_percent": "19",
        "terms_days": "30",
        "invoice_prefix": "INV-",
        "credit_prefix": "CN-",
        "paper": "a4",
    }
    assert client.post(asked.url, fields).url == bill
    elsewhere = asked.url.partition("?")[0] + "?next=//evil.example.org/"
    assert client.post(elsewhere, fields).url == reverse("partners:invoice-list")


def test_a_draft_can_be_looked_at_as_a_pdf_by_coordinators_only(client, cast, draft):
    url = reverse("partners:invoice-draft-pdf", args=[draft.pk])
    client.force_login(cast.coordinator)
    response = client.get(url)
    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    client.force_login(cast.contact)
    assert client.get(url).status_code == 404
