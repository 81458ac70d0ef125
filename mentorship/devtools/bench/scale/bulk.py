"""Insert many rows fast: COPY on PostgreSQL, one prepared statement on SQLite. No signals, no checks, no triggers."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import DateField, Field, Model
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

# Texts stand for moments, JSON and ids, as both databases read them.
Row = Sequence[Any]
CHUNK = 10_000


@contextmanager
def quickly() -> Iterator[None]:
    """Insert without checks of foreign keys and without waiting for the disk; measure the tables afterwards."""
    settings = (
        ("PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA journal_mode = MEMORY")
        if connection.vendor == "sqlite"
        else ("SET session_replication_role = replica", "SET synchronous_commit = off", "SET statement_timeout = 0")
    )
    with connection.cursor() as cursor:
        for setting in settings:
            cursor.execute(setting)
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("ANALYZE")
        else:
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)
            cursor.execute("VACUUM ANALYZE")
    connection.close()


def put(model: type[Model], columns: str, rows: Iterable[Row]) -> None:
    """Insert rows with these columns, named as attributes; every other column gets the default of its field."""
    given = columns.split()
    fields: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    rest = [field for name, field in fields.items() if name not in given and not _is_set_by_database(field)]
    usual = tuple(field.get_db_prep_save(_usual(field), connection) for field in rest)
    names = [connection.ops.quote_name(field.column) for field in [*(fields[name] for name in given), *rest]]
    table, whole = connection.ops.quote_name(model._meta.db_table), ((*row, *usual) for row in rows)
    if connection.vendor == "sqlite":
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608
        with transaction.atomic(), connection.cursor() as cursor:
            while some := list(islice(whole, CHUNK)):
                cursor.executemany(statement, some)
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in whole:
            copy.write_row(row)


def _is_set_by_database(field: Field) -> bool:
    return field.get_internal_type().endswith("AutoField") or field.db_default is not NOT_PROVIDED


def _usual(field: Field) -> Any:
    if isinstance(field, DateField) and (field.auto_now or field.auto_now_add):
        return timezone.now()
    return field.get_default()
