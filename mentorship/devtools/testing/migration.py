"""Test a migration on rows of the old schema: take the test database back, write rows, migrate forward again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings


class OldSchema:
    """The database of a test, whose tables can be taken to any migration. Needs a test that commits."""

    def migrate(self, app: str, name: str) -> Any:
        """Migrate an app to a migration, back or forward. Returns the apps with the models of that time."""
        executor = MigrationExecutor(connection)
        executor.migrate([(app, name)])
        return executor.loader.project_state([(app, name)]).apps

    def latest(self, app: str) -> str:
        """The name of the last migration of an app."""
        ((_app, name),) = MigrationExecutor(connection).loader.graph.leaf_nodes(app)
        return name


@contextmanager
def old_schema() -> Iterator[OldSchema]:
    """The tables of tests are made from the models, with no migration on record: note all of them as applied."""
    with override_settings(MIGRATION_MODULES={}):
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for app, name in MigrationExecutor(connection).loader.graph.nodes:
            recorder.record_applied(app, name)
        try:
            yield OldSchema()
        finally:
            with connection.cursor() as cursor:
                table = connection.ops.quote_name(recorder.Migration._meta.db_table)
                cursor.execute(f"DROP TABLE {table}")
