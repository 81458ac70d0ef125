"""Endpoints for probes and monitors: alive, ready, and metrics. None names a person or a programme."""

import hmac
import time
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.utils import timezone

from mentorship.core.outbox.health import Flow, broker_state, flow_at
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.counts import counts_up_to
from mentorship.operations.versions import half_way

# Frequent requests must not open as many connections to the broker.
BROKER_KEPT_SECONDS = 10
# Numbers of messages stop here: a monitor asks every few seconds, and there may be millions.
MOST_COUNTED = 100_000
_broker: tuple[float, tuple[bool, str]] | None = None


class ProbeMiddleware:
    """Answers probes before any other processing: host names, sessions and queries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path)
        if probe is None:
            return self.get_response(request)
        response = probe(request)
        response["Cache-Control"] = "no-store"
        response._has_been_logged = True  # type: ignore[attr-defined]  # a probe asks again and again; no error of ours
        return response


def alive(request: HttpRequest) -> HttpResponse:
    """Answer that this process responds. Uses neither database nor broker, so no lock and no outage can fail it."""
    return JsonResponse({"ok": True})


def ready(request: HttpRequest) -> HttpResponse:
    """Whether the whole installation works: 200, or 503 with the parts that don't. JSON even without a database."""
    checks: dict[str, str] = {}
    flow = None
    try:
        connection.ensure_connection()
        checks["migrations"] = missing_migrations()
        flow = flow_at(timezone.now())
    except DatabaseError as error:
        checks["database"] = f"The database does not answer ({type(error.__cause__ or error).__name__})."
    else:
        checks["database"] = ""
        checks["sweep"] = flow.sweep_problem
        checks["messages"] = flow.mail_problem
    broker_ok, broker = _broker_now()
    checks["broker"] = "" if broker_ok else broker.partition(":")[0] + "."
    # Error messages of failed parts are shown only to signed-in people, since they may contain anything.
    told = {name: problem.partition(":")[0] for name, problem in checks.items()}
    problems = [problem for problem in told.values() if problem]
    body = {
        "ok": not problems,
        "checks": {name: problem or "ok" for name, problem in sorted(told.items())},
        "oldest_queued_seconds": flow.oldest_queued_seconds if flow else None,
        "problems": problems,
    }
    return JsonResponse(body, status=503 if problems else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in the text format of Prometheus, for holders of the token METRICS_TOKEN."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponseNotFound()
    try:
        lines = _figures(flow_at(timezone.now()))
    except DatabaseError:
        lines = ["mentorship_up 0"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; version=0.0.4; charset=utf-8")


def _figures(flow: Flow) -> list[str]:
    now = timezone.now()
    statuses = OutboxMessage.Status.values
    by_status = (OutboxMessage.objects.filter(status=status) for status in statuses)
    counts = dict(zip(statuses, counts_up_to(*by_status, most=MOST_COUNTED), strict=True))
    broker_ok, _ = _broker_now()
    lines = ["# TYPE mentorship_up gauge", "mentorship_up 1", "# TYPE mentorship_broker_up gauge"]
    lines += [f"mentorship_broker_up {int(broker_ok)}", "# TYPE mentorship_messages gauge"]
    lines += [f'mentorship_messages{{status="{status}"}} {counts[status]}' for status in OutboxMessage.Status.values]
    for name, value in {
        "messages_due": flow.due,
        "messages_unanswered": flow.unanswered,
        "oldest_queued_seconds": flow.oldest_queued_seconds,
        "problems": len(flow.problems),
    }.items():
        lines += [f"# TYPE mentorship_{name} gauge", f"mentorship_{name} {value}"]
    lines.append("# TYPE mentorship_last_seen_seconds gauge")
    for name, beat in flow.heartbeats.items():
        lines.append(f'mentorship_last_seen_seconds{{part="{name}"}} {round((now - beat.at).total_seconds())}')
    return lines


def missing_migrations() -> str:
    """A sentence if the database has unapplied migrations, otherwise ""."""
    if _all_migrated():
        return ""
    _all_migrated.cache_clear()
    if problem := half_way():
        return problem
    return "The database is older than the code. Run manage.py migrate."


@cache
def _all_migrated() -> bool:
    """Whether no migration is left; once true it stays true while this code runs."""
    if half_way():
        return False
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _broker_now() -> tuple[bool, str]:
    global _broker  # noqa: PLW0603 one broker, one process
    if _broker is None or time.monotonic() - _broker[0] > BROKER_KEPT_SECONDS:
        _broker = (time.monotonic(), broker_state())
    return _broker[1]


PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": alive,
    "/readyz": ready,
    "/health/": ready,  # the earlier address, still in use by some probes
    "/metrics": metrics,
}
