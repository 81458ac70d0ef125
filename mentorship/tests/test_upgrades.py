"""Every released state goes forward to this version without losing a row, and its code serves all the while."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, migrations, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.test import override_settings

from mentorship.devtools.testing.released import World, empty_database, fill, make_tables, problems_of_old_code
from mentorship.devtools.upgrades.releases import Releases

pytestmark = pytest.mark.postgresql


@dataclass
class Walk:
    """The outcome of migrating through every release from the first one to now."""

    problems: dict[str, list[str]]
    lost: list[str]
    apps: Any  # the models of the newest release
    world: World
    state: ProjectState  # of now


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Walk]:
    """A database that was at every release, one after the other, with rows of each in it."""
    folder = tmp_path_factory.mktemp("released")
    with django_db_blocker.unblock(), override_settings(MIGRATION_MODULES={}), empty_database(folder):
        yield _walk()


def _walk() -> Walk:
    releases = Releases()
    # Until there is a release the tables of now stand for it.
    states = [(release.name, releases.targets(release)) for release in releases.all]
    states = states or [("now", releases.loader.graph.leaf_nodes())]
    worlds, problems = [], {}
    for number, (name, targets) in enumerate(states, 1):
        if number == 1:
            make_tables(targets, releases.loader)
        else:
            MigrationExecutor(connection).migrate(targets)
        apps = releases.loader.project_state(targets).apps
        if worlds:  # the release before, on the tables of this one
            problems[name] = problems_of_old_code(worlds[-1][0], worlds[-1][1], 100 + number)
        worlds.append((apps, fill(apps, 2 * number)))
    call_command("migrate", verbosity=0)
    apps, world = worlds[-1]
    problems["now"] = problems_of_old_code(apps, world, 100)
    lost = [label for _, one in worlds for label in one.lost()]
    now = releases.loader.project_state(releases.loader.graph.leaf_nodes())
    return Walk(problems, lost, apps, world, now)


@contextmanager
def one_more(state: ProjectState, *operations: migrations.operations.base.Operation) -> Iterator[None]:
    """A made-up migration of partners, taken back at the end."""
    migration = migrations.Migration("made_up", "partners")
    migration.operations = list(operations)
    with connection.schema_editor() as editor:
        migration.apply(state.clone(), editor)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            migration.unapply(state.clone(), editor)


def test_every_release_goes_forward_without_losing_a_row_while_its_code_serves(walk):
    assert walk.problems == {name: [] for name in walk.problems}
    assert walk.lost == []
    assert len(walk.world.rows) > 130


def test_a_harmless_migration_lets_old_code_serve(walk):
    nickname = models.CharField(max_length=50, null=True)
    source = models.CharField(max_length=50, db_default="unknown")
    table = migrations.CreateModel("MadeUp", [("id", models.BigAutoField(primary_key=True))])
    added = [migrations.AddField("partner", "nickname", nickname), migrations.AddField("partner", "source", source)]
    with one_more(walk.state, table, *added):
        assert problems_of_old_code(walk.apps, walk.world, 50) == []


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (
            migrations.AddField("partner", "region", models.CharField(max_length=50, default="")),
            "partners.Partner can't be inserted",
        ),
        (migrations.RenameField("partner", "name", "title"), "partners.Partner can't be read"),
    ],
    ids=["a column that old code does not fill", "a column with another name"],
)
def test_a_migration_that_breaks_old_code_is_caught(walk, operation, words):
    with one_more(walk.state, operation):
        assert [problem for problem in problems_of_old_code(walk.apps, walk.world, 60) if problem.startswith(words)]


def test_a_row_that_is_lost_is_named(walk):
    with transaction.atomic():
        row = next(row for model, row in walk.world.rows.items() if model._meta.label == "partners.BankLine")
        type(row)._base_manager.all()._raw_delete("default")
        assert walk.world.lost() == ["partners.BankLine"]
        transaction.set_rollback(True)
