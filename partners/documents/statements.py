"""The statement of account of a partner, as rows and as a PDF."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mentorship.core.papers.pdf import make_pdf
from partners.documents import formatting
from partners.documents.invoices import TEMPLATES, address_lines, buyer_of, document_facts, seller_of
from partners.models import Biller, Invoice, Partner, Payment

# How each kind of payment is labelled.
WORDS: dict[str, str] = {
    Payment.Kind.RECEIVED: "paid",
    Payment.Kind.CARRIED_OVER: "carried",
    Payment.Kind.RETURNED: "returned",
    Payment.Kind.REFUNDED: "refunded",
}


@dataclass(frozen=True)
class StatementRow:
    """One entry of a partner's account, and the open amount after it."""

    on: date
    what: str
    amount: Decimal
    balance: Decimal
    invoice: Invoice


def statement_rows(partner: Partner, currency: str) -> list[StatementRow]:
    """All entries of a partner's account in one currency, by date."""
    label, colon = formatting.labels(partner.language), formatting.colon(partner.language)
    events: list[tuple[date, int, str, Decimal, Invoice]] = []
    issued = partner.invoices.issued().filter(currency=currency).prefetch_related("payments")
    for invoice in issued.order_by("issued_on", "pk"):
        sign = -1 if invoice.kind == Invoice.Kind.CREDIT_NOTE else 1
        day: date = invoice.issued_on  # type: ignore[assignment]
        events.append((day, 0, f"{label[invoice.kind]} {invoice.number}", sign * invoice.gross, invoice))
        for payment in invoice.payments.all():
            word = label[WORDS[payment.kind]]
            events.append((payment.on, 1, f"{word}{colon} {invoice.number}", -payment.amount, invoice))
    rows, balance = [], Decimal(0)
    for on, _order, what, amount, invoice in sorted(events, key=lambda e: (e[0], e[1], e[4].pk)):
        balance += amount
        rows.append(StatementRow(on, what, amount, balance, invoice))
    return rows


def statement_pdf(partner: Partner, biller: Biller, currency: str, rows: Iterable[StatementRow], day: date) -> bytes:
    """The statement as a PDF. Raises ServiceError."""
    language, label = partner.language, formatting.labels(partner.language)
    rows, seller, buyer = list(rows), seller_of(biller), buyer_of(partner)
    heading = f"{label['statement']}, {formatting.day(day, language)}"
    left, colon = rows[-1].balance if rows else Decimal(0), formatting.colon(language)

    return make_pdf(
        TEMPLATES / "statement.typ",
        {
            **document_facts(heading, seller["name"], day, biller.paper, language),
            "foot": [seller["name"], seller["email"]],
            "seller": {"name": seller["name"], "lines": address_lines(seller, language)},
            "buyer": {"name": buyer["name"], "lines": address_lines(buyer, language)},
            "heading": heading,
            "rows": [
                [
                    formatting.day(r.on, language),
                    r.what,
                    formatting.money(r.amount, currency, language),
                    formatting.money(r.balance, currency, language),
                ]
                for r in rows
            ],
            "total": f"{label['balance']}{colon} {formatting.money(left, currency, language)}",
        },
        standard="a-2a",
        country=buyer["country"],
    )
