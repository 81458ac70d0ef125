"""Promise: a try-out on SQLite takes several who write at once, and loses nothing when they are killed."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mentorship.devtools.assurance.table import Row
from mentorship.devtools.testing.servers import BASE_DIR
from mentorship.devtools.testing.servers.invoice_numbers import environment_of

WRITERS, SECONDS = 8, int(os.environ.get("ASSURANCE_WRITERS_SECONDS", "60"))
PREPARE = """
import django
django.setup()
from mentorship.devtools.testing.factories import ProgrammeFactory
ProgrammeFactory()
"""
# Each adds partners, with an audit entry, until it is killed, and says what it wrote.
WRITE = """
import sys, time, django
django.setup()
from mentorship.core.accounts.models import Workspace
from partners.records.services import create_partner

workspace, number = Workspace.objects.get(), 0
while True:
    began, number = time.monotonic(), number + 1
    create_partner(workspace=workspace, name=f"Partner {sys.argv[1]} {number}", by=None)
    print(time.monotonic() - began, flush=True)
"""


def rows() -> Iterator[Row]:
    """Eight processes write to one file for a minute and are killed; what they said they wrote is looked for."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "writers.sqlite3"
        environ = environment_of(f"sqlite:///{database}", folder)
        for command in (["manage.py", "migrate", "--run-syncdb", "--verbosity=0"], ["-c", PREPARE]):
            subprocess.run([sys.executable, *command], cwd=BASE_DIR, env=environ, check=True)
        stopped, took = _write(folder, environ)
        with sqlite3.connect(database) as connection:
            (found,) = connection.execute("SELECT COUNT(*) FROM partners_partner").fetchone()
            (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
    yield Row(
        "R15",
        "SQLite takes eight writers for a minute",
        f"{WRITERS} processes that write to one file for {SECONDS} s, killed at the end",
        f"{len(took):,} said to be written, {found:,} in the database; {stopped} processes stopped by an error; "
        f"integrity check: {sound}; the slowest took {max(took, default=0):.1f} s",
        # A killed one may have written what it could not say any more.
        bool(took) and not stopped and sound == "ok" and len(took) <= found <= len(took) + WRITERS,
    )


def _write(folder: Path, environ: dict[str, str]) -> tuple[int, list[float]]:
    """How many processes ended by themselves, which only an error makes them do, and the seconds of each write."""
    said = [folder / f"{number}.txt" for number in range(WRITERS)]
    running = []
    for number, path in enumerate(said):
        with path.open("w") as output:
            command = [sys.executable, "-c", WRITE, f"{number}"]
            running.append(subprocess.Popen(command, cwd=BASE_DIR, env=environ, stdout=output))
    time.sleep(SECONDS)
    stopped = sum(process.poll() is not None for process in running)
    for process in running:
        process.kill()
        process.wait()
    return stopped, [float(line) for path in said for line in path.read_text().splitlines()]
