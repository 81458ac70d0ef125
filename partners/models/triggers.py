"""Database triggers that refuse changes to issued invoices and published reports, on SQLite and PostgreSQL.

They are created anew after every `migrate`, from the columns that the tables then have.
"""

from typing import Any

from django.db import connections

# The columns of an issued invoice that may change; all others are frozen, also those of later versions.
MAY_CHANGE = {"status", "reminded", "next_reminder_on"}
INVOICE = "An issued invoice never changes."
REPORT = "A published report never changes."


def install(using: str = "default", **_signal: Any) -> None:
    """Create the triggers, or replace them."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if "partners_invoice" not in present or "partners_reportversion" not in present:
        return  # a database that is only half way through its migrations
    statements = _sqlite() if connection.vendor == "sqlite" else _postgresql()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Drop the triggers, for tests that empty the tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table, event, *_ in _rules("IS NOT"):
            on = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, event)}{on}")


def _columns() -> list[str]:
    from partners.models import Invoice  # noqa: PLC0415 apps not ready: the triggers are part of what the models need

    return [f.column for f in Invoice._meta.concrete_fields if f.column and f.column not in MAY_CHANGE]


def _rules(differs: str) -> list[tuple[str, str, str, str]]:
    """Table, event, the condition under which it is refused, and the message."""
    changed = " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in _columns())
    of_issued = "(SELECT status FROM partners_invoice WHERE id = {}.invoice_id) <> 'draft'"
    frozen = " OR ".join(f"NEW.{c} {differs} OLD.{c}" for c in ("data", "number", "report_id", "published_at"))
    return [
        ("partners_invoice", "UPDATE", f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {changed})", INVOICE),
        ("partners_invoice", "DELETE", "OLD.status <> 'draft'", INVOICE),
        ("partners_invoiceline", "INSERT", of_issued.format("NEW"), INVOICE),
        ("partners_invoiceline", "UPDATE", f"{of_issued.format('OLD')} OR {of_issued.format('NEW')}", INVOICE),
        ("partners_invoiceline", "DELETE", of_issued.format("OLD"), INVOICE),
        ("partners_issueddocument", "UPDATE", "1 = 1", INVOICE),
        ("partners_issueddocument", "DELETE", "1 = 1", INVOICE),
        ("partners_reportversion", "UPDATE", frozen, REPORT),
        ("partners_reportversion", "DELETE", "1 = 1", REPORT),
    ]


def _name(table: str, event: str) -> str:
    return f"{table}_frozen_{event.lower()}"


def _sqlite() -> list[str]:
    statements = []
    for table, event, when, message in _rules("IS NOT"):
        statements += [
            f"DROP TRIGGER IF EXISTS {_name(table, event)}",
            f"CREATE TRIGGER {_name(table, event)} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ]
    return statements


def _postgresql() -> list[str]:
    statements = []
    for table, event, when, message in _rules("IS DISTINCT FROM"):
        name, row = _name(table, event), "OLD" if event == "DELETE" else "NEW"
        statements += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN IF {when.replace('%', '%%')} THEN "
            f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"RETURN {row}; END $$ LANGUAGE plpgsql",
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    return statements
