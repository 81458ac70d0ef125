"""The content of an invoice as plain data, for its PDF and its e-invoice."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mentorship.core.papers.pdf import make_pdf
from partners.documents import formatting
from partners.documents.einvoice import FILE_NAME, EInvoice, EInvoiceLine, EInvoiceParty
from partners.documents.xmp import declare_facturx
from partners.models import Biller, Invoice, InvoiceLine, Partner

TEMPLATES = Path(__file__).parent / "typst"


def seller_of(biller: Biller) -> dict[str, str]:
    """The biller as plain JSON, which is stored with the invoice."""
    return {
        "name": biller.legal_name,
        "street": biller.street,
        "postcode": biller.postcode,
        "city": biller.city,
        "country": biller.country.upper(),
        "vat_id": biller.vat_id,
        "tax_number": biller.tax_number,
        "email": biller.email,
        "bank": biller.bank,
        "iban": biller.iban,
        "bic": biller.bic,
    }


def buyer_of(partner: Partner) -> dict[str, str]:
    """The billed partner as plain JSON."""
    return {
        "name": partner.legal_name or partner.name,
        "street": partner.street,
        "postcode": partner.postcode,
        "city": partner.city,
        "country": partner.country.upper(),
        "vat_id": _vat_id(partner.tax_id),
        "tax_number": "" if _vat_id(partner.tax_id) else partner.tax_id,
        "email": partner.billing_email,
    }


def _vat_id(text: str) -> str:
    """A VAT number, which begins with the letters of a country; "" for other numbers."""
    plain = text.replace(" ", "").upper()
    return plain if len(plain) > 4 and plain[:2].isalpha() and any(c.isdigit() for c in plain) else ""


def e_invoice_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> EInvoice:
    """The invoice in the terms of the e-invoice standard."""
    assert invoice.issued_on is not None  # noqa: S101  (only an invoice that is being issued has one)
    party = ("name", "street", "postcode", "city", "country", "vat_id", "tax_number", "email")
    before = invoice.credits
    return EInvoice(
        number=invoice.number,
        is_credit=invoice.kind == Invoice.Kind.CREDIT_NOTE,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        seller=EInvoiceParty(**{key: invoice.seller[key] for key in party}),
        buyer=EInvoiceParty(**{key: invoice.buyer[key] for key in party}),
        lines=[EInvoiceLine(line.text, line.quantity, line.price, line.amount) for line in lines],
        tax_category=invoice.tax_category,
        tax_percent=invoice.tax_percent,
        exempt_reason=invoice.exempt_reason,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        terms=_terms(invoice),
        iban=invoice.seller["iban"],
        bic=invoice.seller["bic"],
        po_number=invoice.po_number,
        credits=before.number if before else "",
        credits_on=before.issued_on if before else None,
        notes=[invoice.note] if invoice.note else [],
    )


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
    foot += [f"{label[key]} {seller[key]}" for key in ("vat_id", "tax_number") if seller[key]]

    def money(amount: Any) -> str:
        return formatting.money(amount, invoice.currency, language)

    totals = [[label["gross"], money(invoice.gross)]]
    if invoice.tax_category == "S":
        percent = f"{label['vat']} {formatting.number(invoice.tax_percent, language)} %"
        totals = [[label["net"], money(invoice.net)], [percent, money(invoice.tax)], *totals]
    day: date = invoice.issued_on  # type: ignore[assignment]
    return {
        **document_facts(heading, seller["name"], day, biller.paper, language),
        "foot": foot,
        "seller": {"name": seller["name"], "lines": _address(seller)},
        "buyer": {"name": invoice.buyer["name"], "lines": _address(invoice.buyer)},
        "facts": _facts(invoice, label),
        "heading": heading,
        "note": invoice.note,
        "lines": [
            {
                "text": x.text,
                "quantity": formatting.number(x.quantity, language),
                "price": money(x.price),
                "amount": money(x.amount),
            }
            for x in lines
        ],
        "totals": totals,
        "reason": "" if invoice.tax_category == "S" else f"{label['no_vat']}: {invoice.exempt_reason}",
        "pay": _pay(invoice, label),
    }


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


def _address(party: dict[str, str]) -> list[str]:
    lines = [party["street"], f"{party['postcode']} {party['city']}".strip(), party["country"]]
    return [line for line in lines if line]


def _facts(invoice: Invoice, label: dict[str, str]) -> list[list[str]]:
    facts = [[label["number"], invoice.number], [label["date"], formatting.day(invoice.issued_on, invoice.language)]]
    if invoice.due_on:
        facts.append([label["due"], formatting.day(invoice.due_on, invoice.language)])
    if invoice.credits:
        facts.append([label["credits"], invoice.credits.number])
    if invoice.po_number:
        facts.append([label["po"], invoice.po_number])
    if invoice.buyer["vat_id"]:
        facts.append([label["your_tax_id"], invoice.buyer["vat_id"]])
    return facts


def _pay(invoice: Invoice, label: dict[str, str]) -> dict[str, Any]:
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return {"heading": label["credit_thanks"], "rows": []}
    rows = [[label["account"], f"{invoice.seller['iban']} · {invoice.seller['name']}"]]
    if invoice.seller["bank"] or invoice.seller["bic"]:
        rows.append([label["bank"], " ".join(x for x in (invoice.seller["bank"], invoice.seller["bic"]) if x)])
    rows.append([label["reference"], invoice.number])
    return {"heading": label["pay_to"], "rows": rows}
