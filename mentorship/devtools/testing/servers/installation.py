"""Run a whole installation for a test: PostgreSQL, Valkey, mail server, web, worker and beat, at any date."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import TypeVar

from mentorship.devtools.testing.servers import (
    BASE_DIR,
    MailServer,
    free_port,
    kill_group,
    mail_server,
    postgres_url,
    valkey_url,
    wait_for_port,
)

Found = TypeVar("Found")


@dataclass
class Installation:
    """How to reach the installation, its mails, and its clock."""

    environ: dict[str, str]
    port: int
    mail: MailServer
    folder: Path
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.environ["SITE_URL"]

    def manage(self, *command: str) -> str:
        """Run a command of manage.py by today's clock and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=BASE_DIR,
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, at: datetime | None = None) -> None:
        """Start web, worker and beat; with `at` (UTC) their clocks show that moment and go on from there."""
        clock = ["mentorship.devtools.testing.clock", str((at - datetime.now(UTC)).total_seconds())] if at else []
        web = ["gunicorn", "mentorship.wsgi", "--bind", f"127.0.0.1:{self.port}", "--threads", "4"]
        celery = ["celery", "-A", "mentorship"]
        worker = [*celery, "worker", "--pool=solo", "--loglevel=INFO"]
        beat = [*celery, "beat", "--loglevel=INFO"]
        for name, command in (("web", web), ("worker", worker), ("beat", beat)):
            log = self.folder / f"{name}.log"
            with log.open("a") as out:
                process = subprocess.Popen(
                    [sys.executable, "-m", *clock, *command],
                    cwd=BASE_DIR,
                    env={**os.environ, **self.environ},
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )
            self.processes.append(process)
            if name == "web":
                wait_for_port(self.port, process, log)

    def stop(self) -> None:
        """Stop web, worker and beat; what they wrote stays."""
        while self.processes:
            kill_group(self.processes.pop())

    def mails_to(self, address: str, word: str = "") -> list[Message]:
        """The mails that arrived for an address, with a word in the subject."""
        mails = self.mail.box.mails_to(address)
        return [mail for mail in mails if word in str(mail["Subject"])]

    def wait_for_mail(self, address: str, word: str = "") -> Message:
        """Wait for the first such mail, and return it."""
        return self.wait(lambda: self.mails_to(address, word))[0]

    def wait(self, look: Callable[[], Found], seconds: float = 40) -> Found:
        """Wait until `look` returns a true value, and return it; each mail that arrives is a reason to look."""
        end, arrived = time.monotonic() + seconds, self.mail.box.arrived
        arrived.clear()
        while not (found := look()):
            assert time.monotonic() < end, self.logs()
            arrived.wait(1)
            arrived.clear()
        return found

    def logs(self) -> str:
        """The last words of every process."""
        return "\n".join(f"{log.name}:\n{log.read_text(errors='replace')[-3000:]}" for log in self.folder.glob("*.log"))


def text_of(mail: Message) -> str:
    """The plain text of a mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode(part.get_content_charset() or "utf-8")
    raise AssertionError("The mail has no text.")


def link_in(mail: Message, path: str) -> str:
    """The first address in a mail whose path begins with `path`."""
    found = re.search(rf"https?://[^\s/]+{re.escape(path)}\S*", text_of(mail))
    assert found, text_of(mail)
    return found.group()


@contextmanager
def whole_installation(folder: Path) -> Iterator[Installation]:
    """An installation with an empty database. Nothing runs before `start`."""
    with ExitStack() as stack:
        mail = stack.enter_context(mail_server())
        port = free_port()
        environ = {
            "DJANGO_SETTINGS_MODULE": "mentorship.devtools.testing.servers.server_settings",
            "DATABASE_URL": stack.enter_context(postgres_url()),
            "REDIS_URL": stack.enter_context(valkey_url()),
            "EMAIL_URL": mail.url,
            "SITE_URL": f"http://127.0.0.1:{port}",
            "TEST_FOLDER": str(folder),
            "DEBUG": "on",
            "DEMO": "off",
            "SWEEP_SECONDS": "1",
            "TEST_WITHOUT_MIGRATIONS": "1",
        }
        installation = Installation(environ=environ, port=port, mail=mail, folder=folder)
        installation.manage("migrate", "--run-syncdb", "--verbosity=0")
        try:
            yield installation
        finally:
            installation.stop()
