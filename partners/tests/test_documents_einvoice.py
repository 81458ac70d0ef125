"""E-invoices: the schema of the standard, its arithmetic, and the file inside the PDF."""

import copy
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
from mentorship.devtools.testing.files.papers import NAMES, fonts_of, lines_of
from partners.billing.services import draft_credit_note, draft_invoice, issue_credit_note, issue_invoice
from partners.documents.einvoice import FILE_NAME, EInvoice, EInvoiceLine, EInvoiceParty, missing, to_xml
from partners.models import IssuedDocument
from partners.tests import en16931 as rules
from partners.tests.en16931 import broken

RAM = {"ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}
CENT = Decimal("0.01")
SELLER = EInvoiceParty(
    "Open Seeds e.V.", "Hafenweg 3", "20457", "Hamburg", "DE", "DE123456789", "17/123/4", "a@example.org"
)
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(
    lambda name: any(c.isprintable() and not c.isspace() for c in name)
)


# Category, percent and the reason of an exemption.
TAXES = [
    ("S", "19", ""),
    ("S", "7.5", ""),
    ("E", "0", "Exempt"),
    ("AE", "0", "Reverse charge"),
    ("O", "0", "Outside"),
]


@st.composite
def lines_of_invoice(draw):
    quantity = draw(st.integers(1, 10_000)) * CENT
    price = draw(st.integers(0, 10**7)) * CENT
    return EInvoiceLine(draw(names), quantity, price, (quantity * price).quantize(CENT, ROUND_HALF_UP))


@st.composite
def e_invoices(draw):
    """Any invoice or credit note that the programme could write."""
    category, percent, reason = draw(st.sampled_from(TAXES))
    lines = draw(st.lists(lines_of_invoice(), min_size=1, max_size=5))
    net = sum((line.amount for line in lines), Decimal(0))
    tax = (net * Decimal(percent) / 100).quantize(CENT, ROUND_HALF_UP)
    credit = draw(st.booleans())
    buyer = EInvoiceParty(draw(names), draw(names), "75001", "Paris", "FR", draw(st.sampled_from(["FR40303265045"])))
    return EInvoice(
        number=f"INV-{draw(st.integers(1, 9999)):04}",
        is_credit=credit,
        issued_on=date(2027, 2, 1),
        due_on=None if credit else date(2027, 3, 3),
        currency=draw(st.sampled_from(["EUR", "GBP", "USD", "CHF"])),
        seller=SELLER,
        buyer=buyer,
        lines=lines,
        tax_category=category,
        tax_percent=Decimal(percent),
        exempt_reason=reason,
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
@settings(max_examples=40, deadline=None)
def test_a_hundred_e_invoices_keep_the_schema_and_the_rules(invoice):
    assert missing(invoice) == []
    xml = to_xml(invoice)
    assert facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    assert broken(xml) == []


def plain(category="S", **fields):
    """One document, to be broken on purpose."""
    percent = Decimal(19 if category == "S" else 0)
    tax = percent * 2
    return EInvoice(
        **{
            "number": "INV-0007",
            "is_credit": False,
            "issued_on": date(2027, 2, 1),
            "due_on": date(2027, 3, 3),
            "currency": "EUR",
            "seller": SELLER,
            "tax_category": category,
            "tax_percent": percent,
            "buyer": EInvoiceParty(
                "Soil Fund", "Rue 1", "75001", "Paris", "FR", "FR40303265045", email="b@example.org"
            ),
            "lines": [
                EInvoiceLine("A", Decimal(1), Decimal(150), Decimal(150)),
                EInvoiceLine("B", Decimal(2), Decimal(25), Decimal(50)),
            ],
            "exempt_reason": "" if category == "S" else "Why",
            "net": Decimal(200),
            "tax": tax,
            "gross": 200 + tax,
            "terms": "30 days",
            "iban": "DE02120300000000202051",
            **fields,
        }
    )


def drop(path):
    """Take the first node away."""

    def change(doc):
        node = doc.nodes(path)[0]
        node.getparent().remove(node)

    return change


def put(path, text):
    """Write something else into the first node."""

    def change(doc):
        doc.nodes(path)[0].text = text

    return change


def mark(path, name, value):
    """Set, or with None take away, an attribute of the first node."""

    def change(doc):
        node = doc.nodes(path)[0]
        node.set(name, value) if value is not None else node.attrib.pop(name)

    return change


def double(path):
    """A second copy of the first node."""

    def change(doc):
        node = doc.nodes(path)[0]
        node.addnext(copy.deepcopy(node))

    return change


FIRST = f"{rules.LINE}[1]"
TERMS = f"{rules.SETTLEMENT}/ram:SpecifiedTradePaymentTerms"
ACCOUNT = f"{rules.MEANS}/ram:PayeePartyCreditorFinancialAccount"
ADDRESS = "ram:PostalTradeAddress"
MAIL = "ram:URIUniversalCommunication/ram:URIID"
# rule → what breaks it; for the rules of a category: of a document in that category
BREAKS = {
    "BR-01": drop("//ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
    "BR-02": drop(f"{rules.HEAD}/ram:ID"),
    "BR-03": put(f"{rules.HEAD}/ram:IssueDateTime/udt:DateTimeString", "2027-02-01"),
    "BR-04": drop(f"{rules.HEAD}/ram:TypeCode"),
    "BR-05": drop(f"{rules.SETTLEMENT}/ram:InvoiceCurrencyCode"),
    "BR-06": drop(f"{rules.SELLER}/ram:Name"),
    "BR-07": put(f"{rules.BUYER}/ram:Name", " "),
    "BR-08": drop(f"{rules.SELLER}/{ADDRESS}"),
    "BR-09": drop(f"{rules.SELLER}/{ADDRESS}/ram:CountryID"),
    "BR-10": drop(f"{rules.BUYER}/{ADDRESS}"),
    "BR-11": drop(f"{rules.BUYER}/{ADDRESS}/ram:CountryID"),
    "BR-12": drop(f"{rules.SUMS}/ram:LineTotalAmount"),
    "BR-13": drop(f"{rules.SUMS}/ram:TaxBasisTotalAmount"),
    "BR-14": drop(f"{rules.SUMS}/ram:GrandTotalAmount"),
    "BR-15": drop(f"{rules.SUMS}/ram:DuePayableAmount"),
    "BR-16": lambda doc: [x.getparent().remove(x) for x in doc.lines()],
    "BR-21": drop(f"{FIRST}/ram:AssociatedDocumentLineDocument/ram:LineID"),
    "BR-22": drop(f"{FIRST}/{rules.QUANTITY}"),
    "BR-23": mark(f"{FIRST}/{rules.QUANTITY}", "unitCode", None),
    "BR-24": drop(f"{FIRST}/{rules.LINE_SUM}"),
    "BR-25": drop(f"{FIRST}/ram:SpecifiedTradeProduct/ram:Name"),
    "BR-26": drop(f"{FIRST}/{rules.PRICE}"),
    "BR-27": put(f"{FIRST}/{rules.PRICE}", "-150.00"),
    "BR-45": drop(f"{rules.BREAKDOWN}/ram:BasisAmount"),
    "BR-46": drop(f"{rules.BREAKDOWN}/ram:CalculatedAmount"),
    "BR-47": drop(f"{rules.BREAKDOWN}/ram:CategoryCode"),
    "BR-48": drop(f"{rules.BREAKDOWN}/ram:RateApplicablePercent"),
    "BR-49": drop(f"{rules.MEANS}/ram:TypeCode"),
    "BR-50": drop(f"{ACCOUNT}/ram:IBANID"),
    "BR-55": drop(f"{rules.SETTLEMENT}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
    "BR-61": drop(ACCOUNT),
    "BR-62": mark(f"{rules.SELLER}/{MAIL}", "schemeID", None),
    "BR-63": mark(f"{rules.BUYER}/{MAIL}", "schemeID", None),
    "BR-CO-04": drop(f"{FIRST}/{rules.LINE_TAX}/ram:CategoryCode"),
    "BR-CO-09": put(f"{rules.SELLER}/{rules.VAT_ID}", "123456789"),
    "BR-CO-10": put(f"{FIRST}/{rules.LINE_SUM}", "150.01"),
    "BR-CO-13": put(f"{rules.SUMS}/ram:TaxBasisTotalAmount", "200.01"),
    "BR-CO-14": put(f"{rules.SUMS}/ram:TaxTotalAmount", "38.01"),
    "BR-CO-15": put(f"{rules.SUMS}/ram:GrandTotalAmount", "238.01"),
    "BR-CO-16": put(f"{rules.SUMS}/ram:DuePayableAmount", "237.99"),
    "BR-CO-17": put(f"{rules.BREAKDOWN}/ram:CalculatedAmount", "37.99"),
    "BR-CO-18": drop(rules.BREAKDOWN),
    "BR-CO-25": drop(TERMS),
    "BR-CO-26": lambda doc: [
        drop(f"{rules.SELLER}/{path}")(doc) for path in ("ram:SpecifiedLegalOrganization/ram:ID", rules.VAT_ID)
    ],
    "BR-DEC-09": put(f"{rules.SUMS}/ram:LineTotalAmount", "200.000"),
    "BR-DEC-12": put(f"{rules.SUMS}/ram:TaxBasisTotalAmount", "200.000"),
    "BR-DEC-13": put(f"{rules.SUMS}/ram:TaxTotalAmount", "38.000"),
    "BR-DEC-14": put(f"{rules.SUMS}/ram:GrandTotalAmount", "238.000"),
    "BR-DEC-18": put(f"{rules.SUMS}/ram:DuePayableAmount", "238.000"),
    "BR-DEC-19": put(f"{rules.BREAKDOWN}/ram:BasisAmount", "200.000"),
    "BR-DEC-20": put(f"{rules.BREAKDOWN}/ram:CalculatedAmount", "38.000"),
    "BR-DEC-23": put(f"{FIRST}/{rules.LINE_SUM}", "150.000"),
    "BR-CL-01": put(f"{rules.HEAD}/ram:TypeCode", "38"),
    "BR-CL-04": put(f"{rules.SETTLEMENT}/ram:InvoiceCurrencyCode", "Euro"),
    "BR-CL-14": put(f"{rules.BUYER}/{ADDRESS}/ram:CountryID", "France"),
    "BR-CL-16": put(f"{rules.MEANS}/ram:TypeCode", "999"),
    "BR-CL-17": put(f"{rules.BREAKDOWN}/ram:CategoryCode", "X"),
    "BR-CL-18": put(f"{FIRST}/{rules.LINE_TAX}/ram:CategoryCode", "X"),
    "BR-CL-23": mark(f"{FIRST}/{rules.QUANTITY}", "unitCode", "pieces"),
    "BR-CL-25": mark(f"{rules.SELLER}/{MAIL}", "schemeID", "mail"),
    "BR-O-11": double(rules.BREAKDOWN),
    "BR-O-12": put(f"{FIRST}/{rules.LINE_TAX}/ram:CategoryCode", "E"),
}


def of_category(number):
    """BR-S-08 → S, and what breaks the rule in a document of that category."""
    code, last = number.split("-")[1:]
    rate = f"{FIRST}/{rules.LINE_TAX}/ram:RateApplicablePercent"
    party = rules.BUYER if code == "AE" else rules.SELLER

    def ids(doc):
        if code == "O":
            add = etree.SubElement(doc.nodes(rules.SELLER)[0], f"{{{rules.NS['ram']}}}SpecifiedTaxRegistration")
            etree.SubElement(add, f"{{{rules.NS['ram']}}}ID", schemeID="VA").text = "DE1"
        for node in doc.nodes(f"{party}/ram:SpecifiedTaxRegistration") if code != "O" else []:
            node.getparent().remove(node)

    def line_rate(doc):
        if code == "O":
            tax = doc.nodes(f"{FIRST}/{rules.LINE_TAX}")[0]
            etree.SubElement(tax, f"{{{rules.NS['ram']}}}RateApplicablePercent").text = "0"
        else:
            put(rate, "0" if code == "S" else "19")(doc)

    def reason(doc):
        if code != "S":
            drop(f"{rules.BREAKDOWN}/ram:ExemptionReason")(doc)
            return
        etree.SubElement(doc.nodes(rules.BREAKDOWN)[0], f"{{{rules.NS['ram']}}}ExemptionReason").text = "Why not"

    return code, {
        "01": drop(rules.BREAKDOWN),
        "02": ids,
        "05": line_rate,
        "10": reason,
        "08": put(f"{rules.BREAKDOWN}/ram:BasisAmount", "199.00"),
        "09": put(f"{rules.BREAKDOWN}/ram:CalculatedAmount", "1.00"),
    }[last]


# We write no zero-rated, intra-community or export invoices; their rules are there for when we do.
OURS = [n for n in rules.RULES if not n.startswith(("BR-Z", "BR-IC", "BR-G"))]


@pytest.mark.parametrize("number", OURS)
def test_a_document_that_breaks_a_rule_is_caught_by_it(number):
    category, change = ("O" if number in ("BR-O-11", "BR-O-12") else "S"), BREAKS.get(number)
    if change is None:
        category, change = of_category(number)
    again = {"credits": "INV-0001", "credits_on": date(2027, 1, 1), "is_credit": True} if number == "BR-55" else {}
    xml = to_xml(plain(category, **again))
    assert broken(xml) == []
    document = rules.Document(xml)
    change(document)
    assert number in broken(etree.tostring(document.tree))


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
    assert broken(xml) == []


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
    assert broken(xml) == []
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
    assert missing(plain("E", buyer=nobody)) == ["the partner's name"]
    assert missing(plain("E", lines=[EInvoiceLine("\u0378", Decimal(1), Decimal(200), Decimal(200))])) == [
        "a text on every line"
    ]


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
