"""Copy all rows of one database to another, of the same kind or not, and compare them row by row."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from mentorship.core import frozen_rows
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError

ROWS_AT_ONCE = 2000
# The number of rows in a table, and a checksum that does not depend on their order.
Digest = tuple[int, str]


@contextmanager
def database(settings: dict[str, Any], alias: str) -> Iterator[str]:
    """A further database under an alias, inside the block; `settings` as in DATABASES."""
    connections.settings[alias] = connections.configure_settings({"default": settings})["default"]
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def copy_rows(*, source: str, target: str) -> dict[str, Digest]:
    """Copy every row from one database (an alias) to another and return the digest of each table.

    The target has the tables already and holds no person; what `migrate` put into it is replaced. All of it is one
    transaction of the target and one view of the source. Raises ServiceError if the two are of different versions,
    if the target is in use, if it can't hold a row (named), and if a row arrived changed.
    """
    check_fits(source=source, target=target)
    with one_view(source), transaction.atomic(using=target):
        frozen_rows.remove(using=target)  # the triggers refuse lines of issued invoices
        tables = every_table()
        for model in tables:
            model._base_manager.using(target)._raw_delete(target)
        for model in tables:
            _copy(model, source, target)
        with connections[target].cursor() as cursor:
            for statement in connections[target].ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)
        copied = digests(target)
        differences(digests(source), copied)
        frozen_rows.install(using=target)
    return copied


def make_tables(alias: str, *, like: str) -> None:
    """Create the tables of this version in an empty database, and record another one's applied migrations.

    Migrations are not run: their changes of rows might use the database of the settings.
    """
    with connections[alias].schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
    recorder = MigrationRecorder(connections[alias])
    for app, name in MigrationRecorder(connections[like]).applied_migrations():
        recorder.record_applied(app, name)


def differences(wanted: dict[str, Digest], found: dict[str, Digest]) -> None:
    """Raise ServiceError if tables differ, naming them."""
    wrong = []
    for table, (number, total) in wanted.items():
        arrived, its_total = found.get(table, (0, ""))
        if (arrived, its_total) != (number, total):
            other = ", with other values" if arrived == number else ""
            wrong.append(f"{table} ({arrived} of {number} rows{other})")
    if wrong:
        raise ServiceError(f"The copy differs from the original: {', '.join(wrong)}. Nothing was kept.")


def every_table() -> list[type[models.Model]]:
    """The models of all tables that `migrate` creates, including many-to-many tables."""
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]


def digests(alias: str) -> dict[str, Digest]:
    """The digest of every table of a database."""
    found = {}
    for model in every_table():
        number, total = 0, 0
        for row in _rows(model, alias):
            said = json.dumps([_plain(value) for value in row], default=str, sort_keys=True)
            total = (total + int.from_bytes(hashlib.sha256(said.encode()).digest()[:16])) % 2**128
            number += 1
        found[model._meta.db_table] = (number, f"{total:032x}")
    return found


@contextmanager
def one_view(alias: str) -> Iterator[None]:
    """All reads inside see the database as of the first one, while others continue to write."""
    with transaction.atomic(using=alias):
        connection = connections[alias]
        if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def check_fits(*, source: str, target: str) -> None:
    """Raise ServiceError if two databases are of different versions, or the one to fill is in use."""
    versions = [set(MigrationRecorder(connections[alias]).applied_migrations()) for alias in (source, target)]
    executor = MigrationExecutor(connections[target])
    if versions[0] != versions[1] or executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise ServiceError(
            "One of the two databases is not at this version. Run this version’s `migrate` on both first. A backup is "
            "restored by the version that made it."
        )
    if User._base_manager.using(target).exists():
        raise ServiceError("The database to fill already has people in it. It must be empty, fresh from `migrate`.")


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def _rows(model: type[models.Model], alias: str) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in _fields(model)]
    return model._base_manager.using(alias).order_by("pk").values_list(*names).iterator(chunk_size=ROWS_AT_ONCE)


def _copy(model: type[models.Model], source: str, target: str) -> None:
    fields, rows = _fields(model), _rows(model, source)
    names = [field.attname for field in fields]
    at_once = min(ROWS_AT_ONCE, connections[target].ops.bulk_batch_size(fields, [None] * ROWS_AT_ONCE))
    while some := [model(**dict(zip(names, row, strict=True))) for row in islice(rows, at_once)]:
        try:
            _insert(model, fields, some, target)
        except (DatabaseError, ValueError):
            for one in some:  # one by one, to name the row
                try:
                    _insert(model, fields, [one], target)
                except (DatabaseError, ValueError) as error:
                    words = str(error).splitlines()[0]
                    raise ServiceError(f"{model._meta.label} {one.pk} does not fit there: {words}") from error


def _insert(model: type[models.Model], fields: list[Any], some: list[models.Model], target: str) -> None:
    """Insert rows unchanged: `raw` prevents changes by saving, such as the time of the last change."""
    with transaction.atomic(using=target):
        model._base_manager.using(target)._insert(some, fields=fields, using=target, raw=True)  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    """A value in the same notation for both databases: JSONB writes 1e3 as 1000."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
