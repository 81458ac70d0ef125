"""Cross Industry Invoice: the syntax of Factur-X / ZUGFeRD, and one of XRechnung's. Pure."""

from datetime import date

from partners.documents.einvoice import (
    FACTURX,
    PROCESS,
    SPECIFICATIONS,
    EInvoice,
    EInvoiceLine,
    EInvoiceParty,
    EInvoiceVat,
    number,
)
from partners.documents.identifiers import is_iban
from partners.documents.xml_tree import Element, builder, written

_root, _add = builder(
    {
        "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
        "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
        "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    }
)


def to_cii(invoice: EInvoice) -> bytes:
    """The document, UTF-8."""
    root = _root("rsm:CrossIndustryInvoice")
    context = _add(root, "rsm:ExchangedDocumentContext")
    if invoice.format != FACTURX:
        _add(_add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter"), "ram:ID", PROCESS)
    specification = _add(context, "ram:GuidelineSpecifiedDocumentContextParameter")
    _add(specification, "ram:ID", SPECIFICATIONS[invoice.format])
    head = _add(root, "rsm:ExchangedDocument")
    _add(head, "ram:ID", invoice.number)
    _add(head, "ram:TypeCode", "381" if invoice.is_credit else "380")
    _day(_add(head, "ram:IssueDateTime"), invoice.issued_on)
    for note in invoice.notes:
        _add(_add(head, "ram:IncludedNote"), "ram:Content", note)
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    for position, line in enumerate(invoice.lines, 1):
        _line(trade, position, line)
    _agreement(trade, invoice)
    delivery = _add(trade, "ram:ApplicableHeaderTradeDelivery")
    if invoice.service_to and invoice.service_from == invoice.service_to:
        event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
        _day(_add(event, "ram:OccurrenceDateTime"), invoice.service_to)
    _settlement(trade, invoice)
    return written(root)


def _day(parent: Element, day: date, name: str = "udt:DateTimeString") -> None:
    _add(parent, name, f"{day:%Y%m%d}", format="102")


def _rate(tax: Element, category: str, percent: str, *, always: bool = False) -> None:
    _add(tax, "ram:CategoryCode", category)
    if category != "O" or always:  # items outside the scope of VAT have no rate, not even zero
        _add(tax, "ram:RateApplicablePercent", percent)


def _line(trade: Element, position: int, line: EInvoiceLine) -> None:
    item = _add(trade, "ram:IncludedSupplyChainTradeLineItem")
    _add(_add(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(position))
    _add(_add(item, "ram:SpecifiedTradeProduct"), "ram:Name", line.text)
    price = _add(_add(item, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", number(line.price))
    _add(_add(item, "ram:SpecifiedLineTradeDelivery"), "ram:BilledQuantity", number(line.quantity), unitCode="C62")
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:TypeCode", "VAT")
    _rate(tax, line.category, number(line.percent))
    summation = _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _add(summation, "ram:LineTotalAmount", number(line.amount))


def _agreement(trade: Element, invoice: EInvoice) -> None:
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    if invoice.buyer_reference:
        _add(agreement, "ram:BuyerReference", invoice.buyer_reference)
    _seller(_add(agreement, "ram:SellerTradeParty"), invoice.seller, outside=invoice.is_outside_vat)
    _buyer(_add(agreement, "ram:BuyerTradeParty"), invoice.buyer, outside=invoice.is_outside_vat)
    if invoice.po_number:
        _add(_add(agreement, "ram:BuyerOrderReferencedDocument"), "ram:IssuerAssignedID", invoice.po_number)


def _seller(parent: Element, party: EInvoiceParty, *, outside: bool) -> None:
    _add(parent, "ram:Name", party.name)
    # Without a VAT number something else has to identify the seller.
    other = party.registration_number or ("" if party.vat_id and not outside else party.tax_number or party.vat_id)
    if other:
        _add(_add(parent, "ram:SpecifiedLegalOrganization"), "ram:ID", other)
    if party.contact_name or party.contact_phone:
        _contact(parent, party)
    _address(parent, party)
    if party.vat_id and not outside:
        _add(_add(parent, "ram:SpecifiedTaxRegistration"), "ram:ID", party.vat_id, schemeID="VA")
    if party.tax_number and not outside:
        _add(_add(parent, "ram:SpecifiedTaxRegistration"), "ram:ID", party.tax_number, schemeID="FC")


def _buyer(parent: Element, party: EInvoiceParty, *, outside: bool) -> None:
    _add(parent, "ram:Name", party.name)
    if party.registration_number:
        _add(_add(parent, "ram:SpecifiedLegalOrganization"), "ram:ID", party.registration_number)
    _address(parent, party)
    if party.vat_id and not outside:
        _add(_add(parent, "ram:SpecifiedTaxRegistration"), "ram:ID", party.vat_id, schemeID="VA")


def _contact(parent: Element, party: EInvoiceParty) -> None:
    contact = _add(parent, "ram:DefinedTradeContact")
    if party.contact_name:
        _add(contact, "ram:PersonName", party.contact_name)
    if party.contact_phone:
        _add(_add(contact, "ram:TelephoneUniversalCommunication"), "ram:CompleteNumber", party.contact_phone)
    if party.email:
        _add(_add(contact, "ram:EmailURIUniversalCommunication"), "ram:URIID", party.email)


def _address(parent: Element, party: EInvoiceParty) -> None:
    address = _add(parent, "ram:PostalTradeAddress")
    for name, text in (("PostcodeCode", party.postcode), ("LineOne", party.street), ("CityName", party.city)):
        if text:
            _add(address, f"ram:{name}", text)
    _add(address, "ram:CountryID", party.country)
    scheme, where = party.endpoint
    if where:
        _add(_add(parent, "ram:URIUniversalCommunication"), "ram:URIID", where, schemeID=scheme)


def _settlement(trade: Element, invoice: EInvoice) -> None:
    settlement = _add(trade, "ram:ApplicableHeaderTradeSettlement")
    _add(settlement, "ram:PaymentReference", invoice.number)
    _add(settlement, "ram:InvoiceCurrencyCode", invoice.currency)
    _payment_means(settlement, invoice)
    for group in invoice.vat:
        _tax(settlement, group, with_rate=invoice.format != FACTURX)  # XRechnung wants one in every sum
    if invoice.service_from and invoice.service_to and invoice.service_from != invoice.service_to:
        period = _add(settlement, "ram:BillingSpecifiedPeriod")
        _day(_add(period, "ram:StartDateTime"), invoice.service_from)
        _day(_add(period, "ram:EndDateTime"), invoice.service_to)
    terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
    _add(terms, "ram:Description", invoice.terms)
    if invoice.due_on:
        _day(_add(terms, "ram:DueDateDateTime"), invoice.due_on)
    sums = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(sums, "ram:LineTotalAmount", number(invoice.net))
    _add(sums, "ram:TaxBasisTotalAmount", number(invoice.net))
    _add(sums, "ram:TaxTotalAmount", number(invoice.tax), currencyID=invoice.currency)
    _add(sums, "ram:GrandTotalAmount", number(invoice.gross))
    _add(sums, "ram:DuePayableAmount", number(invoice.gross))
    if invoice.credits:
        before = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(before, "ram:IssuerAssignedID", invoice.credits)
        if invoice.credits_on:
            _day(_add(before, "ram:FormattedIssueDateTime"), invoice.credits_on, "qdt:DateTimeString")


def _tax(settlement: Element, group: EInvoiceVat, *, with_rate: bool) -> None:
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:CalculatedAmount", number(group.tax))
    _add(tax, "ram:TypeCode", "VAT")
    if group.reason:
        _add(tax, "ram:ExemptionReason", group.reason)
    _add(tax, "ram:BasisAmount", number(group.net))
    _rate(tax, group.category, number(group.percent), always=with_rate)


def _payment_means(settlement: Element, invoice: EInvoice) -> None:
    if invoice.payment_code == "1" and invoice.format == FACTURX:
        return
    means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _add(means, "ram:TypeCode", invoice.payment_code)
    if invoice.payment_code == "1":
        return
    iban = invoice.iban.replace(" ", "")
    account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
    _add(account, "ram:IBANID" if is_iban(iban) else "ram:ProprietaryID", iban)
    if invoice.bic:
        _add(_add(means, "ram:PayeeSpecifiedCreditorFinancialInstitution"), "ram:BICID", invoice.bic)
