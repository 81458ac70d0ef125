"""`manage.py doctor` finds the faults of an installation, and says of each how to mend it."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from mentorship.core.audit.models import TrailOpening
from mentorship.core.outbox.health import record_heartbeat
from mentorship.operations.checks import check_installation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders_of_our_own(settings, tmp_path, monkeypatch):
    """Read neither the clone that the tests run in, nor a site that happens to run there."""
    settings.VAR_DIR, settings.BASE_DIR = tmp_path / "var", tmp_path / "code"
    settings.BASE_DIR.mkdir()
    settings.SITE_URL = "http://127.0.0.1:1"
    # Django's own take seconds, and find what pytest put into the settings.
    monkeypatch.setattr("django.core.checks.run_checks", lambda: check_installation(None))


def examined(capsys) -> tuple[int, str]:
    """The exit status and the output."""
    try:
        call_command("doctor")
    except SystemExit as ended:
        return int(ended.code or 0), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_a_sound_installation_has_nothing_to_mend(capsys):
    for name in ("sweep", "beat"):
        record_heartbeat(name)
    status, said = examined(capsys)
    assert status == 0, said
    assert "Everything that has to work is working." in said
    for name in ("Settings", "Folders", "Database", "Broker", "Limits", "Work", "Mail", "Matching", "Fonts"):
        assert f"ok    {name}: " in said
    assert "note  Address: " in said
    assert "note  Operators: there are none" in said


def test_each_fault_is_named_with_what_to_do(capsys, settings, monkeypatch, broker_is_away):
    env = Path(settings.BASE_DIR) / ".env"
    env.touch(mode=0o644)
    settings.DEMO = settings.TRYING_OUT = False
    settings.VAR_DIR = Path(settings.BASE_DIR) / "var"
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    monkeypatch.setattr("matching.meaning.model.find_spec", lambda name: None)
    monkeypatch.setattr("mentorship.core.papers.fonts.find_spec", lambda name: None)
    status, said = examined(capsys)
    assert status == 1
    for expected in (
        f"chmod 600 {env}",
        "inside the code",
        "Run manage.py collectstatic.",
        "correct REDIS_URL",
        "The sweep has never run",
        "Start it, or correct EMAIL_URL.",
        "note  Matching: The sentence model is not installed",
        "note  Fonts: the package manimgx_fonts is not installed",
    ):
        assert expected in said


def test_before_the_first_migration_only_that_is_told_of_the_database(capsys, monkeypatch):
    monkeypatch.setattr("mentorship.operations.doctor.missing_migrations", lambda: "older")
    _, said = examined(capsys)
    assert "FIX   Database: is older than the code" in said
    assert "Privacy" not in said


def test_a_trail_that_was_left_open_is_named(capsys):
    TrailOpening.objects.create(reason="by hand")
    status, said = examined(capsys)
    assert status == 1
    assert "FIX   Database: was left open for changes of the audit trail" in said


def test_it_goes_on_where_the_database_is_away(capsys, monkeypatch):
    def away() -> None:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", away)
    status, said = examined(capsys)
    assert status == 1
    assert "FIX   Database: does not answer: connection refused Is the server running?" in said
    assert "Mail: " in said, "the parts after it were examined, too"
