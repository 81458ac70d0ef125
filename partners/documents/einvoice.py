"""The e-invoice: Factur-X / ZUGFeRD, profile EN 16931, as Cross Industry Invoice XML. No database here."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

from mentorship.core.text import printable

PROFILE = "urn:cen.eu:en16931:2017"
FILE_NAME = "factur-x.xml"
_SPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
for _prefix, _uri in _SPACES.items():
    ElementTree.register_namespace(_prefix, _uri)
Element = ElementTree.Element


@dataclass(frozen=True)
class EInvoiceParty:
    """Seller or buyer. `country` is an ISO 3166 code; `vat_id` begins with one."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str = ""
    tax_number: str = ""
    email: str = ""


@dataclass(frozen=True)
class EInvoiceLine:
    """One line, in the invoice's currency, without VAT."""

    text: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


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
    tax_category: str
    tax_percent: Decimal
    exempt_reason: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    terms: str
    iban: str = ""
    bic: str = ""
    po_number: str = ""
    credits: str = ""
    credits_on: date | None = None
    notes: list[str] = field(default_factory=list)


def missing(invoice: EInvoice) -> list[str]:
    """Required contents that are missing, in words; [] if an e-invoice is possible."""
    found = []
    for who, party in (("our", invoice.seller), ("the partner's", invoice.buyer)):
        if len(party.country) != 2:
            found.append(f"{who} country, as two letters")
        if not _clean(party.name):
            found.append(f"{who} name")
    if not (invoice.seller.vat_id or invoice.seller.tax_number):
        found.append("our VAT or tax number")
    if not all(_clean(line.text) for line in invoice.lines):
        found.append("a text on every line")
    if invoice.tax_category in ("S", "AE") and not invoice.seller.vat_id:
        found.append("our VAT number")
    if invoice.tax_category == "AE" and not invoice.buyer.vat_id:
        found.append("the partner's VAT number")
    if any((amount * 100) % 1 for amount in (invoice.net, invoice.tax, invoice.gross)):
        found.append("a currency with two decimals at most")
    return found


def to_xml(invoice: EInvoice) -> bytes:
    """The document, UTF-8."""
    root = Element(_tag("rsm:CrossIndustryInvoice"))
    context = _add(_add(root, "rsm:ExchangedDocumentContext"), "ram:GuidelineSpecifiedDocumentContextParameter")
    _add(context, "ram:ID", PROFILE)
    head = _add(root, "rsm:ExchangedDocument")
    _add(head, "ram:ID", invoice.number)
    _add(head, "ram:TypeCode", "381" if invoice.is_credit else "380")
    _day(_add(head, "ram:IssueDateTime"), invoice.issued_on)
    for note in invoice.notes:
        _add(_add(head, "ram:IncludedNote"), "ram:Content", note)
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    for number, line in enumerate(invoice.lines, 1):
        _line(trade, number, line, invoice)
    _agreement(trade, invoice)
    delivery = _add(trade, "ram:ApplicableHeaderTradeDelivery")
    event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
    _day(_add(event, "ram:OccurrenceDateTime"), invoice.issued_on)
    _settlement(trade, invoice)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _tag(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{_SPACES[prefix]}}}{local}"


def _add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    child = ElementTree.SubElement(parent, _tag(name), attributes)
    if text:
        child.text = _clean(text)
    return child


def _clean(text: str) -> str:
    """Text that XML can contain and readers can display."""
    return "".join(c for c in printable(text) if unicodedata.category(c) != "Cn").strip()


def _day(parent: Element, day: date, name: str = "udt:DateTimeString") -> None:
    _add(parent, name, f"{day:%Y%m%d}", format="102")


def _number(value: Decimal) -> str:
    """A number with as few decimals as possible, never in E notation; two for whole amounts of money."""
    plain = f"{value.normalize():f}"
    whole, _, rest = plain.partition(".")
    return f"{whole}.{rest:0<2}"


def _tax(parent: Element, invoice: EInvoice, *, totals: bool) -> None:
    tax = _add(parent, "ram:ApplicableTradeTax")
    if totals:
        _add(tax, "ram:CalculatedAmount", _number(invoice.tax))
    _add(tax, "ram:TypeCode", "VAT")
    if totals:
        if invoice.tax_category != "S":
            _add(tax, "ram:ExemptionReason", invoice.exempt_reason)
        _add(tax, "ram:BasisAmount", _number(invoice.net))
    _add(tax, "ram:CategoryCode", invoice.tax_category)
    if invoice.tax_category != "O":  # items outside the scope of VAT have no rate, not even zero
        _add(tax, "ram:RateApplicablePercent", _number(invoice.tax_percent))


def _line(trade: Element, number: int, line: EInvoiceLine, invoice: EInvoice) -> None:
    item = _add(trade, "ram:IncludedSupplyChainTradeLineItem")
    _add(_add(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(number))
    _add(_add(item, "ram:SpecifiedTradeProduct"), "ram:Name", line.text)
    price = _add(_add(item, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", _number(line.price))
    _add(_add(item, "ram:SpecifiedLineTradeDelivery"), "ram:BilledQuantity", _number(line.quantity), unitCode="C62")
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    _tax(settlement, invoice, totals=False)
    summation = _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _add(summation, "ram:LineTotalAmount", _number(line.amount))


def _agreement(trade: Element, invoice: EInvoice) -> None:
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    if invoice.po_number:
        _add(agreement, "ram:BuyerReference", invoice.po_number)
    _party(_add(agreement, "ram:SellerTradeParty"), invoice.seller, invoice.tax_category, seller=True)
    _party(_add(agreement, "ram:BuyerTradeParty"), invoice.buyer, invoice.tax_category, seller=False)
    if invoice.po_number:
        _add(_add(agreement, "ram:BuyerOrderReferencedDocument"), "ram:IssuerAssignedID", invoice.po_number)


def _party(parent: Element, party: EInvoiceParty, category: str, *, seller: bool) -> None:
    _add(parent, "ram:Name", party.name)
    if seller and (party.tax_number or not party.vat_id or category == "O"):
        _add(_add(parent, "ram:SpecifiedLegalOrganization"), "ram:ID", party.tax_number or party.vat_id)
    address = _add(parent, "ram:PostalTradeAddress")
    for name, text in (("PostcodeCode", party.postcode), ("LineOne", party.street), ("CityName", party.city)):
        if text:
            _add(address, f"ram:{name}", text)
    _add(address, "ram:CountryID", party.country)
    if party.email:
        _add(_add(parent, "ram:URIUniversalCommunication"), "ram:URIID", party.email, schemeID="EM")
    if party.vat_id and category != "O":
        _add(_add(parent, "ram:SpecifiedTaxRegistration"), "ram:ID", party.vat_id.replace(" ", ""), schemeID="VA")
    if seller and party.tax_number and category != "O":
        _add(_add(parent, "ram:SpecifiedTaxRegistration"), "ram:ID", party.tax_number, schemeID="FC")


def _settlement(trade: Element, invoice: EInvoice) -> None:
    settlement = _add(trade, "ram:ApplicableHeaderTradeSettlement")
    _add(settlement, "ram:PaymentReference", invoice.number)
    _add(settlement, "ram:InvoiceCurrencyCode", invoice.currency)
    if invoice.iban and not invoice.is_credit:
        _payment_means(settlement, invoice)
    _tax(settlement, invoice, totals=True)
    terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
    _add(terms, "ram:Description", invoice.terms)
    if invoice.due_on:
        _day(_add(terms, "ram:DueDateDateTime"), invoice.due_on)
    sums = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(sums, "ram:LineTotalAmount", _number(invoice.net))
    _add(sums, "ram:TaxBasisTotalAmount", _number(invoice.net))
    _add(sums, "ram:TaxTotalAmount", _number(invoice.tax), currencyID=invoice.currency)
    _add(sums, "ram:GrandTotalAmount", _number(invoice.gross))
    _add(sums, "ram:DuePayableAmount", _number(invoice.gross))
    if invoice.credits:
        before = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(before, "ram:IssuerAssignedID", invoice.credits)
        if invoice.credits_on:
            _day(_add(before, "ram:FormattedIssueDateTime"), invoice.credits_on, "qdt:DateTimeString")


def _payment_means(settlement: Element, invoice: EInvoice) -> None:
    means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    iban = invoice.iban.replace(" ", "")
    is_iban = len(iban) >= 15 and iban[:2].isalpha() and iban[2:4].isdigit()
    _add(means, "ram:TypeCode", "58" if is_iban and invoice.currency == "EUR" else "30")
    account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
    _add(account, "ram:IBANID" if is_iban else "ram:ProprietaryID", iban)
    if invoice.bic:
        _add(_add(means, "ram:PayeeSpecifiedCreditorFinancialInstitution"), "ram:BICID", invoice.bic)
