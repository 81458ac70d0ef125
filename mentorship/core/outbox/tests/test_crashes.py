"""Workers that are killed on purpose, with a real broker, database and mail server.

Promised: nothing is lost, nothing is sent that was rolled back, and a second copy goes out only where a worker was
killed between the answer of the mail server and our mark; it is flagged then and has the same Message-ID.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
import redis

from mentorship.devtools.testing.servers import BASE_DIR, children_of, free_port, kill_group, worker
from mentorship.devtools.testing.servers.crashes import (
    CrashInstallation,
    crash_installation,
    is_running,
    wait_until,
)

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def installation(request, tmp_path_factory) -> Iterator[CrashInstallation]:
    with crash_installation(request.param, tmp_path_factory.mktemp("installation")) as made:
        yield made


@pytest.fixture(autouse=True)
def fresh_mailbox(installation):
    installation.server.box.__init__()


def test_without_kills_each_message_goes_out_exactly_once(installation):
    committed = installation.write(150, "calm")
    with worker(installation.environ, *installation.options, log=installation.folder / "worker.log"):
        wait_until(installation.all_sent, installation)
    assert Counter(installation.server.box.message_ids) == Counter(committed)
    assert not any(twice for pk, _, twice in installation.rows() if pk in committed)


def test_a_killed_worker_loses_nothing_and_hides_nothing(installation):
    chance = random.Random(7)
    installation.server.box.answer_seconds = 0.02  # most of each cycle is the dangerous moment after the mail was taken
    before = {pk for pk, _, _ in installation.rows()}
    committed = installation.write(200, "storm")
    box, kills = installation.server.box, 0
    for share in (0.2, 0.5, 0.8):
        with worker(installation.environ, *installation.options, log=installation.folder / "worker.log") as process:
            wait_until(lambda: len(box.taken) >= share * len(committed) or process.poll() is not None, installation)  # noqa: B023
            if "prefork" in " ".join(installation.options) and process.poll() is None:
                victim = chance.choice(children_of(process.pid) or [process.pid])
                os.kill(victim, 9)
                kills += 1
                wait_until(lambda: not is_running(victim), installation)  # noqa: B023
            kill_group(process)
            kills += 2  # it may have been sending with two processes
        if installation.environ["REDIS_URL"]:
            redis.from_url(installation.environ["REDIS_URL"]).flushall()
    with worker(installation.environ, *installation.options, log=installation.folder / "worker.log"):
        wait_until(installation.all_sent, installation)

    sent = Counter(box.message_ids)
    flagged = {pk for pk, _, twice in installation.rows() if twice}
    twice = {pk for pk, number in sent.items() if number > 1}
    assert set(sent) == committed, "lost, or sent though it was rolled back"
    assert {pk for pk, _, _ in installation.rows()} - before == committed
    assert twice <= flagged, "a second copy that nobody is told about"
    assert sum(sent.values()) - len(sent) <= kills
    assert len(flagged) <= kills
    assert flagged, "no worker was killed while it was sending: this test tested nothing"


def test_two_passes_at_once_share_the_work(installation):
    installation.server.box.answer_seconds = 0.005
    committed = installation.write(100, "race")
    commands = [
        subprocess.Popen(
            [sys.executable, "manage.py", "sweep"],
            cwd=BASE_DIR,
            env={**os.environ, **installation.environ},
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    wait_until(lambda: all(process.poll() is not None for process in commands), installation)
    said = [process.communicate()[0].decode() for process in commands]
    assert [process.returncode for process in commands] == [0, 0, 0], said
    assert Counter(installation.server.box.message_ids) == Counter(committed)


def test_messages_are_written_and_swept_without_a_broker(installation):
    if not installation.environ["REDIS_URL"]:
        pytest.skip("the broker is a folder here")
    away = {**installation.environ, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    lonely = CrashInstallation(away, installation.options, installation.server, installation.folder)
    committed = lonely.write(3, "lonely")
    assert len(committed) == 3
    installation.run("manage.py", "sweep")
    assert json.loads(installation.run("manage.py", "outbox", "--json"))["due"] == 0
    assert Counter(installation.server.box.message_ids) >= Counter(committed)
