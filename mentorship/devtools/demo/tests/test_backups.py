"""The whole demo, with issued invoices and published reports, through a backup, a restore and a move."""

import json
import sqlite3
from contextlib import closing
from tarfile import TarFile

import environ
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.utils import Error

from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.servers import postgres_url
from mentorship.operations.backups.archive import ABOUT, DATABASE, make_backup, restore_backup
from mentorship.operations.backups.rows import Digest, copy_rows, database, differences, digests, make_tables
from partners.models import Invoice


@pytest.fixture
def postgres(django_db_blocker):
    """The alias of an empty PostgreSQL of this version. A test that is marked for a database may use no further one."""
    with (
        django_db_blocker.unblock(),
        postgres_url() as url,
        database(environ.Env.db_url_config(url), "postgres") as alias,
    ):
        make_tables(alias, like="default")
        yield alias


def test_a_backup_of_one_database_is_restored_into_the_other_row_by_row(demo, postgres, tmp_path, monkeypatch):
    monkeypatch.setattr(TarFile, "extract", None)  # the oldest Python 3.11 in use has one that is not safe
    default_storage.save("sign-up/plan.txt", ContentFile(b"A plan"))
    made = make_backup(tmp_path / "backup.tar")
    default_storage.delete("sign-up/plan.txt")
    restored = restore_backup(tmp_path / "backup.tar", target=postgres)
    assert (restored.tables, restored.files, restored.made_at) == (made.tables, 1, made.made_at)
    with default_storage.open("sign-up/plan.txt") as upload:
        assert upload.read() == b"A plan"
    assert digests(postgres) == digests("default") == made.tables
    assert made.tables["partners_invoice"][0] == Invoice.objects.count() > 0
    User.objects.using(postgres).create(email="new@example.org")  # the numbers of new rows go on after the copied ones
    with pytest.raises(Error, match="issued invoice never changes"), transaction.atomic(using=postgres):
        Invoice.objects.using(postgres).exclude(status="draft").update(number="X")

    back = make_backup(tmp_path / "back.tar", source=postgres)
    assert {**back.tables, "accounts_user": 0} == {**made.tables, "accounts_user": 0}
    with pytest.raises(ServiceError, match="must be empty"):
        copy_rows(source="default", target=postgres)


@pytest.mark.django_db
def test_what_is_no_backup_or_cut_off_is_refused_and_an_existing_file_is_kept(demo, tmp_path):
    path = tmp_path / "backup.tar"
    with pytest.raises(ServiceError, match="no file"):
        restore_backup(path)
    path.write_bytes(b"something else")
    with pytest.raises(ServiceError, match="not a backup"):
        restore_backup(path)
    with pytest.raises(ServiceError, match="already exists"):
        make_backup(path)
    assert path.read_bytes() == b"something else"
    with pytest.raises(ServiceError, match="There is no folder"):
        make_backup(tmp_path / "elsewhere" / "backup.tar")


def test_a_backup_of_another_version_is_refused_with_what_to_do(demo, django_db_blocker, tmp_path):
    with closing(sqlite3.connect(tmp_path / DATABASE)) as old:
        old.execute("CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text, applied text)")
        old.execute("INSERT INTO django_migrations VALUES (1, 'cohorts', '0000_of_long_ago', '2026-01-01')")
        old.commit()
    about = {"made_at": "2026-01-01T00:00:00+00:00", "tables": {}, "files": 0}
    (tmp_path / ABOUT).write_text(json.dumps(about))
    with TarFile.open(tmp_path / "backup.tar", "w") as archive:
        for name in (DATABASE, ABOUT):
            archive.add(tmp_path / name, name)
    with django_db_blocker.unblock(), pytest.raises(ServiceError, match="by the version that made it"):
        restore_backup(tmp_path / "backup.tar")


def test_a_folder_that_is_missing_becomes_no_file(tmp_path):
    with pytest.raises(CommandError, match="no folder"):
        call_command("backup", str(tmp_path / "backups"))
    assert not any(tmp_path.iterdir())


def test_a_table_that_arrived_changed_is_named():
    wanted: dict[str, Digest] = {"a": (2, "x"), "b": (1, "y"), "c": (3, "z")}
    with pytest.raises(ServiceError) as refused:
        differences(wanted, {"a": (2, "x"), "b": (1, "other"), "c": (2, "z")})
    assert "b (1 of 1 rows, with other values), c (2 of 3 rows)" in str(refused.value)
