"""A published report as a PDF."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mentorship.core.papers.pdf import make_pdf
from partners.documents import formatting
from partners.documents.invoices import TEMPLATES, document_facts
from partners.models import Partner, ReportVersion


def report_pdf(version: ReportVersion, paper: str = "a4", logos: Iterable[Partner] = ()) -> bytes:
    """A published version as PDF/A with tags. Raises ServiceError."""
    data = version.data
    language, label = data["language"], formatting.labels(data["language"])
    at = datetime.fromisoformat(data["at"]).date()
    stamp = f"{label['figures_of']} {formatting.day(at, language)} · {label['version']} {version.number}"
    return make_pdf(
        TEMPLATES / "report.typ",
        {
            **document_facts(data["title"], data["partner"] or data["title"], at, paper, language),
            "foot": [data["title"]],
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
        "figures": [_figure(row, language) for row in block["figures"]],
        "tables": [_chart(table, language) for table in block["tables"]],
        "quotes": block["quotes"],
    }


def _figure(row: list[Any], language: str) -> list[str]:
    """Label and value, with the last round below the label."""
    label, value, *beside = row
    before = [f"{name}: {_value(number, language)}" for name, number in beside]
    return [" · ".join([label, *before]), _value(value, language)]


def _chart(table: dict[str, Any], language: str) -> dict[str, Any]:
    """A table as bars, without a bar for rows that the picture leaves out."""
    drawn = [value for label, value in table["rows"] if label not in table.get("aside", ())]
    top = table.get("top") or max(drawn, default=0) or 1
    rows = [
        {
            "label": label,
            "share": 0 if label in table.get("aside", ()) else round(100 * value / top, 2),
            "value": _value(value, language),
            "rest": label in table.get("rest", ()),
        }
        for label, value in table["rows"]
    ]
    says, note = table.get("says", ""), table.get("note", "")
    return {"caption": table["caption"], "unit": table["unit"], "rows": rows, "says": says, "note": note}


def _value(value: Any, language: str) -> str:
    return formatting.number(value, language) if isinstance(value, int) else str(value)
