"""Patterns that search texts of any length take time that grows with the length, not with its square.

At these lengths the square takes minutes, so that nobody has to measure anything.
"""

import pytest

from cohorts.imports.people_cells import CellError, read_people
from matching.texts.plain_text import JOINING, LISTING
from mentorship.core.links import TOKEN, without_tokens
from mentorship.core.web.log_lines import without_personal_data
from partners.records.names import _NOT_WORDS
from training.meeting_list.reader import read_meeting_file

LONG = 300_000


@pytest.mark.parametrize("unit", ["x", "x-", "a.", "-", "1:", "a@"])
def test_lines_of_the_log_and_addresses_of_pages(unit):
    text = unit * (LONG // len(unit))
    assert not TOKEN.search(text)
    assert without_tokens(text) == without_personal_data(text) == text


@pytest.mark.parametrize("pattern", [LISTING, JOINING, _NOT_WORDS])
@pytest.mark.parametrize("sign", [" ", "x"])
def test_topics_and_reports(pattern, sign):
    assert not pattern.search(sign * LONG)


def test_a_cell_of_addresses_that_is_too_long_is_refused():
    with pytest.raises(CellError, match="300,000 characters"):
        read_people("x" * LONG, "Ada")


def test_a_meeting_list_is_read_whatever_its_cells_hold():
    cells = [sign * 100_000 for sign in "( 1x"]
    people = "\n".join(f'"{cell}",ada{n}@example.org,60' for n, cell in enumerate(cells))
    found = read_meeting_file(f"Name,Email,Duration (minutes)\n{people}\n".encode())
    assert len(found.people) == len(cells)
