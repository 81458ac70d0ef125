"""The table of promises: what it names is there, and a run replaces its own part only."""

import pytest

from mentorship.devtools.assurance.by_tests import row_of
from mentorship.devtools.assurance.load.run import Period, rows_of_requests, rows_of_what_is_there
from mentorship.devtools.assurance.promises import TESTED
from mentorship.devtools.assurance.table import PAGE, Row, write_part
from mentorship.devtools.style import ROOT


@pytest.mark.parametrize("tested", TESTED, ids=lambda tested: f"{tested.number} {tested.promise}")
def test_the_tests_of_a_promise_are_there(tested) -> None:
    assert [file for file in tested.files if not (ROOT / file).exists()] == []


def test_a_promise_without_a_passing_test_does_not_hold() -> None:
    first = TESTED[0]
    module = first.files[0].removesuffix(".py").replace("/", ".")
    assert row_of(first, [(module, ""), (module, "skipped")]).holds is True
    assert row_of(first, [(module, ""), (module, "failed")]).holds is False
    assert row_of(first, []).holds is False


def test_a_run_replaces_its_own_part_of_the_page(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- load -->\nyesterday\n<!-- end of load -->\n<!-- mails -->\nkept\n<!-- end of mails -->\n")
    write_part("load", "Today.", [Row("R1", "It | holds", "tried", "0 lost", True)], page)
    assert "yesterday" not in page.read_text()
    assert "| R1 | It / holds | tried | 0 lost | yes |" in page.read_text()
    assert page.read_text().endswith("<!-- mails -->\nkept\n<!-- end of mails -->\n")
    for part in ("tests", "disclosure", "numbers", "mails", "load"):
        assert f"<!-- end of {part} -->" in PAGE.read_text()


@pytest.mark.parametrize(
    ("status", "ms", "holds"), [(200, 20, True), (503, 20, True), (500, 20, False), (0, 90_000, False)]
)
def test_an_error_or_a_page_that_hangs_while_a_part_is_away_breaks_the_promise(status, ms, holds) -> None:
    asked = [{"at": 100.0, "ms": ms, "name": "sign up", "status": status}]
    (row,) = rows_of_requests(asked, [Period("database frozen", 0, 200)])
    assert row.holds is holds


@pytest.mark.parametrize("lost", [[], ["ana@example.org"]])
def test_what_was_acknowledged_and_is_not_there_is_lost(lost) -> None:
    found = {
        "acknowledged": {"signed up": 7},
        "lost": {"signed up": lost},
        "intros": 3,
        "matches_with_a_shared_intro": 0,
        "sent_but_not_arrived": 0,
        "arrived_but_unknown": 0,
        "twice": 1,
        "twice_without_a_flag": 0,
    }
    kept, intros = rows_of_what_is_there(found, left=0)
    assert (kept.holds, intros.holds) == (not lost, True)
