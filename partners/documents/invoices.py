"""The content of an invoice as plain data, for its PDF and its e-invoice."""

from collections.abc import Sequence
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from mentorship.core.papers.pdf import make_pdf
from partners.documents import einvoice, formatting
from partners.documents.einvoice import FILE_NAME, EInvoice, EInvoiceLine, EInvoiceParty, EInvoiceVat
from partners.documents.identifiers import vat_number
from partners.documents.vat import VatGroup, vat_groups
from partners.documents.xmp import declare_facturx
from partners.models import Biller, Invoice, InvoiceLine, Partner

TEMPLATES = Path(__file__).parent / "typst"


def seller_of(biller: Biller) -> dict[str, str]:
    """The biller as plain JSON, which is stored with the invoice. Numbers are declared by their kind."""
    vat_id = vat_number(biller.vat_id, biller.country)
    return {
        "name": biller.legal_name,
        "street": biller.street,
        "postcode": biller.postcode,
        "city": biller.city,
        "country": biller.country.upper(),
        "vat_id": vat_id,
        "tax_number": biller.tax_number or ("" if vat_id else biller.vat_id),
        "registration_number": biller.registration_number,
        "email": biller.email,
        "contact_name": biller.contact_name,
        "contact_phone": biller.contact_phone,
        "bank": biller.bank,
        "iban": biller.iban,
        "bic": biller.bic,
    }


def buyer_of(partner: Partner) -> dict[str, str]:
    """The billed partner as plain JSON. A number that is no VAT number is declared as another one."""
    vat_id = vat_number(partner.tax_id, partner.country)
    return {
        "name": partner.legal_name or partner.name,
        "street": partner.street,
        "postcode": partner.postcode,
        "city": partner.city,
        "country": partner.country.upper(),
        "vat_id": vat_id,
        "registration_number": partner.registration_number or ("" if vat_id else partner.tax_id),
        "email": partner.billing_email,
        "e_address": partner.e_address,
    }


def e_invoice_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> EInvoice:
    """The invoice in the terms of the e-invoice standard."""
    assert invoice.issued_on is not None  # noqa: S101  (only an invoice that is being issued has one)
    before, groups = invoice.credits, vat_groups(invoice, lines)
    return EInvoice(
        number=invoice.number,
        is_credit=invoice.kind == Invoice.Kind.CREDIT_NOTE,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        seller=_party(invoice.seller),
        buyer=_party(invoice.buyer),
        lines=[EInvoiceLine(x.text, x.quantity, x.price, x.amount, *x.vat_of(invoice)) for x in lines],
        vat=[EInvoiceVat(group.category, group.percent, group.net, group.tax, group.reason) for group in groups],
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        terms=_terms(invoice),
        iban=invoice.seller["iban"],
        bic=invoice.seller["bic"],
        po_number=invoice.po_number,
        buyer_reference=invoice.buyer_reference,
        service_from=invoice.service_from,
        service_to=invoice.service_to,
        credits=before.number if before else "",
        credits_on=before.issued_on if before else None,
        notes=[invoice.note] if invoice.note else [],
        format=invoice.e_format,
    )


def _party(stored: dict[str, str]) -> EInvoiceParty:
    """A party as it was stored when its invoice was issued; earlier versions stored less."""
    known = {name: stored.get(name, "") for name in EInvoiceParty.__dataclass_fields__}
    return EInvoiceParty(**known)


def lacks_of(invoice: Invoice, lines: Sequence[InvoiceLine], biller: Biller, day: date) -> list[einvoice.Lack]:
    """Missing contents that keep a draft from being issued with e-invoice data on a day."""
    if not invoice.e_invoice:
        return []
    draft = copy(invoice)
    draft.issued_on, draft.seller, draft.buyer = day, seller_of(biller), buyer_of(invoice.partner)
    return einvoice.missing(e_invoice_of(draft, lines))


def draft_pdf(invoice: Invoice, lines: Sequence[InvoiceLine], biller: Biller, day: date) -> bytes:
    """How a draft will look, marked as a draft and without a number. Raises ServiceError."""
    draft = copy(invoice)
    is_credit = draft.kind == Invoice.Kind.CREDIT_NOTE
    draft.issued_on, draft.seller, draft.buyer = day, seller_of(biller), buyer_of(invoice.partner)
    draft.due_on = None if is_credit else day + timedelta(days=draft.terms_days)
    draft.number = formatting.labels(draft.language)["draft"]
    return invoice_pdf(draft, lines, biller, b"")


def invoice_pdf(invoice: Invoice, lines: Sequence[InvoiceLine], biller: Biller, xml: bytes) -> bytes:
    """The PDF/A-3, with the e-invoice in it if there is one. Raises ServiceError."""
    pdf = make_pdf(
        TEMPLATES / "invoice.typ",
        _data(invoice, lines, biller),
        standard="a-3a",
        attached=xml,
        country=invoice.buyer["country"],
    )
    return declare_facturx(pdf, FILE_NAME) if xml else pdf


def _terms(invoice: Invoice) -> str:
    label = formatting.labels(invoice.language)
    if invoice.due_on is None:
        return label["credit_thanks"]
    return f"{label['due']} {formatting.day(invoice.due_on, invoice.language)}"


def _data(invoice: Invoice, lines: Sequence[InvoiceLine], biller: Biller) -> dict[str, Any]:
    language, label = invoice.language, formatting.labels(invoice.language)
    heading = f"{label[invoice.kind]} {invoice.number}"
    seller = invoice.seller
    foot = [seller["name"], seller["email"]]
    numbers = ("vat_id", "tax_number", "registration_number")
    foot += [f"{label[key]} {seller[key]}" for key in numbers if seller.get(key)]

    def money(amount: Any) -> str:
        return formatting.money(amount, invoice.currency, language)

    groups, colon = vat_groups(invoice, lines), formatting.colon(language)
    day: date = invoice.issued_on  # type: ignore[assignment]
    return {
        **document_facts(heading, seller["name"], day, biller.paper, language),
        "foot": foot,
        "seller": {"name": seller["name"], "lines": address_lines(seller, language)},
        "buyer": {"name": invoice.buyer["name"], "lines": address_lines(invoice.buyer, language)},
        "facts": _facts(invoice, label),
        "heading": heading,
        "note": invoice.note,
        "lines": [
            {
                "text": x.text,
                "quantity": formatting.number(x.quantity, language),
                "price": formatting.price(x.price, invoice.currency, language),
                "vat": _rate(*x.vat_of(invoice), language),
                "amount": money(x.amount),
            }
            for x in lines
        ],
        "several_rates": len(groups) > 1,
        "totals": _totals(invoice, groups, label),
        "reason": " ".join(
            dict.fromkeys(f"{label['no_vat']}{colon} {group.reason}" for group in groups if group.reason)
        ),
        "pay": _pay(invoice, label),
    }


def _rate(category: str, percent: Decimal, language: str) -> str:
    """How the VAT of a line is printed beside others: its percentage, or the dash of a line without VAT."""
    return formatting.percent(percent, language) if category in Invoice.RATED else "–"


def _totals(invoice: Invoice, groups: Sequence[VatGroup], label: dict[str, str]) -> list[list[str]]:
    """The sums, with one line for each rate of VAT and what it is charged on if there are several."""
    language = invoice.language

    def money(amount: Decimal) -> str:
        return formatting.money(amount, invoice.currency, language)

    taxed = [group for group in groups if group.category in Invoice.RATED]
    rows = []
    for group in taxed:
        name = f"{label['vat']} {formatting.percent(group.percent, language)}"
        rows.append([f"{name} ({money(group.net)})" if len(groups) > 1 else name, money(group.tax)])
    if not rows:
        return [[label["total"], money(invoice.gross)]]
    return [[label["net"], money(invoice.net)], *rows, [label["gross"], money(invoice.gross)]]


def document_facts(title: str, author: str, day: date, paper: str, language: str) -> dict[str, Any]:
    """Values that `typst/paper.typ` needs for every document."""
    return {
        "title": title,
        "author": author,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "paper": paper,
        "language": language,
        "labels": formatting.labels(language),
    }


def address_lines(party: dict[str, str], language: str) -> list[str]:
    """Street, town and country of a party, for its address on paper."""
    town = f"{party['postcode']} {party['city']}".strip()
    lines = [party["street"], town, formatting.country(party["country"], language)]
    return [line for line in lines if line]


def _facts(invoice: Invoice, label: dict[str, str]) -> list[list[str]]:
    facts = [[label["number"], invoice.number], [label["issued"], formatting.day(invoice.issued_on, invoice.language)]]
    if invoice.due_on:
        facts.append([label["due"], formatting.day(invoice.due_on, invoice.language)])
    if invoice.credits:
        facts.append([label["credits"], invoice.credits.number])
    if invoice.service_from and invoice.service_to:
        days = [formatting.day(day, invoice.language) for day in (invoice.service_from, invoice.service_to)]
        facts.append([label["service"], " – ".join(dict.fromkeys(days))])
    if invoice.buyer_reference:
        facts.append([label["buyer_reference"], invoice.buyer_reference])
    if invoice.po_number:
        facts.append([label["po"], invoice.po_number])
    if invoice.buyer["vat_id"]:
        facts.append([label["your_tax_id"], invoice.buyer["vat_id"]])
    contact = [invoice.seller.get(key, "") for key in ("contact_name", "contact_phone")]
    if any(contact):
        facts.append([label["contact"], ", ".join(filter(None, contact))])
    return facts


def _pay(invoice: Invoice, label: dict[str, str]) -> dict[str, Any]:
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return {"heading": label["credit_thanks"], "rows": []}
    rows = [[label["account"], f"{invoice.seller['iban']} · {invoice.seller['name']}"]]
    if invoice.seller["bank"] or invoice.seller["bic"]:
        rows.append([label["bank"], " ".join(x for x in (invoice.seller["bank"], invoice.seller["bic"]) if x)])
    rows.append([label["reference"], invoice.number])
    return {"heading": label["pay_to"], "rows": rows}
