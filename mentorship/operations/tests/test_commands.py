"""`manage.py outbox`, `manage.py sweep` and what `manage.py copy_database` refuses."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mentorship.devtools.testing.factories import MessageFactory
from mentorship.operations import sweep as operations_sweep

pytestmark = pytest.mark.django_db


def test_an_empty_outbox_is_healthy(capsys):
    call_command("outbox")
    assert "Nothing is due." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("sqlite:///{folder}/missing.sqlite3", r"There is no file .*missing\.sqlite3\."),
        ("mentorship.sqlite3", "The source is “mentorship.sqlite3”. Give postgres://"),
        ("mysql://me:secret@host/name", "The source is “mysql://…@host/name”"),
    ],
)
def test_a_database_that_is_not_there_is_not_copied_and_no_file_made(tmp_path, source, said):
    with pytest.raises(CommandError, match=said):
        call_command("copy_database", source.format(folder=tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_late_message_is_an_alarm(capsys, settings):
    late = MessageFactory(due_at=timezone.now() - timedelta(seconds=settings.OUTBOX_LATE_SECONDS + 60), subject="Late")
    MessageFactory(status="failed")
    with pytest.raises(SystemExit) as ended:
        call_command("outbox", "--json", "--due")
    assert ended.value.code == 1
    state = json.loads(capsys.readouterr().out)
    assert state["counts"] == {"queued": 1, "sending": 0, "sent": 0, "failed": 1, "skipped": 0, "cancelled": 0}
    assert state["messages"][0]["id"] == str(late.pk)
    assert state["late"] is True


def test_a_message_that_is_just_due_is_no_alarm(capsys):
    MessageFactory(subject="Just now")
    call_command("outbox", "--due")
    assert "Just now" in capsys.readouterr().out


def test_a_sweep_sends_and_says_so(capsys, mailoutbox):
    MessageFactory()
    call_command("sweep")
    assert "     1  messages sent" in capsys.readouterr().out
    assert len(mailoutbox) == 1
    call_command("sweep")
    assert len(mailoutbox) == 1


@pytest.mark.expects_errors
def test_a_part_that_fails_stops_no_other(monkeypatch, mailoutbox, caplog):
    def broken(now):
        raise ZeroDivisionError("a bug")

    monkeypatch.setitem(operations_sweep.PARTS, "check-ins moved", broken)
    MessageFactory()
    with pytest.raises(CommandError, match="check-ins moved: a bug"):
        call_command("sweep")
    assert len(mailoutbox) == 1
    assert "A part of the sweep failed: check-ins moved" in caplog.text
