"""A database that stopped between the migrations before 0.9 is refused, and told how to get here."""

from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db.migrations import Migration

from mentorship.operations import doctor, health
from mentorship.operations.versions import check_version, half_way

pytestmark = pytest.mark.django_db
BEFORE = [("cohorts", "0001_initial"), ("cohorts", "0002_more"), ("matching", "0001_initial")]


@pytest.fixture
def applied(monkeypatch):
    """Notes migrations of before as applied, beside a first migration that stands for all of them."""
    first = Migration("0001_release", "cohorts")
    first.replaces = BEFORE
    stub = SimpleNamespace(disk_migrations={("cohorts", "0001_release"): first})
    monkeypatch.setattr("mentorship.operations.versions.MigrationLoader", lambda *args, **options: stub)
    health._all_migrated.cache_clear()

    def note(*keys: tuple[str, str]) -> None:
        recorder = SimpleNamespace(applied_migrations=lambda: dict.fromkeys(keys))
        monkeypatch.setattr("mentorship.operations.versions.MigrationRecorder", lambda connection: recorder)

    yield note
    health._all_migrated.cache_clear()


@pytest.mark.parametrize("keys", [[], BEFORE], ids=["empty", "the last version before"])
def test_a_database_that_has_none_or_all_of_them_is_migrated(applied, keys):
    applied(*keys)
    assert (half_way(), check_version(databases=["default"])) == ("", [])


@pytest.mark.parametrize("keys", [BEFORE[:1], BEFORE[1:]])
def test_a_database_in_between_is_refused_by_checks_probes_and_doctor(applied, keys, capsys, monkeypatch):
    applied(*keys)
    with pytest.raises(SystemCheckError, match=r"Check out the tag before-0\.9"):
        call_command("check", databases=["default"], tags=["database"])  # what `migrate` asks before it begins
    app, name = next(key for key in BEFORE if key not in keys)
    assert f"lacks {app}/{name}" in health.missing_migrations()
    # Django's own checks take seconds, and the broker and the address are not asked.
    monkeypatch.setattr("mentorship.operations.doctor.PARTS", (doctor._database,))
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "→ Check out the tag before-0.9" in capsys.readouterr().out
