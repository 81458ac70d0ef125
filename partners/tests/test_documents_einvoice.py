"""E-invoices: the schema of the standard, its arithmetic, and the file inside the PDF."""

import io
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import facturx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.files.official_rules import violations
from mentorship.devtools.testing.files.papers import NAMES, fonts_of, lines_of
from partners.billing.services import draft_credit_note, draft_invoice, issue_credit_note, issue_invoice
from partners.documents.einvoice import (
    FILE_NAME,
    EInvoice,
    EInvoiceLine,
    EInvoiceParty,
    EInvoiceVat,
    in_words,
    missing,
    to_xml,
)
from partners.models import IssuedDocument

RAM = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
CENT = Decimal("0.01")
SELLER = EInvoiceParty(
    "Open Seeds e.V.",
    "Hafenweg 3",
    "20457",
    "Hamburg",
    "DE",
    "DE123456789",
    "17/123/4",
    "a@example.org",
    contact_name="Ana",
    contact_phone="+49 40 1234",
)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(
    lambda name: any(c.isprintable() and not c.isspace() for c in name)
)


@st.composite
def e_invoices(draw):
    """Any invoice or credit note that the programme could write."""
    category, percent, reason = draw(
        st.sampled_from(
            [
                ("S", "19", ""),
                ("S", "7.5", ""),
                ("Z", "0", ""),
                ("E", "0", "Exempt"),
                ("AE", "0", "Reverse charge"),
                ("O", "0", "Outside"),
            ]
        )
    )
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        quantity = draw(st.integers(1, 10_000)) * CENT
        price = draw(st.integers(0, 10**7)) * CENT
        amount = (quantity * price).quantize(CENT, ROUND_HALF_UP)
        lines.append(EInvoiceLine(draw(names), quantity, price, amount, category, Decimal(percent)))
    net = sum((line.amount for line in lines), Decimal(0))
    tax = (net * Decimal(percent) / 100).quantize(CENT, ROUND_HALF_UP)
    credit = draw(st.booleans())
    buyer = EInvoiceParty(draw(names), draw(names), "75001", "Paris", "FR", "FR40303265045", email="b@example.org")
    return EInvoice(
        number=f"INV-{draw(st.integers(1, 9999)):04}",
        is_credit=credit,
        issued_on=date(2027, 2, 1),
        due_on=None if credit else date(2027, 3, 3),
        currency=draw(st.sampled_from(["EUR", "GBP", "USD", "CHF"])),
        seller=SELLER,
        buyer=buyer,
        lines=lines,
        vat=[EInvoiceVat(category, Decimal(percent), net, tax, reason)],
        format=draw(st.sampled_from(["facturx", "xrechnung", "peppol"])),
        buyer_reference="991-01234-44",
        net=net,
        tax=tax,
        gross=net + tax,
        terms="30 days",
        iban=draw(st.sampled_from(["", "DE02 1203 0000 0000 2020 51", "12345678"])),
        bic="BYLADEM1001",
        po_number=draw(st.sampled_from(["", "PO 7"])),
        credits="INV-0001" if credit else "",
        credits_on=date(2027, 1, 1) if credit else None,
        notes=draw(st.lists(names, max_size=2)),
    )


def found(tree, path):
    return [node.text for node in tree.iterfind(f".//ram:{path}", RAM)]


@given(e_invoices())
@settings(max_examples=25, deadline=None)
def test_any_e_invoice_is_valid_by_the_official_rules_of_its_format(invoice):
    assert missing(invoice) == []
    assert violations(to_xml(invoice), invoice.format) == []


def plain(category="S", **fields):
    """One document, to be broken on purpose."""
    percent = Decimal(19 if category == "S" else 0)
    tax = percent * 2
    lines = [
        EInvoiceLine("A", Decimal(1), Decimal(150), Decimal(150), category, percent),
        EInvoiceLine("B", Decimal(2), Decimal(25), Decimal(50), category, percent),
    ]
    return EInvoice(
        **{
            "number": "INV-0007",
            "is_credit": False,
            "issued_on": date(2027, 2, 1),
            "due_on": date(2027, 3, 3),
            "currency": "EUR",
            "seller": SELLER,
            "buyer": EInvoiceParty(
                "Soil Fund", "Rue 1", "75001", "Paris", "FR", "FR40303265045", email="b@example.org"
            ),
            "lines": lines,
            "vat": [EInvoiceVat(category, percent, Decimal(200), tax, "" if category == "S" else "Why")],
            "net": Decimal(200),
            "tax": tax,
            "gross": 200 + tax,
            "terms": "30 days",
            "iban": "DE02120300000000202051",
            **fields,
        }
    )


@pytest.mark.django_db
@pytest.mark.parametrize("paper", ["a4", "us-letter"])
@pytest.mark.parametrize(
    ("language", "word"), [("en", "Invoice"), ("de", "Rechnung"), ("fr", "Facture"), ("es", "Factura")]
)
def test_the_paper_is_tagged_pdf_a_with_the_e_invoice_inside(cast, biller, draft, paper, language, word):
    biller.paper = paper
    biller.save()
    type(draft).objects.filter(pk=draft.pk).update(language=language)
    invoice = issue_invoice(invoice=draft, by=cast.owner, on=date(2027, 2, 1))
    document = IssuedDocument.objects.get(invoice=invoice)
    pdf = pypdf.PdfReader(io.BytesIO(bytes(document.pdf)), strict=True)
    assert word in pdf.pages[0].extract_text()
    assert round(float(pdf.pages[0].mediabox.width)) == (595 if paper == "a4" else 612)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert "/StructTreeRoot" in root
    (file,) = root["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Alternative"
    assert "/OutputIntents" in root or pdf.xmp_metadata is not None
    metadata = pdf.xmp_metadata.stream.get_data().decode()
    for said in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<fx:ConformanceLevel>EN 16931<", f">{FILE_NAME}<"):
        assert said in metadata
    name, xml = facturx.get_xml_from_pdf(io.BytesIO(bytes(document.pdf)), check_xsd=True)
    assert name == FILE_NAME
    assert xml.decode() == document.xml
    assert violations(xml, "facturx") == []


@pytest.mark.parametrize("name", ["山田\u3000さくら", "کتاب\u200cخانه", "ශ්\u200dරී", "Soil\u00a0Fund"])
def test_the_e_invoice_keeps_joiners_and_spaces_of_every_width(name):
    buyer = EInvoiceParty(f"{name}\x07", "Rue 1", "75001", "Paris", "FR", "FR40303265045")
    assert name in found(etree.fromstring(to_xml(plain(buyer=buyer))), "BuyerTradeParty/ram:Name")


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*NAMES, "Soil\u3000Fund 山田", "کتاب\u200cخانه", "Wxyz" * 30])
def test_a_partner_of_any_name_gets_an_invoice_and_the_e_invoice_says_it_the_same(cast, biller, draft, name):
    cast.partner.name, cast.partner.street, biller.legal_name = name, f"{name} 1", f"{name} e.V."
    cast.partner.save()
    biller.save()
    draft.lines.update(text=f"For {name}")
    document = issue_invoice(invoice=draft, by=cast.owner, on=date(2027, 2, 1)).document
    pdf = bytes(document.pdf)
    assert NAMES.get(name, "NotoSans") in fonts_of(pdf)
    assert max(len(line) for line in lines_of(pdf)) < 120
    _, xml = facturx.get_xml_from_pdf(io.BytesIO(pdf), check_xsd=True)
    assert violations(xml, "facturx") == []
    words = {node.text for node in etree.fromstring(xml).iter() if node.text}
    assert {name, f"{name} e.V.", f"For {name}"} <= words


@pytest.mark.django_db
@pytest.mark.usefixtures("no_server_fonts")
def test_letters_without_a_font_are_named_before_the_invoice_gets_a_number(cast, biller, draft):
    cast.partner.name = "Fund 𒀀"
    cast.partner.save()
    with pytest.raises(ServiceError, match="No font of this server has these letters: 𒀀"):
        issue_invoice(invoice=draft, by=cast.owner, on=date(2027, 2, 1))
    draft.refresh_from_db()
    assert (draft.status, draft.number) == ("draft", "")


def test_a_name_that_nobody_can_read_is_none():
    nobody = EInvoiceParty("\u0378", "Rue 1", "75001", "Paris", "FR")
    assert in_words(missing(plain("E", buyer=nobody))) == "the partner's name"
    line = EInvoiceLine("\u0378", Decimal(1), Decimal(200), Decimal(200), "E", Decimal(0))
    assert in_words(missing(plain("E", lines=[line]))) == "a text on every line"


def test_the_official_rules_find_what_is_wrong():
    xml = to_xml(plain())
    assert violations(xml, "facturx") == []
    wrong = {
        b"<ram:GrandTotalAmount>238.00": b"<ram:GrandTotalAmount>239.00",
        b"<ram:CategoryCode>S<": b"<ram:CategoryCode>X<",
        b">DE123456789<": b">123456789<",
    }
    assert all(violations(xml.replace(before, after), "facturx") for before, after in wrong.items())
    assert any("BR-DE-15" in one for one in violations(to_xml(plain(format="xrechnung")), "xrechnung"))
    peppol = to_xml(plain(format="peppol", buyer_reference="7"))
    assert violations(peppol, "peppol") == []
    assert violations(peppol.replace(b">238.00<", b">239.00<"), "peppol")


@pytest.mark.django_db
def test_a_credit_note_names_what_it_corrects(cast, draft):
    invoice = issue_invoice(invoice=draft, by=cast.owner, on=date(2027, 2, 1))
    note = issue_credit_note(note=draft_credit_note(invoice=invoice, by=cast.owner), by=cast.owner)
    tree = etree.fromstring(IssuedDocument.objects.get(invoice=note).xml.encode())
    assert found(tree, "InvoiceReferencedDocument/ram:IssuerAssignedID") == ["INV-0001"]
    assert tree.findtext(".//{*}TypeCode") == "381"
    assert facturx.xml_check_xsd(etree.tostring(tree))


@pytest.mark.django_db
def test_what_an_e_invoice_lacks_is_said_and_no_number_is_used(cast, biller):
    cast.partner.country = ""
    cast.partner.save()
    lines = [("x", Decimal(1), Decimal("1.005"))]
    draft = draft_invoice(partner=cast.partner, by=cast.owner, currency="KWD", lines=lines)
    with pytest.raises(ServiceError, match=r"the partner's country.*two decimals"):
        issue_invoice(invoice=draft, by=cast.owner)
    draft.refresh_from_db()
    draft.e_invoice = False
    draft.save()
    assert issue_invoice(invoice=draft, by=cast.owner).number == "INV-0001"
