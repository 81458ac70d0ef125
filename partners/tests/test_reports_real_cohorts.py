"""The figures of cohorts that really ran, where their sheets are at hand. They are no part of the product."""

import os
from pathlib import Path

import pytest

from mentorship.devtools.bench.figures import FIGURES, SHEETS, compare

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(
    not os.environ.get("PAST_COHORTS"), reason="PAST_COHORTS names no folder with the sheets of past cohorts"
)
def test_a_report_tells_what_a_count_of_the_sheets_gives():
    found = compare(Path(os.environ["PAST_COHORTS"]))
    assert found
    assert [(x.cohort, x.figure, x.reported) for x in found] == [(x.cohort, x.figure, x.counted) for x in found]


def test_the_same_for_made_up_sheets(tmp_path):
    folder = tmp_path / "made-up"
    folder.mkdir()
    sheets = {
        "mentors.csv": ["id,email,country,capacity"]
        + [f"m{n},m{n}@example.org,{'Kenya' if n % 2 else 'India'},1" for n in range(9)],
        "mentees.csv": ["id,emails,country,title,status"]
        + [
            f"p{n},p{n}@example.org; q{n}@example.org,Germany,Project {n},{'graduated' if n < 7 else ''}"
            for n in range(12)
        ],
        "chosen_pairs.csv": ["mentee_id,mentor_id"] + [f"p{n},m{n}" for n in range(7)],
    }
    for name in SHEETS:
        (folder / name).write_text("\n".join(sheets[name]) + "\n", encoding="utf-8")
    found = {x.figure: (x.reported, x.counted) for x in compare(tmp_path)}
    assert found == dict(zip(FIGURES, ((12, 12), (24, 24), (7, 7), (7, 7), (3, 3)), strict=True))
