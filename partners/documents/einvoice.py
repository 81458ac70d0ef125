"""The contents of an e-invoice in the terms of EN 16931; its syntaxes are in `cii` and `ubl`. No database here."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mentorship.core.text import printable
from partners.documents.identifiers import e_address, is_iban

FILE_NAME = "factur-x.xml"
FACTURX, XRECHNUNG, PEPPOL = "facturx", "xrechnung", "peppol"
# Format → the specification that a document claims to follow (BT-24).
SPECIFICATIONS = {
    FACTURX: "urn:cen.eu:en16931:2017",
    XRECHNUNG: "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    PEPPOL: "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
}
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


@dataclass(frozen=True)
class EInvoiceParty:
    """Seller or buyer. `country` is an ISO 3166 code; `vat_id` is a VAT number, other numbers are in other fields."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str = ""
    tax_number: str = ""
    email: str = ""
    registration_number: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    e_address: str = ""

    @property
    def endpoint(self) -> tuple[str, str]:
        """Scheme and electronic address; empty texts without one."""
        scheme, number = e_address(self.e_address)
        return (scheme, number) if number else ("EM" if self.email else "", self.email)


@dataclass(frozen=True)
class EInvoiceLine:
    """One line, in the invoice's currency, without VAT."""

    text: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    category: str
    percent: Decimal


@dataclass(frozen=True)
class EInvoiceVat:
    """The sum of a category and rate of VAT."""

    category: str
    percent: Decimal
    net: Decimal
    tax: Decimal
    reason: str = ""


@dataclass(frozen=True)
class EInvoice:
    """The contents of an invoice (380) or a credit note (381) that the standard requires."""

    number: str
    is_credit: bool
    issued_on: date
    due_on: date | None
    currency: str
    seller: EInvoiceParty
    buyer: EInvoiceParty
    lines: list[EInvoiceLine]
    vat: list[EInvoiceVat]
    net: Decimal
    tax: Decimal
    gross: Decimal
    terms: str
    iban: str = ""
    bic: str = ""
    po_number: str = ""
    buyer_reference: str = ""
    service_from: date | None = None
    service_to: date | None = None
    credits: str = ""
    credits_on: date | None = None
    notes: list[str] = field(default_factory=list)
    format: str = FACTURX

    @property
    def is_outside_vat(self) -> bool:
        """Whether it is not subject to VAT: then no VAT number may be on it."""
        return any(group.category == "O" for group in self.vat)

    @property
    def payment_code(self) -> str:
        """How it is paid (UNTDID 4461): by SEPA transfer, another transfer, or as agreed."""
        if self.is_credit or not self.iban:
            return "1"
        return "58" if is_iban(self.iban) and self.currency == "EUR" else "30"


@dataclass(frozen=True)
class Lack:
    """A missing content of an e-invoice: in words, and the form and field where it is entered."""

    what: str
    form: str  # "biller", "partner" or "draft"
    name: str


def missing(invoice: EInvoice) -> list[Lack]:
    """Missing contents that keep an e-invoice from being valid; [] if it is possible."""
    found = [*_missing_of_parties(invoice), *_missing_of_vat(invoice)]
    if not all(clean(line.text) for line in invoice.lines):
        found.append(Lack("a text on every line", "draft", "lines-0-text"))
    if any((amount * 100) % 1 for amount in (invoice.net, invoice.tax, invoice.gross)):
        found.append(Lack("a currency with two decimals at most", "draft", "e_invoice"))
    if invoice.format != FACTURX:
        found += _missing_of_formats(invoice)
    return found


def _missing_of_parties(invoice: EInvoice) -> list[Lack]:
    found = []
    for whose, form, party in (("our", "biller", invoice.seller), ("the partner's", "partner", invoice.buyer)):
        if len(party.country) != 2:
            found.append(Lack(f"{whose} country", form, "country"))
        if not clean(party.name):
            found.append(Lack(f"{whose} name", form, "legal_name"))
    seller = invoice.seller
    if not (seller.vat_id or seller.tax_number or seller.registration_number):
        found.append(Lack("our VAT or tax number", "biller", "vat_id"))
    return found


def _missing_of_vat(invoice: EInvoice) -> list[Lack]:
    categories = {group.category for group in invoice.vat}
    seller, found = invoice.seller, []
    if categories & {"S", "Z", "E", "AE"} and not (seller.vat_id or seller.tax_number):
        found.append(Lack("our VAT or tax number", "biller", "vat_id"))
    if "AE" in categories and not seller.vat_id:
        found.append(Lack("our VAT number", "biller", "vat_id"))
    if "AE" in categories and not (invoice.buyer.vat_id or invoice.buyer.registration_number):
        found.append(Lack("the partner's VAT number", "partner", "tax_id"))
    if "O" in categories and len(categories) > 1:
        found.append(
            Lack("one kind of VAT: lines not subject to VAT need an invoice of their own", "draft", "tax_category")
        )
    return list(dict.fromkeys(found))


def _missing_of_formats(invoice: EInvoice) -> list[Lack]:
    """Contents that XRechnung and Peppol want beyond the standard."""
    wanted: list[tuple[bool, Lack]] = [
        (bool(invoice.seller.endpoint[1]), Lack("our email", "biller", "email")),
        (
            bool(invoice.buyer.endpoint[1]),
            Lack("the partner's email or address for e-invoices", "partner", "billing_email"),
        ),
    ]
    if invoice.format == PEPPOL:
        reference = bool(invoice.buyer_reference or invoice.po_number)
        wanted.append((reference, Lack("the buyer's reference or purchase order", "draft", "buyer_reference")))
    else:
        wanted += _wanted_by_xrechnung(invoice)
    return [lack for is_there, lack in wanted if not is_there]


def _wanted_by_xrechnung(invoice: EInvoice) -> list[tuple[bool, Lack]]:
    seller, buyer = invoice.seller, invoice.buyer
    return [
        (bool(invoice.buyer_reference), Lack("the buyer's reference (Leitweg-ID)", "draft", "buyer_reference")),
        (bool(seller.contact_name), Lack("our contact", "biller", "contact_name")),
        (
            sum(c.isdigit() for c in seller.contact_phone) >= 3,
            Lack("our contact's phone number", "biller", "contact_phone"),
        ),
        (bool(buyer.postcode), Lack("the partner's postcode", "partner", "postcode")),
        (bool(buyer.city), Lack("the partner's city", "partner", "city")),
    ]


def in_words(lacks: Sequence[Lack]) -> str:
    return ", ".join(lack.what for lack in lacks)


def clean(text: str) -> str:
    """Text that XML can contain and readers can display."""
    return "".join(c for c in printable(text) if unicodedata.category(c) != "Cn").strip()


def number(value: Decimal) -> str:
    """A number with as few decimals as possible, never in E notation; two for whole amounts of money."""
    plain = f"{value.normalize():f}"
    whole, _, rest = plain.partition(".")
    return f"{whole}.{rest:0<2}"


def to_xml(invoice: EInvoice) -> bytes:
    """The document in the syntax of its format, UTF-8."""
    from partners.documents import cii, ubl  # noqa: PLC0415 circular by design: the syntaxes read the contents above

    return ubl.to_ubl(invoice) if invoice.format == PEPPOL else cii.to_cii(invoice)
