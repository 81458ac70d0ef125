"""Rows of every model of a released state, and what the code of that release does with them on later tables."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, product
from pathlib import Path
from typing import Any

from django.db import connections, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.fields import NOT_PROVIDED

from mentorship.core import frozen_rows

Model = type[models.Model]
# How many combinations of values are tried for one constraint.
TRIES = 3000


@contextmanager
def empty_database(folder: Path) -> Iterator[None]:
    """An empty database in place of the default one, for as long as the block lasts."""
    usual = connections["default"]
    own = usual.copy()
    if own.vendor == "sqlite":
        own.settings_dict["NAME"] = str(folder / "released.sqlite3")
    else:
        own.settings_dict["NAME"] = name = f"{usual.settings_dict['NAME']}_released"
        with usual._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connections["default"] = own
    try:
        yield
    finally:
        connections["default"] = usual
        own.close()
        if own.vendor != "sqlite":
            with usual._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{own.settings_dict["NAME"]}" WITH (FORCE)')


def make_tables(targets: list[tuple[str, str]], loader: MigrationLoader) -> None:
    """Make the tables of a state at once and note its migrations: running a long first migration takes minutes."""
    connection = connections["default"]
    with connection.schema_editor() as editor:
        for model in loader.project_state(targets).apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in {key for target in targets for key in loader.graph.forwards_plan(target)}:
        for done in ((app, name), *loader.disk_migrations[app, name].replaces):
            recorder.record_applied(*done)


class World:
    """One row of every model of some apps, made up from the kinds of their fields. Rows of another number differ.

    Where a row needs two others of one model, such as the two sides of a match, the second is of the world `beside`.
    """

    def __init__(self, apps: Any, number: int, *, beside: "World | None" = None) -> None:
        self.number, self.beside = number, beside
        self.rows: dict[Model, models.Model] = {}
        self.problems: list[str] = []
        self._models = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]

    def fill(self) -> "World":
        """Insert a row of each model, those that are pointed at first."""
        left = list(self._models)
        while left:
            ready = [model for model in left if not self._needs(model) & set(left) - {model}]
            for model in ready or left[:1]:
                left.remove(model)
                self._try(f"{model._meta.label} can't be inserted", lambda model=model: self._insert(model))
        return self

    def read(self) -> None:
        """Read each row with all columns that its model knows."""
        for model, row in self.rows.items():
            self._try(f"{model._meta.label} can't be read", lambda model=model, row=row: _same(model, row))

    def update(self) -> None:
        """Write each row again, all columns of it."""
        for model, row in self.rows.items():
            if len(model._meta.local_concrete_fields) > 1:
                self._try(f"{model._meta.label} can't be updated", lambda row=row: row.save(force_update=True))

    def delete(self) -> None:
        """Delete each row, those that point at others first."""
        for model, row in reversed(self.rows.items()):
            rows = model._base_manager.filter(pk=row.pk)
            self._try(f"{model._meta.label} can't be deleted", lambda rows=rows: rows._raw_delete(rows.db))

    def lost(self) -> list[str]:
        """The rows that are not in their tables any more."""
        with connections["default"].cursor() as cursor:
            tables = set(connections["default"].introspection.table_names(cursor))
        return [
            model._meta.label
            for model, row in self.rows.items()
            if model._meta.db_table not in tables or not model._base_manager.filter(pk=row.pk).only("pk").exists()
        ]

    def _try(self, words: str, act: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                act()
        except Exception as error:
            self.problems.append(f"{words}: {str(error).splitlines()[0]}")

    def _needs(self, model: Model) -> set[Model]:
        return {f.remote_field.model for f in _fields(model) if f.remote_field and not f.null}

    def _insert(self, model: Model) -> None:
        choices = {field.name: self._values(field) for field in _fields(model)}
        checks = [c.condition for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
        for name in {name for condition in checks for name in _names(condition) if name in choices}:
            choices[name].sort(key=lambda value: value is not None)  # what may be empty has the fewest conditions so
        values = {name: some[0] for name, some in choices.items()}
        for condition in checks * 3:  # what pleases one may break another
            _please(model, condition, values, choices)
        self.rows[model] = model._base_manager.create(**values)

    def _values(self, field: Any) -> list[Any]:
        """Values that a field may hold, the likeliest first."""
        if field.remote_field:
            worlds = [self, self.beside] if self.beside and not field.unique else [self]
            rows = [world.rows[field.remote_field.model] for world in worlds if field.remote_field.model in world.rows]
            return [*rows, None] if field.null or not rows else rows
        kind = field.get_internal_type()
        some = [value for value, _ in field.flatchoices] or _made_up(kind, self.number, field)
        if field.default is not NOT_PROVIDED and not field.unique:
            some = [field.get_default(), *some]
        return [*some, None] if field.null else some


def _fields(model: Model) -> list[Any]:
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    return [field for field in fields if not isinstance(field, models.AutoField)]


def _please(model: Model, condition: models.Q, values: dict[str, Any], choices: dict[str, list[Any]]) -> None:
    """Change values until a condition of the table holds."""
    names = sorted(_names(condition) & set(values))
    for tried in islice(product(*(choices[name] for name in names)), TRIES):
        if _holds(model, condition, values):
            return
        values.update(zip(names, tried, strict=True))


def _names(condition: models.Q) -> set[str]:
    return {name.split("__")[0] for name in condition.referenced_base_fields}


def _holds(model: Model, condition: models.Q, values: dict[str, Any]) -> bool:
    row = model(**values)
    return condition.check(row._get_field_expression_map(meta=model._meta, exclude=set()))


def _same(model: Model, row: models.Model) -> None:
    found = model._base_manager.get(pk=row.pk)
    if found != row:
        raise AssertionError("another row came back")


def _made_up(kind: str, number: int, field: Any) -> list[Any]:
    day = date(2027, 1, 1) + timedelta(days=number)
    moment = datetime.combine(day, time(9), UTC)
    made: dict[str, list[Any]] = {
        "BooleanField": [False, True],
        "DateField": [day, day + timedelta(days=1)],
        "DateTimeField": [moment, moment + timedelta(hours=1)],
        "TimeField": [time(9), time(10)],
        "DurationField": [timedelta(minutes=number)],
        "DecimalField": [Decimal(number), Decimal(0)],
        "FloatField": [float(number), 0.0],
        "JSONField": [{}, []],
        "BinaryField": [b"row %d" % number],
        "UUIDField": [uuid.UUID(int=number)],
        "GenericIPAddressField": [f"192.0.2.{number}"],
    }
    if kind.endswith("IntegerField"):
        return [number, 0, 1]
    if kind in made:
        return made[kind]
    text = f"row{number}@example.org" if "mail" in field.name or "address" in field.name else f"row-{number}"
    return [text[-field.max_length :] if field.max_length else text, ""]


def fill(apps: Any, number: int) -> World:
    """Rows of every model. Needs the numbers from this one to the next."""
    first = World(apps, number).fill()  # lacks what needs two of a kind
    return World(apps, number + 1, beside=first).fill()


def problems_of_old_code(apps: Any, rows: World, number: int) -> list[str]:
    """Failures of old models on the tables of now: read, insert, update and delete a row of each."""
    new = World(apps, number, beside=rows).fill()
    rows.read()
    frozen_rows.remove()  # they refuse changes on purpose
    try:
        rows.update()
        new.update()
        new.delete()
    finally:
        frozen_rows.install()
    found = [*rows.problems, *new.problems]
    rows.problems = []
    return found
