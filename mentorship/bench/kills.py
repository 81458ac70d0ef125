"""10,000 messages while workers are killed -9 at random, the broker is emptied and everything is started again.

Not a matter of speed: it fails where a message is lost, sent though it was rolled back, or sent twice without a flag.
"""

import logging
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import redis

from mentorship.testing.crashes import CrashHouse, children_of, crash_house, wait_until
from mentorship.testing.servers import kill_group, worker

LIMIT_SECONDS = 1_800
NUMBER = int(os.environ.get("BENCH_KILLS_MESSAGES", "10000"))


def rows() -> Iterator[tuple[str, str, float, float]]:
    """(what came of it, what was done, seconds with kills, seconds without) on both databases."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    for database in ("postgresql", "sqlite"):
        with tempfile.TemporaryDirectory() as name, crash_house(database, Path(name)) as house:
            calm = _calm(house)
            house.server.box.__init__()  # type: ignore[misc]
            said, did, took = _storm(house)
        yield f"{database}: {said}", did, took, calm


def _calm(house: CrashHouse) -> float:
    committed = house.write(NUMBER, "calm")
    began = time.monotonic()
    with worker(house.environ, *house.options, log=house.folder / "worker.log"):
        wait_until(house.all_sent, 600, house)
    took = time.monotonic() - began
    if Counter(house.server.box.message_ids) != Counter(committed):
        raise AssertionError("Without a kill each message goes out exactly once, and these did not.")
    return took


def _storm(house: CrashHouse) -> tuple[str, str, float]:
    chance = random.Random(11)  # noqa: S311  (when to kill is no secret)
    before = {pk for pk, _, _ in house.rows()}
    committed = house.write(NUMBER, "storm")
    kills, starts, began = 0, 0, time.monotonic()
    while not house.all_sent():
        starts += 1
        if time.monotonic() - began > LIMIT_SECONDS:
            raise AssertionError(f"Not done within {LIMIT_SECONDS} s.\n{house.log()}")
        with worker(house.environ, *house.options, log=house.folder / "worker.log") as process:
            for _ in range(chance.randint(1, 8)):
                time.sleep(chance.uniform(0.5, 2.5))
                if house.all_sent() or process.poll() is not None:
                    break
                if "--pool=prefork" in house.options:
                    with suppress(ProcessLookupError, FileNotFoundError):
                        os.kill(chance.choice(children_of(process.pid) or [process.pid]), 9)
                        kills += 1
            if not house.all_sent():
                kills += 2 if "--pool=prefork" in house.options else 1  # each of its processes may have been sending
            kill_group(process)
        if house.environ["REDIS_URL"]:
            redis.from_url(house.environ["REDIS_URL"]).flushall()
    took = time.monotonic() - began
    sent = Counter(house.server.box.message_ids)
    rows = [row for row in house.rows() if row[0] not in before]
    flagged = {pk for pk, _, twice in rows if twice}
    twice = {pk for pk, number in sent.items() if number > 1}
    lost, phantom = len(committed - set(sent)), len(set(sent) - committed)
    copies = sum(sent.values()) - len(sent)
    said = f"lost {lost}, phantom {phantom}, twice {copies}, flagged {len(flagged)}"
    if lost or phantom or copies > kills or not twice <= flagged:
        raise AssertionError(f"{said}; {len(twice - flagged)} second copies without a flag; {kills} kills")
    return said, f"{len(committed):,} mails, {kills} kills, {starts} starts", took
