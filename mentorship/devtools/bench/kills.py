"""Send 10,000 messages while workers are killed, the broker is emptied and stopped, and the database crashes.

Not a matter of speed: it fails if a message is lost, sent though it was rolled back, or sent twice without a flag.
`BENCH_KILLS_MESSAGES=2000` makes it shorter, `BENCH_KILLS_ON=postgresql` (or sqlite) runs it on one database only.
"""

import logging
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

import redis

from mentorship.devtools.testing.servers import children_of, kill_group, worker
from mentorship.devtools.testing.servers.crashes import CrashInstallation, crash_installation, wait_until

LIMIT_SECONDS = 3_600
NUMBER = int(os.environ.get("BENCH_KILLS_MESSAGES", "10000"))


def rows() -> Iterator[tuple[str, str, float, float]]:
    """(result, trial, seconds with kills, seconds without) on both databases."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    for database in os.environ.get("BENCH_KILLS_ON", "postgresql,sqlite").split(","):
        with (
            tempfile.TemporaryDirectory() as name,
            crash_installation(database, Path(name), restarts=True) as installation,
        ):
            calm = _calm(installation)
            installation.server.box.__init__()  # type: ignore[misc]
            said, did, took = Storm(installation).run()
        yield f"{database}: {said}", did, took, calm


def _calm(installation: CrashInstallation) -> float:
    committed = installation.write(NUMBER, "calm")
    began = time.monotonic()
    with worker(installation.environ, *installation.options, log=installation.folder / "worker.log"):
        wait_until(installation.all_sent, installation, still=LIMIT_SECONDS)
    took = time.monotonic() - began
    if Counter(installation.server.box.message_ids) != Counter(committed):
        raise AssertionError("Without a kill each message goes out exactly once, and these did not.")
    return took


@dataclass
class Storm:
    """One run with everything that can happen to it. `in_flight` bounds how many sends it can have cut off."""

    installation: CrashInstallation
    chance: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311  (no secret)
    done: Counter = field(default_factory=Counter)
    in_flight: int = 0

    def run(self) -> tuple[str, str, float]:
        """Send all of them, come what may, and count what became of it. Raises AssertionError if it is wrong."""
        before = {pk for pk, _, _ in self.installation.rows()}
        committed = self.installation.write(NUMBER, "storm")
        began = time.monotonic()
        while not self.installation.all_sent():
            if time.monotonic() - began > LIMIT_SECONDS:
                raise AssertionError(f"Not done within {LIMIT_SECONDS} s.\n{self.installation.log()}")
            self._one_worker()
        took = time.monotonic() - began
        said = self._count(committed, before)
        did = ", ".join(f"{number} {what}" for what, number in sorted(self.done.items()))
        return said, f"{len(committed):,} mails; {did}", took

    def _one_worker(self) -> None:
        self.done["worker starts"] += 1
        with worker(
            self.installation.environ, *self.installation.options, log=self.installation.folder / "worker.log"
        ) as process:
            for _ in range(self.chance.randint(2, 8)):
                time.sleep(self.chance.uniform(0.5, 2.5))
                if self.installation.all_sent() or process.poll() is not None:
                    break
                self._something_happens(process)
            if not self.installation.all_sent():
                self.done["workers killed"] += 1
                self.in_flight += 2 if self._has_children else 1  # each of its processes may have been sending
            kill_group(process)
        self._empty_broker()

    @property
    def _has_children(self) -> bool:
        return "--pool=prefork" in self.installation.options

    def _something_happens(self, process: Popen) -> None:
        deeds = [self._kill_child] * 8 if self._has_children else []
        deeds += [self._stop_broker, self._crash_database] if self.installation.broker else []
        if deeds:
            self.chance.choice(deeds)(process)

    def _kill_child(self, process: Popen) -> None:
        with suppress(ProcessLookupError, FileNotFoundError):
            os.kill(self.chance.choice(children_of(process.pid) or [process.pid]), signal.SIGKILL)
            self.done["children killed"] += 1
            self.in_flight += 1

    def _stop_broker(self, process: Popen) -> None:
        assert self.installation.broker is not None  # noqa: S101
        self.installation.broker.stop(signal.SIGKILL)
        time.sleep(self.chance.uniform(0.5, 3))
        self.installation.broker.start()
        self.done["broker stops"] += 1

    def _crash_database(self, process: Popen) -> None:
        assert self.installation.database is not None  # noqa: S101
        self.installation.database.stop(signal.SIGQUIT)  # "immediate": as if the machine had gone
        time.sleep(self.chance.uniform(0.1, 1))
        self.installation.database.start()
        self.done["database crashes"] += 1
        self.in_flight += 2  # neither process can note what the mail server has just said

    def _empty_broker(self) -> None:
        if url := self.installation.environ["REDIS_URL"]:
            redis.from_url(url, socket_timeout=10).flushall()
        else:
            for path in (self.installation.folder / "messages").iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self.done["broker flushes"] += 1

    def _count(self, committed: set[str], before: set[str]) -> str:
        sent = Counter(self.installation.server.box.message_ids)
        flagged = {pk for pk, _, twice in self.installation.rows() if twice and pk not in before}
        twice = {pk for pk, number in sent.items() if number > 1}
        lost, phantom = len(committed - set(sent)), len(set(sent) - committed)
        copies = sum(sent.values()) - len(sent)
        said = f"lost {lost}, phantom {phantom}, twice {copies}, flagged {len(flagged)}"
        if lost or phantom or copies > self.in_flight or not twice <= flagged:
            raise AssertionError(
                f"{said}; {len(twice - flagged)} second copies without a flag; {dict(self.done)}, "
                f"at most {self.in_flight} sends cut off"
            )
        return said
