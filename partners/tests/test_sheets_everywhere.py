"""Meeting lists come through the same reader as every sheet, with its limits."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mentorship.core.sheets import SheetError
from partners.billing.forms import BankForm
from training.meeting_list.forms import MeetingListForm
from training.meeting_list.reader import read_meeting_file

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(("form", "most"), [(MeetingListForm, 2), (BankForm, 10)])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(form, most, monkeypatch):
    monkeypatch.setattr(SimpleUploadedFile, "read", lambda *_: pytest.fail("it was read"))
    file = SimpleUploadedFile("x.csv", b"a" * (most * MEGABYTE + 1))
    assert form({}, {"file": file}).errors["file"] == [f"The file is larger than {most} MB."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252", "mac-roman"])
def test_a_meeting_list_is_read_in_any_encoding_below_its_title(encoding):
    text = "Meeting summary\nTotal\t2\n\nFull name\tEmail\tDuration\nJürgen Größe\tj@example.org\t1h 5m\n"
    (person,) = read_meeting_file(text.encode(encoding)).people
    assert (person.name, person.email, person.minutes) == ("Jürgen Größe", "j@example.org", 65)


def test_an_old_workbook_is_refused_by_name_there_as_well():
    with pytest.raises(SheetError, match="old Excel file"):
        read_meeting_file(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
