"""Operations of a migration that are safe while the code of the release before still serves.

Old code reads and writes the columns that it knows, so none may vanish, change its name or ask for a value that old
code does not give. CONTRIBUTING.md tells how to get there in two releases.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field, ManyToManyField
from django.db.models.fields import NOT_PROVIDED

# A migration that says why it is safe all the same, as an attribute of its class.
REASON = "old_code_serves_because"

SAFE = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.RemoveConstraint,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
)
WHY_NOT: dict[type[Operation], str] = {
    migrations.RemoveField: "old code reads this column. Leave it in the table for one release",
    migrations.DeleteModel: "old code reads this table. Leave it for one release",
    migrations.RenameField: "old code knows the old name. Add a field, fill it, and remove the old one a release later",
    migrations.RenameModel: "old code knows the old name of the table. Keep it by db_table",
    migrations.AlterModelTable: "old code knows the old name of the table",
    migrations.AddConstraint: "old code may write rows that break it",
    migrations.AlterUniqueTogether: "old code may write rows that break it",
    migrations.RunSQL: "nobody can tell what it does",
}
# What may differ between two versions of a field without a change of the table.
WORDS_ONLY = {*Field.non_db_attrs, "default"}


def unsafe(loader: MigrationLoader, app: str, name: str) -> list[str]:
    """The operations of a migration that break old code, a sentence each; none where it says why it is safe."""
    migration = loader.disk_migrations[app, name]
    if getattr(migration, REASON, ""):
        return []
    state = loader.project_state((app, name), at_end=False)
    made: set[str] = set()  # models that this migration makes itself: no old code knows them
    found = []
    for operation in migration.operations:
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        if getattr(operation, "model_name_lower", "") not in made:
            found += [f"{app}/{name}: {operation.describe()}: {why}." for why in _why_not(operation, state, app)]
        operation.state_forwards(app, state)
    return found


def _why_not(operation: Operation, state: ProjectState, app: str) -> Iterator[str]:
    if isinstance(operation, SAFE):
        return
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from _why_not(inner, state, app)
    elif check := CHECKS.get(type(operation)):
        if why := check(operation, state, app):
            yield why
    else:
        yield WHY_NOT.get(type(operation), f"{type(operation).__name__} is not known to be safe")


def _added(operation: Any, state: ProjectState, app: str) -> str:
    field = operation.field
    is_given = field.null or field.db_default is not NOT_PROVIDED or isinstance(field, ManyToManyField)
    if getattr(field, "generated", False) or is_given:
        return ""
    return "old code writes rows without it. Give it null=True or db_default"


def _altered(operation: Any, state: ProjectState, app: str) -> str:
    before = state.models[app, operation.model_name_lower].get_field(operation.name)
    (_, old_type, _, old), (_, new_type, _, new) = before.deconstruct(), operation.field.deconstruct()
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)} - WORDS_ONLY
    if new.get("null") and not old.get("null"):
        changed.discard("null")
    if "max_length" in changed and (new.get("max_length") or 10**9) > (old.get("max_length") or 10**9):
        changed.discard("max_length")
    if old_type != new_type:
        return "old code may write what the new kind of column does not hold"
    return f"old code may break on what changes ({', '.join(sorted(changed))})" if changed else ""


def _filled(operation: Any, state: ProjectState, app: str) -> str:
    return "" if operation.reversible else "it can't be taken back. Give it a reverse_code, RunPython.noop if need be"


CHECKS: dict[type[Operation], Callable[[Any, ProjectState, str], str]] = {
    migrations.AddField: _added,
    migrations.AlterField: _altered,
    migrations.RunPython: _filled,
}
