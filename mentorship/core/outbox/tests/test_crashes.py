"""Workers that are killed on purpose, with a real broker, database and mail server.

What is promised: nothing is lost, nothing is sent that was rolled back, and a second copy leaves the house only where
a worker was killed between the answer of the mail server and our mark; it is flagged then and has the same Message-ID.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import redis

from mentorship.devtools.testing.crashes import CrashHouse, children_of, crash_house, wait_until
from mentorship.devtools.testing.servers import BASE_DIR, free_port, kill_group, worker

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def house(request, tmp_path_factory) -> Iterator[CrashHouse]:
    with crash_house(request.param, tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(autouse=True)
def fresh_mailbox(house):
    house.server.box.__init__()


def test_without_kills_each_message_goes_out_exactly_once(house):
    committed = house.write(300, "calm")
    with worker(house.environ, *house.options, log=house.folder / "worker.log"):
        wait_until(house.all_sent, house)
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
            wait_until(lambda: len(box.taken) >= share * len(committed) or process.poll() is not None, house)  # noqa: B023
            if "prefork" in " ".join(house.options) and process.poll() is None:
                victim = chance.choice(children_of(process.pid) or [process.pid])
                os.kill(victim, 9)
                kills += 1
                wait_until(lambda: process.poll() is not None or victim not in children_of(process.pid), house)  # noqa: B023
            kill_group(process)
            kills += 2  # it may have been sending with two processes
        if house.environ["REDIS_URL"]:
            redis.from_url(house.environ["REDIS_URL"]).flushall()
    with worker(house.environ, *house.options, log=house.folder / "worker.log"):
        wait_until(house.all_sent, house)

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
    wait_until(lambda: all(process.poll() is not None for process in commands), house)
    said = [process.communicate()[0].decode() for process in commands]
    assert [process.returncode for process in commands] == [0, 0, 0], said
    assert Counter(house.server.box.message_ids) == Counter(committed)


def test_a_broker_that_is_away_holds_up_nobody(house):
    if not house.environ["REDIS_URL"]:
        pytest.skip("the broker is a folder here")
    away = {**house.environ, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    began = time.monotonic()
    house.write(3, "usual")
    usual = time.monotonic() - began
    began = time.monotonic()
    lonely = CrashHouse(away, house.options, house.server, house.folder)
    committed = lonely.write(3, "lonely")
    assert len(committed) == 3
    assert time.monotonic() - began < 10 + 3 * usual, "writing waits for a broker that does not answer"
    house.run("manage.py", "sweep")
    assert json.loads(house.run("manage.py", "outbox", "--json"))["due"] == 0
    assert Counter(house.server.box.message_ids) >= Counter(committed)
