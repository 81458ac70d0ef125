"""Issue invoices in sixteen processes, of which some roll back and some are killed, and check the numbers.

It fails if a number is missing or given twice, or if an invoice has no paper or no mail.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mentorship.devtools.testing.servers.invoice_numbers import Numbers, database_url, issue_under_fire

NUMBER = int(os.environ.get("BENCH_INVOICES", "400"))
WRITERS, KILLS = 16, 40


def rows() -> Iterator[tuple[str, str, float, float]]:
    """(what came of it, against what, seconds of sixteen, seconds of one that nobody kills) on both databases."""
    for kind in ("postgresql", "sqlite"):
        storm, calm = _issue(kind, WRITERS, KILLS), _issue(kind, 1, 0)
        said = f"{kind}: {NUMBER} invoices, {WRITERS} writers, {storm.kills} kills: no gap, no double"
        yield said, "one writer, no kill", storm.seconds, calm.seconds


def _issue(kind: str, writers: int, kills: int) -> Numbers:
    with tempfile.TemporaryDirectory() as name, database_url(kind, Path(name)) as url:
        found = issue_under_fire(url, Path(name), number=NUMBER, writers=writers, kills=kills)
    if faults := found.faults(NUMBER):
        raise AssertionError(f"{kind}: {faults}")
    return found
