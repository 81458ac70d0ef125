"""Run the tests that measure promises, and say how many of each held."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import parse

from mentorship.devtools.assurance.promises import TESTED, Tested
from mentorship.devtools.assurance.table import Row
from mentorship.devtools.testing.servers import BASE_DIR

# What the walks are about is PostgreSQL's: see conftest.py.
ON_POSTGRES = "mentorship/tests/walks"
LIMIT_SECONDS = 3600


def rows() -> Iterator[Row]:
    """A row for each promise that tests measure."""
    files = list(dict.fromkeys(file for tested in TESTED for file in tested.files))
    walks = [file for file in files if file.startswith(ON_POSTGRES)]
    results = _results([], [file for file in files if file not in walks])
    results += _results(["-m", "mentorship.devtools.testing.with_postgres", sys.executable], walks)
    yield from (row_of(tested, results) for tested in TESTED)


def _results(before: list[str], files: list[str]) -> list[tuple[str, str]]:
    """The module of each test with what became of it: "", "skipped" or "failed"."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        subprocess.run(
            [sys.executable, *before, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junit-xml={report}", *files],
            cwd=BASE_DIR,
            stdout=subprocess.DEVNULL,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        cases = parse(report).iter("testcase")
        return [(case.get("classname", ""), next((_outcome(child.tag) for child in case), "")) for case in cases]


def _outcome(tag: str) -> str:
    return {"skipped": "skipped", "failure": "failed", "error": "failed"}.get(tag, "")


def row_of(tested: Tested, results: list[tuple[str, str]]) -> Row:
    """The row of one promise, from the results of its tests; without a test that passed it does not hold."""
    modules = tuple(file.removesuffix(".py").replace("/", ".") for file in tested.files)
    outcomes = [outcome for module, outcome in results if module.startswith(modules)]
    failed, skipped = outcomes.count("failed"), outcomes.count("skipped")
    figure = f"{len(outcomes) - failed - skipped} tests passed"
    figure += f", {failed} failed" if failed else ""
    figure += f", {skipped} skipped" if skipped else ""
    return Row(tested.number, tested.promise, tested.how, figure, outcomes.count("") > 0 and not failed)
