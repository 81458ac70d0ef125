"""Pages over HTTP as in production, beside the empty view, and the memory that they take.

Everything is real: gunicorn, PostgreSQL that flushes each commit, Valkey, a worker.
One web process answers, so that its memory is that of a process that has shown everything once.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter

import requests

from mentorship.devtools.assurance.load.house import House, whole_house

TIMES = 20
MIX, AT_ONCE = 400, 4
EMPTY = "/healthz"
# Pages as people use them most, by who reads them.
MAIN = {
    "coordinator": [
        "home",
        "cohorts:cohort-detail",
        "cohorts:people-list",
        "matching:board",
        "checkins:checkin-list",
        "outbox:message-list",
        "training:session-list",
        "partners:partner-list",
    ],
    "mentor": ["home", "matching:my-match"],
    "mentee": ["home", "matching:my-match"],
    "nobody": ["cohorts:signup"],
}
# Runs inside: fills the demo, and prints who is signed in by which cookie, and every page of the URL list.
PREPARE = """
import json
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from mentorship.core.accounts.models import User
from mentorship.devtools.access.addresses import every_pattern
from mentorship.devtools.demo.fill import sign_ins

call_command("demo", stdout=open("/dev/null", "w"))
cookies = {}
for role, email in sign_ins():
    client = Client()
    client.force_login(User.objects.get(email=email))
    cookies[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
pages = {}
for pattern in every_pattern():
    if pattern.gets and not pattern.has_token:
        pages[pattern.view] = [url for _, url in pattern.addresses(60)]
print(json.dumps({"cookie": settings.SESSION_COOKIE_NAME, "cookies": cookies, "pages": pages}))
"""
Ask = Callable[[], float]


def rows() -> Iterator[tuple[str, str, float, float]]:
    """(what, yardstick, seconds, seconds of the empty view), a mix of pages at once, and the memory in MB."""
    with tempfile.TemporaryDirectory() as folder, whole_house(Path(folder), web_processes=1) as house:
        world = json.loads(house.run("-c", PREPARE).splitlines()[-1])
        (web,) = house.own["web"].children()
        empty = _asking(house, EMPTY, {})
        usual = _middle(empty)
        before = _megabytes(web)
        asks = {}
        for role, views in MAIN.items():
            cookies = {world["cookie"]: world["cookies"][role]} if role in world["cookies"] else {}
            for view in views:
                if url := _first_that_opens(house, view, world["pages"], cookies):
                    asks[f"{view}, {role}"] = _asking(house, url, cookies)
        for name, ask in asks.items():
            yield name, f"empty view, {usual * 1000:.1f} ms", _middle(ask), usual
        yield (
            f"{MIX} of these pages, {AT_ONCE} at once",
            "as many empty views",
            _at_once(list(asks.values())),
            _at_once([empty]),
        )
        opened = _open_all(house, world)
        yield f"MB of a web process after {opened} pages", "MB after the empty view", _megabytes(web), before


def _asking(house: House, url: str, cookies: dict[str, str]) -> Ask:
    session = requests.Session()

    def ask() -> float:
        began = perf_counter()
        answer = session.get(house.url + url, cookies=cookies, timeout=60, allow_redirects=False)
        took = perf_counter() - began
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{url}: {answer.status_code}")
        return took

    return ask


def _middle(ask: Ask) -> float:
    ask()
    return median(ask() for _ in range(TIMES))


def _at_once(asks: list[Ask]) -> float:
    began = perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda ask: ask(), islice(cycle(asks), MIX)))
    return perf_counter() - began


def _opens(house: House, url: str, cookies: dict[str, str]) -> bool:
    answer = requests.get(house.url + url, cookies=cookies, timeout=120, allow_redirects=False)
    return answer.status_code == HTTPStatus.OK


def _first_that_opens(house: House, view: str, pages: dict[str, list[str]], cookies: dict[str, str]) -> str | None:
    return next((url for url in pages.get(view, []) if _opens(house, url, cookies)), None)


def _open_all(house: House, world: dict) -> int:
    """Open every page once as everybody; returns how many opened."""
    opened = 0
    for value in world["cookies"].values():
        for urls in world["pages"].values():
            opened += any(_opens(house, url, {world["cookie"]: value}) for url in urls[:5])
    return opened


def _megabytes(pid: int) -> float:
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) / 1024
