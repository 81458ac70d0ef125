"""VAT of an invoice: one group for each category and rate, as EN 16931 adds it up."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from mentorship.core.reference_data import country_in_sentence
from partners.documents import formatting
from partners.models import Biller, Invoice, InvoiceLine
from partners.money.currency import rounded


@dataclass(frozen=True)
class VatGroup:
    """The sum that is charged at one category and rate. `reason` says why no VAT is charged; empty with a rate."""

    category: str
    percent: Decimal
    net: Decimal
    tax: Decimal
    reason: str = ""


def vat_groups(invoice: Invoice, lines: Iterable[InvoiceLine]) -> list[VatGroup]:
    """The groups in the order of their first lines; tax is rounded once for each."""
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        category, percent = line.vat_of(invoice)
        key = (category, percent.normalize())
        sums[key] = sums.get(key, Decimal(0)) + line.amount
    return [
        VatGroup(
            category,
            percent + Decimal("0.00"),
            net,
            rounded(net * percent / 100, invoice.currency),
            _reason(invoice, category),
        )
        for (category, percent), net in sums.items()
    ]


def needs_reason(invoice: Invoice, lines: Iterable[InvoiceLine]) -> bool:
    """Whether the invoice has to say why some of it has no VAT. Reverse charge among other lines says so by itself."""
    found = {line.vat_of(invoice)[0] for line in lines} - set(Invoice.RATED)
    return bool(found) and (found != {Invoice.Tax.REVERSE} or invoice.tax_category == Invoice.Tax.REVERSE)


def vat_hint(invoice: Invoice, biller: Biller) -> str:
    """A warning where the usual rate of the biller stands on an invoice to another country; "" where none is needed."""
    country = invoice.partner.country
    usual = invoice.tax_category == Invoice.Tax.STANDARD and invoice.tax_percent == biller.vat_percent
    if not usual or country == biller.country or invoice.kind != Invoice.Kind.INVOICE:
        return ""
    rate = f"{formatting.number(biller.vat_percent)}% is the usual rate in {country_in_sentence(biller.country)}"
    if not country:
        return f"{rate}. Which VAT applies depends on the country of {invoice.partner}, which isn’t on record."
    return (
        f"{rate}, and {invoice.partner} is in {country_in_sentence(country)}. Organisations abroad often pay VAT "
        "themselves (reverse charge), or none is due. Check which VAT applies before you issue it."
    )


def _reason(invoice: Invoice, category: str) -> str:
    if category in Invoice.RATED:
        return ""
    if category == Invoice.Tax.REVERSE and invoice.tax_category != Invoice.Tax.REVERSE:
        return formatting.labels(invoice.language)["reverse_charge"]
    return invoice.exempt_reason
