"""`manage.py run_all`: web, worker and beat under one process, for a try-out or a small machine."""

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mentorship.safe_settings import is_local

# A process that stops this soon after its start, this often in a row, won't recover by another restart.
SOON_SECONDS = 10
TRIES = 3
# Workers need not know about each other.
QUIET = ("--without-gossip", "--without-mingle")


class Command(BaseCommand):
    help = "Runs web, worker and beat until Ctrl-C, and starts again what dies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=16, help="of the web process")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.TRYING_OUT and not is_local(options["host"]):
            raise CommandError(
                f"This is a demo, where anybody can read every email: it answers at this machine only, not at "
                f"{options['host']}. Leave out --host, or set DEBUG=off and DEMO=off for a real site."
            )
        for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(asked, _leave)
        services = [Service(name, command) for name, command in commands(**options).items()]
        try:
            while True:
                for service in services:
                    service.keep_alive()
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.stderr.write("Stopping.")
        finally:
            for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(asked, signal.SIG_IGN)  # once is enough
            for service in services:
                service.ask_to_stop()
            for service in services:
                service.wait()


def commands(*, host: str, port: int, threads: int, **_: Any) -> dict[str, list[str]]:
    """Commands to run, by name. The worker has threads, so a long matching run does not delay mails."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "mentorship"]
    return {
        "web": [*python, "gunicorn", "mentorship.wsgi", "--bind", f"{host}:{port}", "--threads", str(threads)],
        "worker": [*celery, "worker", "--pool=threads", "--concurrency=2", "--loglevel=WARNING", *QUIET],
        "beat": [*celery, "beat", "--loglevel=WARNING"],
    }


class Service:
    """One of the processes, and how often it died."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.early_ends = 0

    def keep_alive(self) -> None:
        """Start the process if it is not running; CommandError if that keeps failing."""
        if self.process is not None:
            status = self.process.poll()
            if status is None:
                return
            self.early_ends = self.early_ends + 1 if time.monotonic() - self.started < SOON_SECONDS else 0
            if self.early_ends >= TRIES:
                raise CommandError(f"{self.name} ends right after its start (status {status}); its words are above.")
            print(f"{self.name} ended with status {status}; it is started again.", file=sys.stderr)
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, cwd=settings.BASE_DIR, env=os.environ)  # noqa: S603  (our own)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float = 15) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()  # the next sweep resumes its work
            self.process.wait()


def _leave(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
