"""Rows that the database itself refuses to change: triggers, on SQLite and PostgreSQL.

They are created anew after every `migrate`, from the columns that the tables then have, so a migration that makes a
table again loses none. They guard against mistakes of code, of operators and of statements by hand. Whoever owns the
tables can drop them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections

from mentorship.core.extensions import ExtensionPoint


@dataclass(frozen=True)
class FrozenRows:
    """Refuses an event (INSERT, UPDATE, DELETE) on rows of a table for which a condition holds.

    `when` is SQL that may name NEW and OLD. `whole_table` also refuses to empty the table at one go (PostgreSQL).
    """

    table: str
    event: str
    when: str
    message: str
    whole_table: bool = False

    @property
    def name(self) -> str:
        return f"{self.table}_frozen_{self.event.lower()}"


# Given the operator that compares two values, empty ones too: "IS NOT" on SQLite, "IS DISTINCT FROM" on PostgreSQL.
Rules = Callable[[str], Iterable[FrozenRows]]

FROZEN_ROWS: ExtensionPoint[Rules] = ExtensionPoint(
    "rows that never change",
    asked_by=__name__,
    about="Given the operator for “differs”, the rows that the database refuses to change.",
)


def install(using: str = "default", **_signal: Any) -> None:
    """Create the triggers, or replace them. Leaves out a database that is only half way through its migrations."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    rules = list(_rules(using))
    if not {rule.table for rule in rules} <= present:
        return
    statements = _sqlite(rules) if connection.vendor == "sqlite" else _postgresql(rules)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Drop the triggers: where rows are copied in any order, and for tests that empty the tables."""
    is_sqlite = connections[using].vendor == "sqlite"
    with connections[using].cursor() as cursor:
        for rule in _rules(using):
            cursor.execute(f"DROP TRIGGER IF EXISTS {rule.name}{'' if is_sqlite else f' ON {rule.table}'}")
            if rule.whole_table and not is_sqlite:
                cursor.execute(f"DROP TRIGGER IF EXISTS {rule.table}_frozen_truncate ON {rule.table}")


def missing(using: str = "default") -> list[str]:
    """The names of triggers that are not there, for whoever checks an installation."""
    connection = connections[using]
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor != "sqlite":
        names = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(names)
        present = {name for (name,) in cursor.fetchall()}
    return [rule.name for rule in _rules(using) if rule.name not in present]


def _rules(using: str) -> Iterator[FrozenRows]:
    differs = "IS NOT" if connections[using].vendor == "sqlite" else "IS DISTINCT FROM"
    for rules in FROZEN_ROWS:
        yield from rules(differs)


def _sqlite(rules: Iterable[FrozenRows]) -> Iterator[str]:
    for rule in rules:
        yield f"DROP TRIGGER IF EXISTS {rule.name}"
        yield (
            f"CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW WHEN {rule.when} "
            f"BEGIN SELECT RAISE(ABORT, '{rule.message}'); END"
        )


def _postgresql(rules: Iterable[FrozenRows]) -> Iterator[str]:
    for rule in rules:
        row = "OLD" if rule.event == "DELETE" else "NEW"
        yield from _trigger(rule, rule.name, rule.event, f"RETURN {row}", "ROW")
        if rule.whole_table:
            yield from _trigger(rule, f"{rule.table}_frozen_truncate", "TRUNCATE", "RETURN NULL", "STATEMENT")


def _trigger(rule: FrozenRows, name: str, event: str, goes_on: str, each: str) -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN IF {rule.when.replace('%', '%%')} THEN "
        f"RAISE EXCEPTION '{rule.message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"{goes_on}; END $$ LANGUAGE plpgsql"
    )
    yield f"DROP TRIGGER IF EXISTS {name} ON {rule.table}"
    yield f"CREATE TRIGGER {name} BEFORE {event} ON {rule.table} FOR EACH {each} EXECUTE FUNCTION {name}()"
