"""Measure what the product promises: `python -m mentorship.devtools.assurance [PART ...]`."""

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from mentorship.devtools.assurance.table import Row, write_part
from mentorship.devtools.bench.__main__ import own_database

Measure = Callable[[], Iterator[Row]]


def main() -> None:
    """Measure every part or those that are named, print them, and write them to docs/assurance.md. Exit 1 for a NO."""
    with own_database():
        parts = _parts()
        wanted = sys.argv[1:] or list(parts)
        if unknown := [name for name in wanted if name not in parts]:
            raise SystemExit(f"There is no part {', '.join(unknown)}. Choose from: {', '.join(parts)}.")
        broken = [row for name in wanted for row in _measure(name, parts[name]) if not row.holds]
    raise SystemExit(1 if broken else 0)


def _parts() -> dict[str, Measure]:
    from mentorship.devtools.assurance import access, bad_input, by_tests, disclosure, storms, timing, writers  # noqa: PLC0415 apps not ready: Django is set up first
    from mentorship.devtools.assurance.load import run  # noqa: PLC0415 apps not ready: Django is set up first

    return {
        "tests": by_tests.rows,
        "access": access.rows,
        "input": bad_input.rows,
        "disclosure": disclosure.rows,
        "numbers": storms.numbers,
        "timing": timing.rows,
        "writers": writers.rows,
        "mails": storms.mails,
        "load": run.rows,
    }


def _measure(name: str, measure: Measure) -> list[Row]:
    began, busy_before, rows = time.monotonic(), os.getloadavg()[0], []
    for row in measure():
        print(f"{row.verdict:<13}{row.number:<12}{row.promise}: {row.figure}", flush=True)
        rows.append(row)
    minutes = (time.monotonic() - began) / 60
    machine = (
        f"{datetime.now(UTC):%-d %B %Y}, {minutes:.0f} minutes on a machine with {os.cpu_count()} cores, Python "
        f"{platform.python_version()}; its load was {busy_before:.0f} before and {os.getloadavg()[0]:.0f} at the end."
    )
    write_part(name, machine, rows)
    return rows


if __name__ == "__main__":
    main()
