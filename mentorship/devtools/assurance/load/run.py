"""The load: some minutes of calm, then each part stopped, frozen and killed in turn, then a count of losses.

`ASSURANCE_CALM_SECONDS`, `ASSURANCE_OUTAGE_SECONDS` and `ASSURANCE_PEOPLE` make it longer or shorter.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from mentorship.devtools.assurance.load.house import House, whole_house
from mentorship.devtools.assurance.table import Row
from mentorship.devtools.testing.servers import BASE_DIR, stop
from mentorship.devtools.testing.walks import forms

CALM_SECONDS = int(os.environ.get("ASSURANCE_CALM_SECONDS", "600"))
OUTAGE_SECONDS = int(os.environ.get("ASSURANCE_OUTAGE_SECONDS", "12"))
PEOPLE = int(os.environ.get("ASSURANCE_PEOPLE", "20"))
PARTS = ("worker", "broker", "mail server", "database")
EMPTY = "empty view"
SETTLED_SECONDS = 300
# A page may wait for the limit of a statement and a little; whoever waits longer hangs.
HANGS_MS = 45_000


@dataclass(frozen=True)
class Period:
    """A disturbance of one part, with its begin and end."""

    name: str
    begin: float
    end: float


def rows() -> Iterator[Row]:
    """Run it all and measure the promises of a busy installation."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends the processes that this one started
    with tempfile.TemporaryDirectory(prefix="assurance-") as name:
        folder = Path(os.environ.get("ASSURANCE_FOLDER", name))
        folder.mkdir(exist_ok=True)
        with whole_house(folder) as house:
            yield from _measured(house)


def _measured(house: House) -> Iterator[Row]:
    seconds = CALM_SECONDS + 2 * OUTAGE_SECONDS * 3 * len(PARTS)
    world = house.ask_world(f"make(runs={seconds // 4}, checkins={seconds})")
    (house.folder / "world.json").write_text(json.dumps(world))
    with _people(house):
        began = time.time()
        time.sleep(CALM_SECONDS)
        periods = [Period("calm", began, time.time()), *_outages(house)]
        after = time.time()
        time.sleep(OUTAGE_SECONDS)
        periods.append(Period("afterwards", after, time.time()))
    left = _wait_until_settled(house)
    # What still leaves while it is counted would be marked as sent and not be among the mails that were read before.
    for name in ("beat", "worker"):
        house.own[name].stop()
    found = house.ask_world(f"check(Path({str(house.folder)!r}))")
    requests = [json.loads(line) for line in (house.folder / "requests.jsonl").read_text().splitlines()]
    (house.folder / "periods.json").write_text(json.dumps([vars(period) for period in periods]))
    (house.folder / "found.json").write_text(json.dumps({**found, "left": left}))
    yield from rows_of_requests(requests, periods)
    yield from rows_of_what_is_there(found, left)


@contextmanager
def _people(house: House) -> Iterator[None]:
    """Locust with its people, from the environment that `make` prepared for it."""
    python = Path(sys.prefix) / "load/bin/python"
    if not python.exists():
        raise SystemExit("The load needs locust: run `make assurance`, which installs it beside the other tools.")
    people = BASE_DIR / "mentorship/devtools/assurance/load/people.py"
    command = [
        str(python),
        "-m",
        "locust",
        "-f",
        str(people),
        "--headless",
        "--users",
        str(PEOPLE),
        "--spawn-rate",
        "2",
    ]
    environ = {**house.environ, "LOAD_FOLDER": str(house.folder), "LOAD_FORMS": str(forms.__file__)}
    with (house.folder / "locust.log").open("a") as out:
        process = subprocess.Popen(
            [*command, "--host", house.url, "--only-summary"], env=environ, stdout=out, stderr=out, cwd=house.folder
        )
    try:
        yield
    finally:
        stop(process, signal.SIGTERM, 60)


def _outages(house: House) -> Iterator[Period]:
    """Each part stopped, frozen and killed, with as long a calm after each."""
    for name in PARTS:
        part = house.parts[name]
        for deed in ("stopped", "frozen", "killed"):
            began = time.time()
            if deed == "frozen":
                part.freeze()
            else:
                part.stop(signal.SIGKILL if deed == "killed" else _politely(name))
            time.sleep(OUTAGE_SECONDS)
            part.resume() if deed == "frozen" else part.start()
            yield Period(f"{name} {deed}", began, time.time())
            time.sleep(OUTAGE_SECONDS)


def _politely(name: str) -> int:
    """PostgreSQL waits for its clients at SIGTERM; SIGINT is how its packages stop it."""
    return signal.SIGINT if name == "database" else signal.SIGTERM


def _wait_until_settled(house: House) -> int:
    """Wait until no message waits any more; how many still do at the end."""
    end = time.monotonic() + SETTLED_SECONDS
    while (left := int(house.ask_world("left()")["left"])) and time.monotonic() < end:
        time.sleep(5)
    return left


def rows_of_requests(requests: Sequence[dict[str, Any]], periods: Sequence[Period]) -> Iterator[Row]:
    """A row for each period: no error, everybody answered in time, and busy pages only while a part is away."""
    for period in periods:
        of = [one for one in requests if period.begin <= one["at"] - one["ms"] / 1000 < period.end]
        pages, empty = ([one for one in of if (one["name"] == EMPTY) is is_empty] for is_empty in (False, True))
        broken = [one for one in pages if one["status"] >= 500 and one["status"] != 503]
        silent = [one for one in pages if not one["status"]]
        hung = [one for one in pages if one["ms"] > HANGS_MS]
        busy = sum(one["status"] == 503 for one in pages)
        is_calm = period.name in ("calm", "afterwards")
        yield Row(
            "R4 R5 R6",
            f"Pages are answered while the {period.name}" if not is_calm else f"Pages are answered: {period.name}",
            f"{len(pages):,} pages asked for by {PEOPLE} people",
            f"{len(broken)} errors, {len(silent)} without an answer, {busy} said “busy, try again”; p95 "
            f"{p95(pages):,.0f} ms, at most {max((one['ms'] for one in pages), default=0):,.0f} ms, "
            f"beside {p95(empty):,.0f} ms for an empty view",
            not (broken or silent or hung or (is_calm and busy)),
        )


def p95(requests: Sequence[dict[str, Any]]) -> float:
    """The milliseconds within which 19 of 20 were answered."""
    times = [one["ms"] for one in requests]
    return quantiles(times, n=20)[-1] if len(times) > 1 else 0


def rows_of_what_is_there(found: dict[str, Any], left: int) -> Iterator[Row]:
    """The rows about things that pages acknowledged: how many were looked for, and which are missing."""
    lost = {name: len(keys) for name, keys in found["lost"].items()}
    told = ", ".join(f"{number:,} {name}" for name, number in found["acknowledged"].items())
    yield Row(
        "R4 R5",
        "Nothing is lost that a page acknowledged",
        f"looked for in the database after all of it: {told}",
        f"{sum(lost.values())} lost",
        not any(lost.values()) and all(found["acknowledged"].values()),
    )
    yield Row(
        "R1 R2",
        "Each intro arrives once, or is flagged as perhaps twice",
        f"{found['intros']:,} matches beside the mails at the mail server",
        f"{found['sent_but_not_arrived']} lost, {found['arrived_but_unknown']} phantom, {found['twice']} twice, "
        f"{found['twice_without_a_flag']} of them without a flag, {left} still waiting",
        not (
            found["sent_but_not_arrived"]
            or found["arrived_but_unknown"]
            or found["twice_without_a_flag"]
            or found["matches_with_a_shared_intro"]
            or left
        ),
    )
