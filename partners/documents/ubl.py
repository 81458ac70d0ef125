"""Universal Business Language 2.1: the syntax of Peppol BIS Billing. Pure."""

from decimal import Decimal

from partners.documents.einvoice import PROCESS, SPECIFICATIONS, EInvoice, EInvoiceLine, EInvoiceParty, number
from partners.documents.xml_tree import Element, builder, written

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
_COMMON = {"cac": f"{_OASIS}:CommonAggregateComponents-2", "cbc": f"{_OASIS}:CommonBasicComponents-2"}
_root, _add = builder({"inv": f"{_OASIS}:Invoice-2", "cn": f"{_OASIS}:CreditNote-2", **_COMMON})


def to_ubl(invoice: EInvoice) -> bytes:
    """The document, UTF-8."""
    root = _root("cn:CreditNote" if invoice.is_credit else "inv:Invoice")
    _head(root, invoice)
    _references(root, invoice)
    _party(_add(root, "cac:AccountingSupplierParty"), invoice.seller, invoice, is_seller=True)
    _party(_add(root, "cac:AccountingCustomerParty"), invoice.buyer, invoice, is_seller=False)
    if invoice.service_to and invoice.service_from == invoice.service_to:
        _add(_add(root, "cac:Delivery"), "cbc:ActualDeliveryDate", f"{invoice.service_to}")
    _payment(root, invoice)
    _taxes(root, invoice)
    sums = _add(root, "cac:LegalMonetaryTotal")
    for name, amount in (
        ("LineExtensionAmount", invoice.net),
        ("TaxExclusiveAmount", invoice.net),
        ("TaxInclusiveAmount", invoice.gross),
        ("PayableAmount", invoice.gross),
    ):
        _money(sums, f"cbc:{name}", amount, invoice)
    for position, line in enumerate(invoice.lines, 1):
        _line(root, position, line, invoice)
    return written(root)


def _money(parent: Element, name: str, amount: Decimal, invoice: EInvoice) -> None:
    _add(parent, name, number(amount), currencyID=invoice.currency)


def _head(root: Element, invoice: EInvoice) -> None:
    _add(root, "cbc:CustomizationID", SPECIFICATIONS[invoice.format])
    _add(root, "cbc:ProfileID", PROCESS)
    _add(root, "cbc:ID", invoice.number)
    _add(root, "cbc:IssueDate", f"{invoice.issued_on}")
    if invoice.due_on and not invoice.is_credit:
        _add(root, "cbc:DueDate", f"{invoice.due_on}")
    _add(
        root,
        "cbc:CreditNoteTypeCode" if invoice.is_credit else "cbc:InvoiceTypeCode",
        "381" if invoice.is_credit else "380",
    )
    if invoice.notes:
        _add(root, "cbc:Note", " ".join(invoice.notes))
    _add(root, "cbc:DocumentCurrencyCode", invoice.currency)
    if invoice.buyer_reference:
        _add(root, "cbc:BuyerReference", invoice.buyer_reference)
    if invoice.service_from and invoice.service_to and invoice.service_from != invoice.service_to:
        period = _add(root, "cac:InvoicePeriod")
        _add(period, "cbc:StartDate", f"{invoice.service_from}")
        _add(period, "cbc:EndDate", f"{invoice.service_to}")


def _references(root: Element, invoice: EInvoice) -> None:
    if invoice.po_number:
        _add(_add(root, "cac:OrderReference"), "cbc:ID", invoice.po_number)
    if invoice.credits:
        before = _add(_add(root, "cac:BillingReference"), "cac:InvoiceDocumentReference")
        _add(before, "cbc:ID", invoice.credits)
        if invoice.credits_on:
            _add(before, "cbc:IssueDate", f"{invoice.credits_on}")


def _party(parent: Element, party: EInvoiceParty, invoice: EInvoice, *, is_seller: bool) -> None:
    node = _add(parent, "cac:Party")
    scheme, where = party.endpoint
    if where:
        _add(node, "cbc:EndpointID", where, schemeID=scheme)
    address = _add(node, "cac:PostalAddress")
    for name, text in (("StreetName", party.street), ("CityName", party.city), ("PostalZone", party.postcode)):
        if text:
            _add(address, f"cbc:{name}", text)
    _add(_add(address, "cac:Country"), "cbc:IdentificationCode", party.country)
    outside = invoice.is_outside_vat
    if party.vat_id and not outside:
        _tax_scheme(node, party.vat_id, "VAT")
    if is_seller and party.tax_number and not outside:
        _tax_scheme(node, party.tax_number, "TAX")
    entity = _add(node, "cac:PartyLegalEntity")
    _add(entity, "cbc:RegistrationName", party.name)
    other = party.registration_number
    if is_seller and not other and (outside or not party.vat_id):
        other = party.tax_number or party.vat_id
    if other:
        _add(entity, "cbc:CompanyID", other)
    if is_seller and (party.contact_name or party.contact_phone):
        _contact(node, party)


def _tax_scheme(node: Element, identifier: str, scheme: str) -> None:
    registered = _add(node, "cac:PartyTaxScheme")
    _add(registered, "cbc:CompanyID", identifier)
    _add(_add(registered, "cac:TaxScheme"), "cbc:ID", scheme)


def _contact(node: Element, party: EInvoiceParty) -> None:
    contact = _add(node, "cac:Contact")
    for name, text in (
        ("Name", party.contact_name),
        ("Telephone", party.contact_phone),
        ("ElectronicMail", party.email),
    ):
        if text:
            _add(contact, f"cbc:{name}", text)


def _payment(root: Element, invoice: EInvoice) -> None:
    means = _add(root, "cac:PaymentMeans")
    _add(means, "cbc:PaymentMeansCode", invoice.payment_code)
    _add(means, "cbc:PaymentID", invoice.number)
    if invoice.payment_code != "1":
        account = _add(means, "cac:PayeeFinancialAccount")
        _add(account, "cbc:ID", invoice.iban.replace(" ", ""))
        if invoice.bic:
            _add(_add(account, "cac:FinancialInstitutionBranch"), "cbc:ID", invoice.bic)
    _add(_add(root, "cac:PaymentTerms"), "cbc:Note", invoice.terms)


def _taxes(root: Element, invoice: EInvoice) -> None:
    total = _add(root, "cac:TaxTotal")
    _money(total, "cbc:TaxAmount", invoice.tax, invoice)
    for group in invoice.vat:
        part = _add(total, "cac:TaxSubtotal")
        _money(part, "cbc:TaxableAmount", group.net, invoice)
        _money(part, "cbc:TaxAmount", group.tax, invoice)
        category = _add(part, "cac:TaxCategory")
        _category(category, group.category, group.percent, group.reason)


def _category(node: Element, code: str, percent: Decimal, reason: str = "") -> None:
    _add(node, "cbc:ID", code)
    if code != "O":
        _add(node, "cbc:Percent", number(percent))
    if reason:
        _add(node, "cbc:TaxExemptionReason", reason)
    _add(_add(node, "cac:TaxScheme"), "cbc:ID", "VAT")


def _line(root: Element, position: int, line: EInvoiceLine, invoice: EInvoice) -> None:
    node = _add(root, "cac:CreditNoteLine" if invoice.is_credit else "cac:InvoiceLine")
    _add(node, "cbc:ID", str(position))
    quantity = "cbc:CreditedQuantity" if invoice.is_credit else "cbc:InvoicedQuantity"
    _add(node, quantity, number(line.quantity), unitCode="C62")
    _money(node, "cbc:LineExtensionAmount", line.amount, invoice)
    item = _add(node, "cac:Item")
    _add(item, "cbc:Name", line.text)
    _category(_add(item, "cac:ClassifiedTaxCategory"), line.category, line.percent)
    _money(_add(node, "cac:Price"), "cbc:PriceAmount", line.price, invoice)
