"""The business rules of EN 16931-1 that apply to what we write, on the CII document, by the standard's own numbers.

The official check is an XSLT 2 stylesheet, for which there is no processor here. Rules about what our documents never
have (allowances, charges, payees, tax representatives, periods, prepaid amounts …) are left out.
"""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree

NS = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
CENT = Decimal("0.01")
CATEGORIES = {"S", "Z", "E", "AE", "K", "G", "O", "L", "M"}
HEAD = "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument"
TRADE = "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction"
SELLER = f"{TRADE}/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty"
BUYER = f"{TRADE}/ram:ApplicableHeaderTradeAgreement/ram:BuyerTradeParty"
SETTLEMENT = f"{TRADE}/ram:ApplicableHeaderTradeSettlement"
SUMS = f"{SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
BREAKDOWN = f"{SETTLEMENT}/ram:ApplicableTradeTax"
MEANS = f"{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans"
LINE = f"{TRADE}/ram:IncludedSupplyChainTradeLineItem"
ISSUED = "ram:IssueDateTime/udt:DateTimeString[@format='102']"
LINE_SUM = "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
LINE_TAX = "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax"
PRICE = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"
QUANTITY = "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"
VAT_ID = "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']"


class Document:
    """A CII document to ask for nodes, texts and amounts."""

    def __init__(self, xml: bytes) -> None:
        self.tree = etree.fromstring(xml).getroottree()

    def nodes(self, path: str, under: Any = None) -> list[Any]:
        return list((self.tree if under is None else under).xpath(path, namespaces=NS))

    def texts(self, path: str, under: Any = None) -> list[str]:
        return [(node.text or "").strip() for node in self.nodes(path, under)]

    def text(self, path: str, under: Any = None) -> str:
        return next(iter(self.texts(path, under)), "")

    def has(self, path: str, under: Any = None) -> bool:
        return any(self.texts(path, under))

    def amount(self, path: str, under: Any = None) -> Decimal:
        return Decimal(self.text(path, under) or 0)

    def lines(self) -> list[Any]:
        return self.nodes(LINE)

    def each_line(self, path: str) -> bool:
        return all(self.has(path, line) for line in self.lines())

    def each_breakdown(self, path: str) -> bool:
        return all(self.has(path, one) for one in self.nodes(BREAKDOWN))

    def of_category(self, *codes: str) -> list[Any]:
        return [one for one in self.nodes(BREAKDOWN) if self.text("ram:CategoryCode", one) in codes]

    def lines_of(self, *codes: str) -> list[Any]:
        return [x for x in self.lines() if self.text(f"{LINE_TAX}/ram:CategoryCode", x) in codes]

    def country_ids(self) -> list[str]:
        return [self.text(f"{party}/ram:PostalTradeAddress/ram:CountryID") for party in (SELLER, BUYER)]


Rule = Callable[[Document], bool]


def _decimals(doc: Document, path: str) -> bool:
    return all(re.fullmatch(r"-?\d+(\.\d{1,2})?", text) for text in doc.texts(path))


def _rate(doc: Document, node: Any) -> Decimal:
    return doc.amount("ram:RateApplicablePercent", node)


def _category_rules(code: str, *, rate_is_zero: bool, reason: bool, seller: bool, buyer: bool) -> dict[str, Rule]:
    """The rules that every VAT category has, as the standard numbers them: -01 -02 -05 -08 -09 -10."""

    def one_breakdown(doc: Document) -> bool:
        return (
            not doc.lines_of(code) or len(doc.of_category(code)) == 1 or (code == "S" and bool(doc.of_category(code)))
        )

    def ids(doc: Document) -> bool:
        if not doc.lines_of(code):
            return True
        if code == "O":
            return not doc.has(f"{SELLER}/{VAT_ID}") and not doc.has(f"{BUYER}/{VAT_ID}")
        sells = doc.has(f"{SELLER}/ram:SpecifiedTaxRegistration/ram:ID")
        buys = doc.has(f"{BUYER}/{VAT_ID}") or doc.has(f"{BUYER}/ram:SpecifiedLegalOrganization/ram:ID")
        return (sells or not seller) and (buys or not buyer)

    def line_rate(doc: Document) -> bool:
        rates = [doc.nodes(f"{LINE_TAX}/ram:RateApplicablePercent", x) for x in doc.lines_of(code)]
        if code == "O":
            return not any(rates)
        return all(bool(found) and (Decimal(found[0].text) == 0) is rate_is_zero for found in rates)

    def basis(doc: Document) -> bool:
        for one in doc.of_category(code):
            rate = _rate(doc, one)
            same = [x for x in doc.lines_of(code) if doc.amount(f"{LINE_TAX}/ram:RateApplicablePercent", x) == rate]
            if doc.amount("ram:BasisAmount", one) != sum((doc.amount(LINE_SUM, x) for x in same), Decimal(0)):
                return False
        return True

    def tax(doc: Document) -> bool:
        return all(
            doc.amount("ram:CalculatedAmount", one)
            == (doc.amount("ram:BasisAmount", one) * _rate(doc, one) / 100).quantize(CENT, ROUND_HALF_UP)
            for one in doc.of_category(code)
        )

    def why(doc: Document) -> bool:
        found = [
            doc.has("ram:ExemptionReason", one) or doc.has("ram:ExemptionReasonCode", one)
            for one in doc.of_category(code)
        ]
        return all(said is reason for said in found)

    prefix = f"BR-{code}" if code not in ("K", "G") else {"K": "BR-IC", "G": "BR-G"}[code]
    return {
        f"{prefix}-01": one_breakdown,
        f"{prefix}-02": ids,
        f"{prefix}-05": line_rate,
        f"{prefix}-08": basis,
        f"{prefix}-09": tax,
        f"{prefix}-10": why,
    }


RULES: dict[str, Rule] = {
    "BR-01": lambda d: d.has(
        "/rsm:CrossIndustryInvoice/rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    ),
    "BR-02": lambda d: d.has(f"{HEAD}/ram:ID"),
    "BR-03": lambda d: bool(re.fullmatch(r"\d{8}", d.text(f"{HEAD}/{ISSUED}"))),
    "BR-04": lambda d: d.has(f"{HEAD}/ram:TypeCode"),
    "BR-05": lambda d: d.has(f"{SETTLEMENT}/ram:InvoiceCurrencyCode"),
    "BR-06": lambda d: d.has(f"{SELLER}/ram:Name"),
    "BR-07": lambda d: d.has(f"{BUYER}/ram:Name"),
    "BR-08": lambda d: bool(d.nodes(f"{SELLER}/ram:PostalTradeAddress")),
    "BR-09": lambda d: d.has(f"{SELLER}/ram:PostalTradeAddress/ram:CountryID"),
    "BR-10": lambda d: bool(d.nodes(f"{BUYER}/ram:PostalTradeAddress")),
    "BR-11": lambda d: d.has(f"{BUYER}/ram:PostalTradeAddress/ram:CountryID"),
    "BR-12": lambda d: d.has(f"{SUMS}/ram:LineTotalAmount"),
    "BR-13": lambda d: d.has(f"{SUMS}/ram:TaxBasisTotalAmount"),
    "BR-14": lambda d: d.has(f"{SUMS}/ram:GrandTotalAmount"),
    "BR-15": lambda d: d.has(f"{SUMS}/ram:DuePayableAmount"),
    "BR-16": lambda d: bool(d.lines()),
    "BR-21": lambda d: d.each_line("ram:AssociatedDocumentLineDocument/ram:LineID"),
    "BR-22": lambda d: d.each_line(QUANTITY),
    "BR-23": lambda d: all(d.nodes(f"{QUANTITY}[@unitCode!='']", x) for x in d.lines()),
    "BR-24": lambda d: d.each_line(LINE_SUM),
    "BR-25": lambda d: d.each_line("ram:SpecifiedTradeProduct/ram:Name"),
    "BR-26": lambda d: d.each_line(PRICE),
    "BR-27": lambda d: all(d.amount(PRICE, x) >= 0 for x in d.lines()),
    "BR-45": lambda d: d.each_breakdown("ram:BasisAmount"),
    "BR-46": lambda d: d.each_breakdown("ram:CalculatedAmount"),
    "BR-47": lambda d: d.each_breakdown("ram:CategoryCode[../ram:TypeCode='VAT']"),
    "BR-48": lambda d: all(
        d.has("ram:RateApplicablePercent", one) or d.text("ram:CategoryCode", one) == "O" for one in d.nodes(BREAKDOWN)
    ),
    "BR-49": lambda d: all(d.has("ram:TypeCode", one) for one in d.nodes(MEANS)),
    "BR-50": lambda d: all(
        d.has("ram:IBANID", one) or d.has("ram:ProprietaryID", one)
        for one in d.nodes(f"{MEANS}/ram:PayeePartyCreditorFinancialAccount")
    ),
    "BR-55": lambda d: all(
        d.has("ram:IssuerAssignedID", one) for one in d.nodes(f"{SETTLEMENT}/ram:InvoiceReferencedDocument")
    ),
    "BR-61": lambda d: all(
        d.text("ram:TypeCode", one) not in ("30", "58")
        or d.has("ram:PayeePartyCreditorFinancialAccount/*[self::ram:IBANID or self::ram:ProprietaryID]", one)
        for one in d.nodes(MEANS)
    ),
    "BR-62": lambda d: all(n.get("schemeID") for n in d.nodes(f"{SELLER}/ram:URIUniversalCommunication/ram:URIID")),
    "BR-63": lambda d: all(n.get("schemeID") for n in d.nodes(f"{BUYER}/ram:URIUniversalCommunication/ram:URIID")),
    "BR-CO-04": lambda d: d.each_line(f"{LINE_TAX}/ram:CategoryCode"),
    "BR-CO-09": lambda d: all(
        re.match(r"[A-Z]{2}", vat) for party in (SELLER, BUYER) for vat in d.texts(f"{party}/{VAT_ID}")
    ),
    "BR-CO-10": lambda d: (
        d.amount(f"{SUMS}/ram:LineTotalAmount") == sum((d.amount(LINE_SUM, x) for x in d.lines()), Decimal(0))
    ),
    "BR-CO-13": lambda d: d.amount(f"{SUMS}/ram:TaxBasisTotalAmount") == d.amount(f"{SUMS}/ram:LineTotalAmount"),
    "BR-CO-14": lambda d: (
        d.amount(f"{SUMS}/ram:TaxTotalAmount")
        == sum((d.amount("ram:CalculatedAmount", one) for one in d.nodes(BREAKDOWN)), Decimal(0))
    ),
    "BR-CO-15": lambda d: (
        d.amount(f"{SUMS}/ram:GrandTotalAmount")
        == d.amount(f"{SUMS}/ram:TaxBasisTotalAmount") + d.amount(f"{SUMS}/ram:TaxTotalAmount")
    ),
    "BR-CO-16": lambda d: d.amount(f"{SUMS}/ram:DuePayableAmount") == d.amount(f"{SUMS}/ram:GrandTotalAmount"),
    "BR-CO-17": lambda d: all(
        d.amount("ram:CalculatedAmount", one)
        == (d.amount("ram:BasisAmount", one) * _rate(d, one) / 100).quantize(CENT, ROUND_HALF_UP)
        for one in d.nodes(BREAKDOWN)
    ),
    "BR-CO-18": lambda d: bool(d.nodes(BREAKDOWN)),
    "BR-CO-25": lambda d: (
        d.amount(f"{SUMS}/ram:DuePayableAmount") <= 0
        or d.has(f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString")
        or d.has(f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:Description")
    ),
    "BR-CO-26": lambda d: any(
        d.has(f"{SELLER}/{path}") for path in ("ram:ID", "ram:SpecifiedLegalOrganization/ram:ID", VAT_ID)
    ),
    "BR-DEC-09": lambda d: _decimals(d, f"{SUMS}/ram:LineTotalAmount"),
    "BR-DEC-12": lambda d: _decimals(d, f"{SUMS}/ram:TaxBasisTotalAmount"),
    "BR-DEC-13": lambda d: _decimals(d, f"{SUMS}/ram:TaxTotalAmount"),
    "BR-DEC-14": lambda d: _decimals(d, f"{SUMS}/ram:GrandTotalAmount"),
    "BR-DEC-18": lambda d: _decimals(d, f"{SUMS}/ram:DuePayableAmount"),
    "BR-DEC-19": lambda d: _decimals(d, f"{BREAKDOWN}/ram:BasisAmount"),
    "BR-DEC-20": lambda d: _decimals(d, f"{BREAKDOWN}/ram:CalculatedAmount"),
    "BR-DEC-23": lambda d: _decimals(d, f"{LINE}/{LINE_SUM}"),
    "BR-CL-01": lambda d: d.text(f"{HEAD}/ram:TypeCode") in ("380", "381"),
    "BR-CL-04": lambda d: bool(re.fullmatch(r"[A-Z]{3}", d.text(f"{SETTLEMENT}/ram:InvoiceCurrencyCode"))),
    "BR-CL-14": lambda d: all(re.fullmatch(r"[A-Z]{2}", code) for code in d.country_ids() if code),
    "BR-CL-16": lambda d: all(d.text("ram:TypeCode", one) in ("30", "58", "") for one in d.nodes(MEANS)),
    "BR-CL-17": lambda d: set(d.texts(f"{BREAKDOWN}/ram:CategoryCode")) <= CATEGORIES,
    "BR-CL-18": lambda d: set(d.texts(f"{LINE}/{LINE_TAX}/ram:CategoryCode")) <= CATEGORIES,
    "BR-CL-23": lambda d: all(n.get("unitCode") in ("C62", "", None) for n in d.nodes(f"{LINE}/{QUANTITY}")),
    "BR-CL-25": lambda d: all(
        n.get("schemeID") in ("EM", None) for n in d.nodes("//ram:URIUniversalCommunication/ram:URIID")
    ),
    "BR-O-11": lambda d: not d.of_category("O") or len(d.nodes(BREAKDOWN)) == 1,
    "BR-O-12": lambda d: not d.of_category("O") or len(d.lines_of("O")) == len(d.lines()),
    **_category_rules("S", rate_is_zero=False, reason=False, seller=True, buyer=False),
    **_category_rules("Z", rate_is_zero=True, reason=False, seller=True, buyer=False),
    **_category_rules("E", rate_is_zero=True, reason=True, seller=True, buyer=False),
    **_category_rules("AE", rate_is_zero=True, reason=True, seller=True, buyer=True),
    **_category_rules("K", rate_is_zero=True, reason=True, seller=True, buyer=True),
    **_category_rules("G", rate_is_zero=True, reason=True, seller=True, buyer=False),
    **_category_rules("O", rate_is_zero=True, reason=True, seller=False, buyer=False),
}


def broken(xml: bytes) -> list[str]:
    """The rules that a document breaks, by their numbers."""
    document = Document(xml)
    return [number for number, holds in RULES.items() if not holds(document)]
