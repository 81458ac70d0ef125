"""The commands that export and erase a person."""

import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from cohorts.models import (
    SignupFile,
)
from mentorship.core.outbox.models import ForgottenAddress
from mentorship.operations.persons.subject import NobodyError, find_subject
from mentorship.operations.persons.tests.traces import EMAIL, everything

pytestmark = pytest.mark.django_db


def test_a_dry_run_says_exactly_what_an_erasure_does_and_does_nothing(
    person, capsys, django_capture_on_commit_callbacks
):
    before = sorted(everything())
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erase_person", EMAIL, "--dry-run")
    said = capsys.readouterr().out
    assert sorted(everything()) == before
    assert SignupFile.objects.get().file.storage.exists(SignupFile.objects.get().file.name)
    for words in ("Removed", "Anonymised", "Kept", "1  Files", "Nothing was changed.", "rates were reported with it"):
        assert words in said
    call_command("erase_person", EMAIL)
    assert capsys.readouterr().out.split("Done.")[0] == said.split("Nothing was changed.")[0]


def test_erasing_again_finds_nothing_and_is_no_error(person, capsys):
    call_command("erase_person", EMAIL.upper())
    rows = sorted(everything())
    call_command("erase_person", EMAIL)
    assert "erased already" in capsys.readouterr().out
    assert sorted(everything()) == rows
    assert ForgottenAddress.objects.count() == 3  # the address, and what stands for it on rows and in texts
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("export_person", EMAIL)


def test_an_unknown_address_is_an_error(db):
    for command in ("export_person", "erase_person"):
        with pytest.raises(CommandError, match="Nobody here has the address"):
            call_command(command, "nobody@example.org")
    with pytest.raises(NobodyError):
        find_subject("nobody@example.org")


def test_the_export_goes_to_the_screen_or_into_a_new_file(person, capsys, tmp_path):
    call_command("export_person", EMAIL)
    out = capsys.readouterr()
    assert json.loads(out.out)["person"] == [EMAIL]
    assert "1 file of theirs" in out.err
    target = tmp_path / "person.zip"
    call_command("export_person", EMAIL, "--output", str(target))
    assert zipfile.is_zipfile(target)
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="can't be written"):
        call_command("export_person", EMAIL, "--output", str(target))
