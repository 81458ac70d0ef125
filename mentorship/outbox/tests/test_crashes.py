"""Workers that are killed on purpose, with a real broker, database and mail server.

What is promised: nothing is lost, nothing is sent that was rolled back, and a second copy leaves the house only where
a worker was killed between the answer of the mail server and our mark; it is flagged then and has the same Message-ID.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from mentorship.testing.servers import (
    BASE_DIR,
    MailServer,
    free_port,
    kill_group,
    mail_server,
    postgres_url,
    valkey_url,
    worker,
)

pytestmark = pytest.mark.servers

WRITE = """
import sys, django
django.setup()
from django.db import transaction
from mentorship.outbox.services import enqueue

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


@dataclass
class House:
    """One installation made for a test: how to reach it, and how its worker is started."""

    environ: dict[str, str]
    options: list[str]
    server: MailServer
    folder: Path

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=BASE_DIR, env={**os.environ, **self.environ}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, number: int, name: str) -> set[str]:
        """Write messages, one of twenty rolled back, and return the Message-IDs of the others."""
        return set(self.run("-c", WRITE, str(number), name).split())

    def rows(self) -> list[tuple[str, str, bool]]:
        """Message-ID, status and "may be twice" of every message."""
        sql = "SELECT id, status, maybe_duplicate FROM outbox_outboxmessage"
        url = self.environ["DATABASE_URL"]
        if url.startswith("sqlite"):
            connection = sqlite3.connect(urlsplit(url).path, timeout=20)
            found = [(f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}", s, d) for i, s, d in connection.execute(sql)]
            connection.close()
        else:
            with psycopg.connect(url) as connection:
                found = connection.execute(sql).fetchall()
        return [(f"<{pk}@mentorship>", status, bool(twice)) for pk, status, twice in found]

    def all_sent(self) -> bool:
        return all(status == "sent" for _, status, _ in self.rows())

    def log(self) -> str:
        return (self.folder / "worker.log").read_text(errors="replace")[-4000:]


def wait_until(happened: Callable[[], bool], seconds: float, house: House) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, (
            f"not within {seconds} s; rows {Counter(r[1] for r in house.rows())}\n{house.log()}"
        )
        time.sleep(0.05)


@pytest.fixture(scope="module", params=["postgresql and valkey", "sqlite and files"])
def house(request, tmp_path_factory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with ExitStack() as stack:
        server = stack.enter_context(mail_server())
        if request.param == "sqlite and files":
            url, broker, options = f"sqlite:///{folder / 'crash.sqlite3'}", "", ["--pool=threads", "--concurrency=1"]
        else:
            url, broker = stack.enter_context(postgres_url()), stack.enter_context(valkey_url())
            options = ["--pool=prefork", "--concurrency=2"]
        environ = {
            "DJANGO_SETTINGS_MODULE": "mentorship.testing.server_settings",
            "DATABASE_URL": url,
            "REDIS_URL": broker,
            "EMAIL_URL": server.url,
            "DEMO": "off",
            "SWEEP_SECONDS": "1",
            "TEST_FOLDER": str(folder),
        }
        made = House(environ, [*options, "--beat"], server, folder)
        made.run("manage.py", "migrate", "--verbosity=0")
        yield made


@pytest.fixture(autouse=True)
def fresh_mailbox(house):
    house.server.box.__init__()


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_without_kills_each_message_goes_out_exactly_once(house):
    committed = house.write(300, "calm")
    with worker(house.environ, *house.options, log=house.folder / "worker.log"):
        wait_until(house.all_sent, 30, house)
    assert Counter(house.server.box.message_ids) == Counter(committed)
    assert not any(twice for _, _, twice in house.rows())


def test_a_killed_worker_loses_nothing_and_hides_nothing(house):
    chance = random.Random(7)
    house.server.box.answer_seconds = 0.02  # most of each cycle is the dangerous moment after the mail was taken
    before = {pk for pk, _, _ in house.rows()}
    committed = house.write(300, "storm")
    box, kills = house.server.box, 0
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        with worker(house.environ, *house.options, log=house.folder / "worker.log") as process:
            wait_until(lambda: len(box.taken) >= share * len(committed) or process.poll() is not None, 30, house)  # noqa: B023
            if "prefork" in " ".join(house.options) and process.poll() is None:
                os.kill(chance.choice(children_of(process.pid) or [process.pid]), 9)
                kills += 1
                time.sleep(0.3)
            kill_group(process)
            kills += 2  # it may have been sending with two processes
        if house.environ["REDIS_URL"]:
            redis.from_url(house.environ["REDIS_URL"]).flushall()
    with worker(house.environ, *house.options, log=house.folder / "worker.log"):
        wait_until(house.all_sent, 40, house)

    sent = Counter(box.message_ids)
    flagged = {pk for pk, _, twice in house.rows() if twice}
    twice = {pk for pk, number in sent.items() if number > 1}
    assert set(sent) == committed, "lost, or sent though it was rolled back"
    assert {pk for pk, _, _ in house.rows()} - before == committed
    assert twice <= flagged, "a second copy that nobody is told about"
    assert sum(sent.values()) - len(sent) <= kills
    assert len(flagged) <= kills
    assert flagged, "no worker was killed while it was sending: this test tested nothing"


def test_two_passes_at_once_share_the_work(house):
    house.server.box.answer_seconds = 0.005
    committed = house.write(200, "race")
    commands = [
        subprocess.Popen(
            [sys.executable, "manage.py", "sweep"],
            cwd=BASE_DIR,
            env={**os.environ, **house.environ},
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    said = [process.communicate(timeout=40)[0].decode() for process in commands]
    assert [process.returncode for process in commands] == [0, 0, 0], said
    assert Counter(house.server.box.message_ids) == Counter(committed)


def test_a_broker_that_is_away_holds_up_nobody(house):
    if not house.environ["REDIS_URL"]:
        pytest.skip("the broker is a folder here")
    away = {**house.environ, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    began = time.monotonic()
    lonely = House(away, house.options, house.server, house.folder)
    committed = lonely.write(3, "lonely")
    assert len(committed) == 3
    assert time.monotonic() - began < 15
    house.run("manage.py", "sweep")
    assert json.loads(house.run("manage.py", "outbox", "--json"))["due"] == 0
    assert Counter(house.server.box.message_ids) == Counter(committed)
