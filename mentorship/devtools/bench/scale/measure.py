"""Costs of each page of the URL list: queries, and processor time of this process and of the database's."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.urls import NoReverseMatch
from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.access.addresses import every_pattern
from mentorship.devtools.access.matrix import Browser
from mentorship.devtools.bench.scale.sizes import Sizes

TIMES, FIRST_ROWS = 3, 5
# One more call is enough to see what is as slow as this.
SLOW_SECONDS = 0.5
# Queries that take longer are explained.
EXPLAIN_SECONDS = 0.02
PLAN_LINES = 14
# Lists as people use them, beside their first page.
NARROWED = {
    "cohorts:people-list": ("?q=ana", "?training=none", "?past=returning"),
    "checkins:checkin-list": ("?status=overdue",),
    "outbox:message-list": ("?q=ana", "?status=failed", "?status=twice"),
    "outbox:planned-detail": ("?programme=1",),
    "search": ("?q=ana", "?q=nobody"),
}


@dataclass
class Cost:
    """The cost of one call of a page or a piece of work; `slow` are the queries to explain."""

    queries: int = 0
    seconds: float = 0
    slow: list[tuple[float, str, str]] = field(default_factory=list)


def measure(sizes: Sizes, only: str = "") -> dict[str, Any]:
    """name → cost of every page that opens, and of the work that runs by itself; `only` of those with this in it."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.SECURE_SSL_REDIRECT = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # no files are collected
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    costs = {name: cost_of(work) for name, work in _work().items() if only in name}
    readers = {
        "owner of all": sizes.owner,
        "coordinator of one": sizes.coordinator,
        "mentee": 1,
        "mentor": sizes.mentees + 1,
        "contact": sizes.contact,
    }
    pages = dict(_pages())
    for role, pk in readers.items():
        browser = Browser(User.objects.get(pk=pk))
        for name, url in pages.items():
            if only in f"{name}, {role}" and _opens(browser, url):
                costs[f"{name}, {role}"] = cost_of(partial(_open, browser, url))
    return {name: asdict(cost) for name, cost in costs.items()}


def _pages() -> Iterator[tuple[str, str]]:
    """Each page that needs no link, about the first of its rows."""
    for pattern in every_pattern():
        if pattern.gets and not pattern.has_token:
            with suppress(NoReverseMatch, ObjectDoesNotExist):
                for _, url in pattern.addresses(FIRST_ROWS):
                    for query in ("", *NARROWED.get(pattern.view, ())):
                        yield f"{pattern.view}{query}", url + query
                    break


def _work() -> dict[str, Callable[[], object]]:
    from mentorship.operations.sweep import sweep_everything  # noqa: PLC0415 slow library: OR-Tools, by its parts

    sweep_everything()  # whatever the filling left due
    probes = Browser(None)
    return {
        "the sweep with nothing due": sweep_everything,
        "/healthz": lambda: probes.send("GET", "/healthz"),
        "/readyz": lambda: probes.send("GET", "/readyz"),
        "look for due messages": lambda: list(OutboxMessage.objects.due(timezone.now())[:100]),
    }


def _opens(browser: Browser, url: str) -> bool:
    """Whether a page opens for them; this call also fills the caches."""
    try:
        return browser.send("GET", url).status_code == 200
    except Exception as error:  # a page that fails is named, and the others are measured
        print(f"{url}: {error!r}", flush=True)
        return False


def _open(browser: Browser, url: str) -> None:
    answer = browser.send("GET", url)
    _ = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


def cost_of(work: Callable[[], object]) -> Cost:
    """The least of a few calls."""
    best = _once(work)
    for _ in range(TIMES - 1 if best.seconds < SLOW_SECONDS else 1):
        again = _once(work)
        best = again if again.seconds < best.seconds else best
    best.slow = [(seconds, sql, _plan(sql, params)) for seconds, sql, params in best.slow]
    return best


def _once(work: Callable[[], object]) -> Cost:
    cost = Cost()
    with _watched(cost):
        began, of_database = process_time(), _seconds_of_database()
        work()
        cost.seconds = process_time() - began + _seconds_of_database() - of_database
    return cost


@contextmanager
def _watched(cost: Cost) -> Iterator[None]:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = perf_counter() - began
            cost.queries += not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "PRAGMA"))
            if took > EXPLAIN_SECONDS and sql.startswith("SELECT"):
                cost.slow.append((took, sql, params))

    with connection.execute_wrapper(note):
        yield


def _seconds_of_database() -> float:
    """Processor time of the server process of this connection; 0 on SQLite, which works in this one."""
    if connection.vendor == "sqlite":
        return 0
    connection.ensure_connection()
    try:
        return int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:  # on another machine
        return 0


def _plan(sql: str, params: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) "
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(explain + sql, params)
        lines = [str(row[-1]) for row in cursor.fetchall()]
        transaction.set_rollback(True)
    return "\n".join(lines[:PLAN_LINES])


def write(sizes: Sizes, to: Path, *, fill: bool = True, only: str = "") -> None:
    """Fill the database and measure it; the costs go to a file, with how long the filling took."""
    from mentorship.devtools.bench.scale.bulk import quickly  # noqa: PLC0415 apps not ready: see __main__
    from mentorship.devtools.bench.scale.filling import fill_all  # noqa: PLC0415 apps not ready: see __main__

    began = perf_counter()
    if fill:
        with quickly():
            fill_all(sizes)
    filled = perf_counter() - began
    to.write_text(json.dumps({"filled": filled, "costs": measure(sizes, only)}))
