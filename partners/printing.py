"""Reports and statements on paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from partners import words
from partners.models import Biller, Invoice, Partner, ReportVersion
from partners.papers import buyer_of, document_facts, seller_of
from partners.pdf import make_pdf


@dataclass(frozen=True)
class StatementRow:
    """One thing that happened on a partner's account, and what was open after it."""

    on: date
    what: str
    amount: Decimal
    balance: Decimal
    invoice: Invoice


def report_pdf(version: ReportVersion, paper: str = "a4", logos: Iterable[Partner] = ()) -> bytes:
    """A published version as PDF/A with tags. Raises PaperError."""
    data = version.data
    language, label = data["language"], words.labels(data["language"])
    at = datetime.fromisoformat(data["at"]).date()
    stamp = f"{label['figures_of']} {words.day(at, language)} · {label['version']} {version.number}"
    return make_pdf(
        "report",
        {
            **document_facts(data["title"], data["partner"] or data["title"], at, paper, language),
            "foot": data["title"],
            "subject": data["subject"],
            "stamp": stamp,
            "logos": [{"name": p.name, "bytes": list(bytes(p.logo.content)), "kind": p.logo_kind[6:]} for p in logos],
            "blocks": [_block(block, language) for block in data["blocks"]],
            "definitions": data["definitions"],
        },
        standard="a-2a",
    )


def _block(block: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "title": block["title"],
        "paragraphs": [p for p in block["text"].split("\n") if p.strip()],
        "figures": [[label, _value(value, language)] for label, value in block["figures"]],
        "tables": [_chart(table, language) for table in block["tables"]],
        "quotes": block["quotes"],
    }


def _chart(table: dict[str, Any], language: str) -> dict[str, Any]:
    top = max((value for _label, value in table["rows"]), default=0) or 1
    rows = [
        {"label": label, "share": round(100 * value / top, 2), "value": _value(value, language)}
        for label, value in table["rows"]
    ]
    return {"caption": table["caption"], "unit": table["unit"], "rows": rows}


def _value(value: Any, language: str) -> str:
    return words.number(value, language) if isinstance(value, int) else str(value)


def statement_rows(partner: Partner, currency: str) -> list[StatementRow]:
    """Everything on a partner's account in one currency, in order of the days."""
    label = words.labels(partner.language)
    events: list[tuple[date, int, str, Decimal, Invoice]] = []
    issued = partner.invoices.exclude(status="draft").filter(currency=currency).prefetch_related("payments")
    for invoice in issued.order_by("issued_on", "pk"):
        sign = -1 if invoice.kind == Invoice.Kind.CREDIT_NOTE else 1
        day: date = invoice.issued_on  # type: ignore[assignment]
        events.append((day, 0, f"{label[invoice.kind]} {invoice.number}", sign * invoice.gross, invoice))
        for payment in invoice.payments.all():
            word = label["carried"] if payment.reference.startswith("carried") else label["paid"]
            events.append((payment.on, 1, f"{word}: {invoice.number}", -payment.amount, invoice))
    rows, balance = [], Decimal(0)
    for on, _order, what, amount, invoice in sorted(events, key=lambda e: (e[0], e[1], e[4].pk)):
        balance += amount
        rows.append(StatementRow(on, what, amount, balance, invoice))
    return rows


def statement_pdf(partner: Partner, biller: Biller, currency: str, rows: Iterable[StatementRow], day: date) -> bytes:
    """The same on paper. Raises PaperError."""
    language, label = partner.language, words.labels(partner.language)
    rows, seller, buyer = list(rows), seller_of(biller), buyer_of(partner)
    heading = f"{label['statement']}, {words.day(day, language)}"
    left = rows[-1].balance if rows else Decimal(0)

    def lines(party: dict[str, str]) -> list[str]:
        return [x for x in (party["street"], f"{party['postcode']} {party['city']}".strip(), party["country"]) if x]

    return make_pdf(
        "statement",
        {
            **document_facts(heading, seller["name"], day, biller.paper, language),
            "foot": f"{seller['name']} · {seller['email']}",
            "seller": {"name": seller["name"], "lines": lines(seller)},
            "buyer": {"name": buyer["name"], "lines": lines(buyer)},
            "heading": heading,
            "rows": [
                [words.day(r.on, language), r.what, words.money(r.amount, currency, language),
                 words.money(r.balance, currency, language)]
                for r in rows
            ],
            "total": f"{label['balance']}: {words.money(left, currency, language)}",
        },
        standard="a-2a",
    )  # fmt: skip
