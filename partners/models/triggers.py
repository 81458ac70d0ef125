"""Rows that the database refuses to change: issued invoices and published reports."""

from collections.abc import Iterator

from mentorship.core.frozen_rows import FrozenRows

# The columns of an issued invoice that may change; all others are frozen, also those of later versions.
MAY_CHANGE = {"status", "reminded", "next_reminder_on"}
INVOICE = "An issued invoice never changes."
REPORT = "A published report never changes."


def frozen_rows(differs: str) -> Iterator[FrozenRows]:
    """All data of an invoice once it is issued, and every version of a report."""
    changed = " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in _columns())
    of_issued = "(SELECT status FROM partners_invoice WHERE id = {}.invoice_id) <> 'draft'"
    frozen = " OR ".join(f"NEW.{c} {differs} OLD.{c}" for c in ("data", "number", "report_id", "published_at"))
    line, either = "partners_invoiceline", f"{of_issued.format('OLD')} OR {of_issued.format('NEW')}"
    changed = f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {changed})"
    yield FrozenRows("partners_invoice", "UPDATE", changed, INVOICE)
    yield FrozenRows("partners_invoice", "DELETE", "OLD.status <> 'draft'", INVOICE)
    yield FrozenRows(line, "INSERT", of_issued.format("NEW"), INVOICE)
    yield FrozenRows(line, "UPDATE", either, INVOICE)
    yield FrozenRows(line, "DELETE", of_issued.format("OLD"), INVOICE)
    yield FrozenRows("partners_issueddocument", "UPDATE", "1 = 1", INVOICE)
    yield FrozenRows("partners_issueddocument", "DELETE", "1 = 1", INVOICE)
    yield FrozenRows("partners_reportversion", "UPDATE", frozen, REPORT)
    yield FrozenRows("partners_reportversion", "DELETE", "1 = 1", REPORT)


def _columns() -> list[str]:
    from partners.models import Invoice  # noqa: PLC0415 apps not ready: the triggers are part of what the models need

    return [f.column for f in Invoice._meta.concrete_fields if f.column and f.column not in MAY_CHANGE]
