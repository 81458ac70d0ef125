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

from partners.einvoice import FILE_NAME, EInvoice, Line, Party, missing, to_xml
from partners.models import IssuedDocument
from partners.services import PartnerError
from partners.services.invoicing import draft_credit_note, draft_invoice, issue_credit_note, issue_invoice

RAM = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
CENT = Decimal("0.01")
SELLER = Party("Open Seeds e.V.", "Hafenweg 3", "20457", "Hamburg", "DE", "DE123456789", "17/123/4", "a@example.org")
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(str.strip)


@st.composite
def e_invoices(draw):
    """Any invoice or credit note that the programme could write."""
    category, percent, reason = draw(
        st.sampled_from(
            [
                ("S", "19", ""),
                ("S", "7.5", ""),
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
        lines.append(Line(draw(names), quantity, price, (quantity * price).quantize(CENT, ROUND_HALF_UP)))
    net = sum((line.amount for line in lines), Decimal(0))
    tax = (net * Decimal(percent) / 100).quantize(CENT, ROUND_HALF_UP)
    credit = draw(st.booleans())
    buyer = Party(draw(names), draw(names), "75001", "Paris", "FR", draw(st.sampled_from(["FR40303265045"])))
    return EInvoice(
        number=f"INV-{draw(st.integers(1, 9999)):04}", is_credit=credit, issued_on=date(2027, 2, 1),
        due_on=None if credit else date(2027, 3, 3), currency=draw(st.sampled_from(["EUR", "GBP", "USD", "CHF"])),
        seller=SELLER, buyer=buyer, lines=lines, tax_category=category, tax_percent=Decimal(percent),
        exempt_reason=reason, net=net, tax=tax, gross=net + tax, terms="30 days",
        iban=draw(st.sampled_from(["", "DE02 1203 0000 0000 2020 51", "12345678"])), bic="BYLADEM1001",
        po_number=draw(st.sampled_from(["", "PO 7"])), credits="INV-0001" if credit else "",
        credits_on=date(2027, 1, 1) if credit else None, notes=draw(st.lists(names, max_size=2)),
    )  # fmt: skip


def found(tree, path):
    return [node.text for node in tree.iterfind(f".//ram:{path}", RAM)]


def check_rules(xml: bytes) -> None:
    """Rules of EN 16931 about sums and about what must be there, by their own numbers."""
    tree = etree.fromstring(xml)
    sums = "SpecifiedTradeSettlementHeaderMonetarySummation/ram:"
    line_sum, basis, tax, grand, due = (
        Decimal(found(tree, sums + name)[0])
        for name in ("LineTotalAmount", "TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")
    )
    lines = found(tree, "SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount")
    assert line_sum == sum(map(Decimal, lines))  # BR-CO-10
    assert basis == line_sum  # BR-CO-13
    assert grand == basis + tax == due  # BR-CO-15, BR-CO-16
    settlement = tree.find(".//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax", RAM)
    category = settlement.findtext("ram:CategoryCode", namespaces=RAM)
    rate = settlement.findtext("ram:RateApplicablePercent", namespaces=RAM)
    assert Decimal(settlement.findtext("ram:BasisAmount", namespaces=RAM)) == basis  # BR-S-08, BR-E-08 ...
    calculated = Decimal(settlement.findtext("ram:CalculatedAmount", namespaces=RAM))
    assert calculated == (basis * Decimal(rate or 0) / 100).quantize(CENT, ROUND_HALF_UP) == tax  # BR-CO-14, BR-CO-17
    assert (settlement.find("ram:ExemptionReason", RAM) is None) == (category == "S")  # BR-S-10, BR-E-10 ...
    vat_ids = [n.text for n in tree.iterfind(".//ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']", RAM)]
    if category == "O":
        assert rate is None  # BR-O-05
        assert not vat_ids  # BR-O-02
        assert found(tree, "SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID")  # BR-CO-26
    else:
        assert all(v[:2].isalpha() for v in vat_ids)  # BR-CO-09
        assert len(vat_ids) == 2 or category != "AE"  # BR-AE-02, BR-AE-03
    assert all(len(code) == 2 for code in found(tree, "PostalTradeAddress/ram:CountryID"))  # BR-09, BR-11
    for node in tree.iter():
        if isinstance(node.tag, str) and node.tag.endswith("Amount"):
            assert -Decimal(node.text).as_tuple().exponent <= 2, node.tag  # BR-DEC


@given(e_invoices())
@settings(max_examples=100, deadline=None)
def test_a_hundred_e_invoices_keep_the_schema_and_the_rules(invoice):
    assert missing(invoice) == []
    xml = to_xml(invoice)
    assert facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    check_rules(xml)


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
    check_rules(xml)


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
    with pytest.raises(PartnerError, match=r"the partner's country.*two decimals"):
        issue_invoice(invoice=draft, by=cast.owner)
    draft.refresh_from_db()
    draft.e_invoice = False
    draft.save()
    assert issue_invoice(invoice=draft, by=cast.owner).number == "INV-0001"
