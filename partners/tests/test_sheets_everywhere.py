"""Meeting lists come through the same reader as every sheet, with its limits."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mentorship.core.sheets import SheetError
from partners.billing.bank_sheet import read_bank_sheet
from partners.billing.forms import BankForm
from training.attendance.forms import MeetingListForm
from training.attendance.meeting_list import read_list

TOO_LARGE = 3 * 1024 * 1024


@pytest.mark.parametrize("form", [MeetingListForm, BankForm])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(form, monkeypatch):
    monkeypatch.setattr(SimpleUploadedFile, "read", lambda *_: pytest.fail("it was read"))
    file = SimpleUploadedFile("x.csv", b"a" * TOO_LARGE)
    assert form({"currency": "EUR"}, {"file": file}).errors["file"] == ["The file is larger than 2 MB."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252", "mac-roman"])
def test_a_meeting_list_is_read_in_any_encoding_below_its_title(encoding):
    text = "Meeting summary\nTotal\t2\n\nFull name\tEmail\tDuration\nJürgen Größe\tj@example.org\t1h 5m\n"
    (person,) = read_list(text.encode(encoding))
    assert (person.name, person.email, person.minutes) == ("Jürgen Größe", "j@example.org", 65)


def test_an_old_workbook_is_refused_by_name_there_as_well():
    with pytest.raises(SheetError, match="old Excel file"):
        read_list(b"\xd0\xcf\x11\xe0" + b"\0" * 600)


def test_a_bank_sheet_is_found_below_the_lines_of_the_bank():
    header = "Buchungstag;Name;Verwendungszweck;Betrag;Waehrung"
    text = f"\ufeffKontonummer: 1;\n\n{header}\n01.11.26;FUND;INV-0001;100,00;EUR\n"
    (row,) = read_bank_sheet(text.encode())
    assert (row.line, row.on, row.amount, row.currency, row.payer) == (4, "01.11.26", "100,00", "EUR", "FUND")
