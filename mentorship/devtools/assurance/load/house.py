"""An installation as in production, each part of which can be stopped, frozen, killed and started again."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mentorship.devtools.testing.servers import (
    BASE_DIR,
    OwnServer,
    children_of,
    free_port,
    own_postgres,
    own_valkey,
    wait_for_port,
)

SWEEP_SECONDS = 10
COMMAND_SECONDS = 600


class Part:
    """A process of the installation that leads its own group: web, worker, beat or the mail server."""

    def __init__(self, command: list[str], environ: dict[str, str], log: Path, port: int = 0) -> None:
        self._command, self._environ, self._log, self._port = command, environ, log, port
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it; where it listens, wait until it answers."""
        with self._log.open("a") as out:
            self._process = subprocess.Popen(
                self._command, cwd=BASE_DIR, env=self._environ, stdout=out, stderr=out, start_new_session=True
            )
        if self._port:
            wait_for_port(self._port, self._process, self._log)

    def children(self) -> list[int]:
        """The process ids of what it started, such as the workers of gunicorn."""
        return children_of(self._process.pid) if self._process else []

    def freeze(self) -> None:
        """Let it keep its connections and do nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """End a freeze."""
        self._signal(signal.SIGCONT)

    def stop(self, with_signal: int = signal.SIGTERM) -> None:
        """Ask the leader to end, or kill all of the group; any process left after 20 seconds is killed."""
        if self._process is None:
            return
        if with_signal == signal.SIGTERM:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
        self._signal(signal.SIGKILL)
        self._process.wait(20)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


@dataclass
class House:
    """The parts by name, those that are the product's own among them, and where the installation is."""

    folder: Path
    environ: dict[str, str]
    parts: dict[str, Part | OwnServer]
    own: dict[str, Part]

    @property
    def url(self) -> str:
        return self.environ["SITE_URL"]

    def run(self, *command: str) -> str:
        """Run a Python command inside and return what it prints."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=BASE_DIR,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def ask_world(self, call: str) -> dict[str, Any]:
        """Call a function of `world` inside, such as `check(FOLDER)`."""
        said = self.run(
            "-c",
            "import django, json; from pathlib import Path; django.setup(); "
            f"from mentorship.devtools.assurance.load import world; print(json.dumps(world.{call}))",
        )
        return json.loads(said.splitlines()[-1])


@contextmanager
def whole_house(folder: Path, *, web_processes: int = 2) -> Iterator[House]:
    """PostgreSQL that flushes each commit, Valkey, a mail server, gunicorn as in the Procfile, a worker and beat."""
    with ExitStack() as stack:
        database = stack.enter_context(own_postgres(fsync=True))
        broker = stack.enter_context(own_valkey())
        web, mail = free_port(), free_port()
        environ = {
            **_production(folder, web, mail),
            "DATABASE_URL": database.url,
            "REDIS_URL": broker.url,
        }
        own = _own_parts(folder, environ, web, mail, web_processes)
        house = House(folder, environ, {"database": database, "broker": broker, **own}, own)
        (folder / "var").mkdir()
        house.run("manage.py", "migrate", "--verbosity=0")
        house.run("manage.py", "collectstatic", "--noinput", "--verbosity=0")
        try:
            for part in own.values():
                part.start()
            yield house
        finally:
            for part in own.values():
                part.stop(signal.SIGKILL)


def _production(folder: Path, web: int, mail: int) -> dict[str, str]:
    """The environment of production, with the ports of gunicorn and of the mail server."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "mentorship.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
        "SITE_URL": f"http://127.0.0.1:{web}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXIES": "1",
        "SECRET_KEY": secrets.token_hex(32),
        "VAR_DIR": str(folder / "var"),
        "DEBUG": "off",
        "DEMO": "off",
        "SWEEP_SECONDS": str(SWEEP_SECONDS),
    }


def _own_parts(folder: Path, environ: dict[str, str], web: int, mail: int, web_processes: int) -> dict[str, Part]:
    """The processes of the installation, not started yet, in the order in which they start."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "mentorship"]
    sink = [*python, "mentorship.devtools.testing.servers.mail_sink", str(mail), str(folder / "mails.jsonl")]
    processes = [f"--workers={web_processes}", "--threads=16"]
    gunicorn = [*python, "gunicorn", "mentorship.wsgi", "--bind", f"127.0.0.1:{web}", *processes]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--concurrency=2", "--loglevel=INFO"]
    return {
        "mail server": Part(sink, environ, folder / "mail.log", mail),
        "web": Part(gunicorn, environ, folder / "web.log", web),
        "worker": Part(worker, environ, folder / "worker.log"),
        "beat": Part([*celery, "beat", "--loglevel=INFO"], environ, folder / "beat.log"),
    }
