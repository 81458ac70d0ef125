"""Run an installation whose workers are killed on purpose."""

import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from mentorship.devtools.testing.servers import (
    BASE_DIR,
    MailServer,
    OwnServer,
    mail_server,
    own_postgres,
    own_valkey,
    postgres_url,
    valkey_url,
)

WRITE = """
import sys, django
django.setup()
from django.db import transaction
from mentorship.core.outbox.services import enqueue

class Undo(Exception): pass

for n in range(int(sys.argv[1])):
    try:
        with transaction.atomic():
            message = enqueue(key=f"{sys.argv[2]}:{n}", workspace_id=None, kind="intro", why="A test.",
                              to=[f"p{n}@example.org"], subject=f"Message {n}", text="Hello.")
            if n % 20 == 7:
                raise Undo
        print(message.message_id)
    except Undo:
        pass
"""

# Longer than any claim lasts, so that one that was lost is settled meanwhile.
STILL_SECONDS = 180
# A command that is not done by then hangs.
COMMAND_SECONDS = 900


@dataclass
class CrashInstallation:
    """One installation that is made to be killed: how to reach it, and how its worker is started."""

    environ: dict[str, str]
    options: list[str]
    server: MailServer
    folder: Path
    database: OwnServer | None = None
    broker: OwnServer | None = None

    def run(self, *command: str) -> str:
        """Run a Python command in it and return what it prints."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=BASE_DIR,
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, number: int, name: str) -> set[str]:
        """Write messages, one of twenty rolled back, and return the Message-IDs of the others."""
        return set(self.run("-c", WRITE, str(number), name).split())

    def rows(self) -> list[tuple[str, str, bool]]:
        """Message-ID, status and "may be twice" of every message."""
        found = self._ask("SELECT id, status, maybe_duplicate FROM outbox_outboxmessage")
        return [(f"<{UUID(str(pk))}@localhost>", status, bool(twice)) for pk, status, twice in found]

    def trace(self) -> tuple[int, Counter[str]]:
        """The progress so far: mails that arrived, and messages by status."""
        return len(self.server.box.taken), Counter(status for _, status, _ in self.rows())

    def all_sent(self) -> bool:
        """Whether nothing waits any more. While mails arrive something does, and the database is not asked."""
        self.server.box.arrived.clear()
        if self.server.box.arrived.wait(0.1):
            return False
        return self._ask("SELECT count(*) FROM outbox_outboxmessage WHERE status <> 'sent'") == [(0,)]

    def _ask(self, sql: str) -> list[tuple[Any, ...]]:
        url = self.environ["DATABASE_URL"]
        if url.startswith("sqlite"):
            connection = sqlite3.connect(urlsplit(url).path, timeout=20)
            found = list(connection.execute(sql))
            connection.close()
            return found
        for _ in range(300):  # one that has just come back listens before it answers
            try:
                with psycopg.connect(url, connect_timeout=5, options="-c statement_timeout=20s") as server:
                    return list(server.execute(sql.encode()))
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise AssertionError("The database does not come back.")

    def log(self) -> str:
        """The last words of the worker."""
        return (self.folder / "worker.log").read_text(errors="replace")[-4000:]


def wait_until(happened: Callable[[], bool], installation: CrashInstallation, *, still: float = STILL_SECONDS) -> None:
    """Wait for an event; each mail that arrives is a reason to look.

    However slow the machine is, this waits as long as anything moves. Fails after `still` seconds in which no mail
    arrived and no message changed; what the worker said last is in the error.
    """
    arrived, trace, since = installation.server.box.arrived, installation.trace(), time.monotonic()
    while not happened():
        arrived.clear()
        if arrived.wait(0.2):
            since = time.monotonic()
        elif (latest := installation.trace()) != trace:
            trace, since = latest, time.monotonic()
        assert time.monotonic() - since < still, f"nothing moved for {still} s; {trace}\n{installation.log()}"


def is_running(pid: int) -> bool:
    """Whether a process is still running; a zombie is not.

    A worker that hangs does not collect the child that was killed, so the process id stays in use.
    """
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@contextmanager
def crash_installation(database: str, folder: Path, *, restarts: bool = False) -> Iterator[CrashInstallation]:
    """An installation on `postgresql` with Valkey, or on `sqlite` with the file broker.

    With `restarts` both servers are its own whatever the environment says, so that they can be stopped.
    """
    with ExitStack() as stack:
        server = stack.enter_context(mail_server())
        own: list[OwnServer | None] = [None, None]
        if database == "sqlite":
            url, broker, options = f"sqlite:///{folder / 'crash.sqlite3'}", "", ["--pool=threads", "--concurrency=1"]
        elif restarts:
            own = [stack.enter_context(own_postgres()), stack.enter_context(own_valkey())]
            url, broker = (one.url for one in own if one)
            options = ["--pool=prefork", "--concurrency=2"]
        else:
            url, broker = stack.enter_context(postgres_url()), stack.enter_context(valkey_url())
            options = ["--pool=prefork", "--concurrency=2"]
        environ = {
            "DJANGO_SETTINGS_MODULE": "mentorship.devtools.testing.servers.server_settings",
            "DATABASE_URL": url,
            "REDIS_URL": broker,
            "EMAIL_URL": server.url,
            "DEBUG": "on",
            "DEMO": "off",
            "SWEEP_SECONDS": "1",
            "TEST_FOLDER": str(folder),
            "TEST_WITHOUT_MIGRATIONS": "1",
        }
        made = CrashInstallation(environ, [*options, "--beat"], server, folder, *own)
        made.run("manage.py", "migrate", "--run-syncdb", "--verbosity=0")
        yield made
