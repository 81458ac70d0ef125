"""Released migrations never change, and new ones say what old code would stumble over."""

import json
import re
from types import SimpleNamespace

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.test import override_settings

from mentorship.devtools.style import ROOT
from mentorship.devtools.upgrades.operations import unsafe
from mentorship.devtools.upgrades.releases import FILE, Releases


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    with override_settings(MIGRATION_MODULES={}):
        return MigrationLoader(None)


def test_what_was_released_is_unchanged_complete_and_told_in_the_changelog(loader):
    releases = Releases(FILE, loader)
    assert releases.problems() == []
    text = (ROOT / "CHANGELOG.md").read_text()
    assert [release.name for release in releases.all if f"\n## {release.name}" not in text] == []


def test_a_release_is_recorded_once_and_any_change_of_it_is_found(loader, tmp_path):
    file = tmp_path / "releases.json"
    recorded = Releases(file, loader).record("1.0")
    assert recorded.last["partners"] == dict(loader.graph.leaf_nodes())["partners"]
    assert {name.split("/")[0] for name in recorded.files} >= {"accounts", "cohorts", "partners"}
    assert not {name.split("/")[0] for name in recorded.files} & {"auth", "account", "sessions"}
    assert (Releases(file, loader).problems(), Releases(file, loader).unreleased) == ([], [])
    with pytest.raises(ValueError, match="already"):
        Releases(file, loader).record("1.0")

    said = json.loads(file.read_text())
    name, digest = next(iter(said["1.0"]["files"].items()))

    def problems_with(**files: str | None) -> list[str]:
        changed = {key: value for key, value in {**said["1.0"]["files"], **files}.items() if value}
        file.write_text(json.dumps({"1.0": {**said["1.0"], "files": changed}}))
        return Releases(file, loader).problems()

    assert problems_with(**{name: "0" * 64}) == [
        f"{name} was released and has been changed. Take it back, and write a new migration."
    ]
    assert problems_with(**{"cohorts/0000_gone": digest}) == [
        "cohorts/0000_gone was released and is gone. Take it back from the tag of its release."
    ]
    assert problems_with(**{name: None}) == [f"{name} belongs to 1.0 and is not in its list."]
    with pytest.raises(ValueError, match="is not in its list"):
        Releases(file, loader).record("1.1")


def said_of(*operations: migrations.operations.base.Operation, **attributes: str) -> list[str]:
    """The findings about a migration of a model `Thing` with a name and a note."""
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=50))]
    migrations.CreateModel("Thing", [*fields, ("note", models.TextField(null=True))]).state_forwards("things", state)
    migration = migrations.Migration("0002_more", "things")
    migration.operations = list(operations)
    vars(migration).update(attributes)
    stub = SimpleNamespace(disk_migrations={("things", "0002_more"): migration}, project_state=lambda *a, **k: state)
    return unsafe(stub, "things", "0002_more")


def fill(apps, editor) -> None:
    """A data migration."""


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("thing", "size", models.IntegerField(null=True)),
        migrations.AddField("thing", "size", models.IntegerField(db_default=0)),
        migrations.AddField("thing", "others", models.ManyToManyField("things.Thing")),
        migrations.AlterField("thing", "name", models.CharField("title", max_length=80, null=True, help_text="Any")),
        migrations.AddIndex("thing", models.Index(fields=["name"], name="thing_name")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("thing", "note")]),
    ],
    ids=lambda operation: operation.describe(),
)
def test_operations_that_old_code_does_not_notice(operation):
    assert said_of(operation) == []


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (migrations.AddField("thing", "size", models.IntegerField(default=0)), "Give it null=True or db_default"),
        (migrations.RemoveField("thing", "note"), "Leave it in the table for one release"),
        (migrations.RenameField("thing", "name", "title"), "old code knows the old name"),
        (migrations.RenameModel("Thing", "Item"), "Keep it by db_table"),
        (migrations.DeleteModel("Thing"), "Leave it for one release"),
        (migrations.AlterField("thing", "name", models.CharField(max_length=20)), r"what changes \(max_length\)"),
        (migrations.AlterField("thing", "note", models.TextField()), r"what changes \(null\)"),
        (migrations.AlterField("thing", "name", models.IntegerField()), "the new kind of column"),
        (migrations.RunPython(fill), "reverse_code"),
        (migrations.RunSQL("DROP TABLE thing"), "nobody can tell"),
        (
            migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("thing", "note")]),
            "Leave it in the table",
        ),
        (
            migrations.AddConstraint("thing", models.UniqueConstraint(fields=["name"], name="thing_once")),
            "may write rows that break it",
        ),
    ],
    ids=lambda part: part.describe() if hasattr(part, "describe") else "",
)
def test_operations_that_break_old_code_say_so_unless_the_migration_says_why_not(operation, words):
    (found,) = said_of(operation)
    assert found.startswith("things/0002_more: ")
    assert re.search(words, found), found
    assert said_of(operation, old_code_serves_because="Nobody ever wrote to it.") == []


def test_a_table_of_the_same_migration_may_change_at_will():
    made = migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))])
    assert said_of(made, migrations.AddField("other", "size", models.IntegerField(default=0))) == []
