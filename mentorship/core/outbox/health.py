"""Health of the outbox, for a monitor and for operators."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db.models import Exists, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.core.outbox.models import Bounce, Heartbeat, OutboxMessage, Suppression
from mentorship.core.ui.counts import counts_up_to

# The parts that should report regularly, and what their silence means.
PARTS = {
    "sweep": "The sweep ran",
    "beat": "A worker received a task from beat",
    "delivery": "A worker went through the outbox",
}
BROKER_SECONDS = 2
# The page stops counting here.
MOST_COUNTED = 10_000
# Four attempts take 1 + 5 + 15 minutes.
PUT_OFF, PUT_OFF_ATTEMPTS = timedelta(minutes=20), 4


@dataclass(frozen=True)
class Flow:
    """The state of the outbox at one moment. Ages are in seconds; problems are sentences, "" if all is well."""

    oldest_queued_seconds: int
    due: int
    unanswered: int
    heartbeats: dict[str, Heartbeat]
    mail_problem: str
    sweep_problem: str

    @property
    def problems(self) -> list[str]:
        return [problem for problem in (self.mail_problem, self.sweep_problem) if problem]


def record_heartbeat(name: str, *, note: str = "", ok: bool = True, now: datetime | None = None) -> None:
    """Record that a part of the installation is alive."""
    where = f"{socket.gethostname()}, process {os.getpid()}"[:120]
    row = Heartbeat(name=name, at=now or timezone.now(), where=where, note=note[:2000], ok=ok)
    fields = ["at", "where", "note", "ok"]
    Heartbeat.objects.bulk_create([row], update_conflicts=True, unique_fields=["name"], update_fields=fields)


def flow_at(now: datetime) -> Flow:
    """The flow of mail at a moment. Five queries, and none to the broker."""
    due = OutboxMessage.objects.due(now).order_by()
    oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
    unanswered = OutboxMessage.objects.expired(now)
    longest = unanswered.aggregate(oldest=Min("lease_until"))["oldest"]
    since = min((moment for moment in (oldest, longest) if moment), default=now)
    age = round((now - since).total_seconds())
    heartbeats = {one.name: one for one in Heartbeat.objects.all()}
    return Flow(
        age, due.count(), unanswered.count(), heartbeats, _mail_problem(age, now), _sweep_problem(heartbeats, now)
    )


def _mail_problem(age: int, now: datetime) -> str:
    if age > settings.OUTBOX_LATE_SECONDS:
        return f"The oldest queued message has been waiting for {_minutes(age)}. Are worker and beat running?"
    if words := _put_off(now):
        return f"No email has got through for more than {_minutes(PUT_OFF.total_seconds())}: {words}"
    return ""


def _sweep_problem(heartbeats: dict[str, Heartbeat], now: datetime) -> str:
    sweep = heartbeats.get("sweep")
    if sweep is None:
        return "The sweep has never run. Start the worker and beat processes."
    if now - sweep.at > longest_silence():
        return f"The sweep has not run for {_minutes((now - sweep.at).total_seconds())}."
    if not sweep.ok:
        return f"A part of the last sweep failed: {sweep.note}"
    return ""


def _put_off(now: datetime) -> str:
    """The mail server's words if it keeps deferring every mail; "" if some mail got through.

    A retried message is due later each time, so its waiting time does not show this.
    """
    stuck = OutboxMessage.objects.filter(status="queued", attempts__gte=PUT_OFF_ATTEMPTS)
    # A complaint about a single address is not a fault of the installation.
    stuck = stuck.exclude(last_error__contains=" was refused: ").order_by("-attempts", "due_at")
    got_through = OutboxMessage.objects.filter(sent_at__gt=now - PUT_OFF)
    return stuck.exclude(Exists(got_through)).values_list("last_error", flat=True).first() or ""


def longest_silence() -> timedelta:
    """How long the sweep may be silent: five missed sweeps, and longer than a message may stay queued."""
    return timedelta(seconds=max(settings.OUTBOX_LATE_SECONDS, 5 * settings.SWEEP_SECONDS))


def broker_state() -> tuple[bool, str]:
    """Whether the broker answers, and its state in a sentence."""
    try:
        with current_app.connection_for_read(connect_timeout=BROKER_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
            # Not passive: Redis has no empty lists, so an empty queue would seem not to exist.
            waiting = connection.default_channel.queue_declare("celery", durable=True).message_count
    except Exception as error:  # every transport has its own exceptions
        why = error or type(error).__name__
        return False, f"The broker does not answer: {why}. The sweep still sends what is due."
    kind = "Files in VAR_DIR/queue" if current_app.conf.broker_url.startswith("filesystem") else "The broker answers"
    return True, f"{kind}; {waiting} task{'' if waiting == 1 else 's'} waiting."


class HealthPage(CoordinatorRequiredMixin, View):
    """The state of the installation, for its operators: numbers of all programmes, nobody's mail."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        flow = flow_at(now)
        day = now - timedelta(days=1)
        broker_ok, broker = broker_state()
        sent = OutboxMessage.objects.filter(sent_at__isnull=False)
        by_status = (OutboxMessage.objects.filter(status=status) for status in OutboxMessage.Status.values)
        back = Bounce.objects.filter(at__gt=day)
        sent_today, back_today, left_out, *counts = counts_up_to(
            sent.filter(sent_at__gt=day), back, Suppression.objects.all(), *by_status, most=MOST_COUNTED
        )
        context: dict[str, Any] = {
            "flow": flow,
            "age": _short(flow.oldest_queued_seconds),
            "limit": _minutes(settings.OUTBOX_LATE_SECONDS),
            "counts": list(zip(OutboxMessage.Status.labels, counts, strict=True)),
            "last_sent": sent.order_by("-sent_at").values_list("sent_at", flat=True).first(),
            "sent_today": sent_today,
            "back_today": back_today,
            "left_out": left_out,
            "parts": [(name, words, flow.heartbeats.get(name)) for name, words in PARTS.items()],
            "quiet": [name for name in PARTS if _is_quiet(flow.heartbeats.get(name), now)],
            "broker_ok": broker_ok,
            "broker": broker,
            "mail_by": _mail_by(),
        }
        return render(request, "outbox/health.html", context)


def _is_quiet(heartbeat: Heartbeat | None, now: datetime) -> bool:
    return heartbeat is None or now - heartbeat.at > longest_silence()


def _mail_by() -> str:
    if settings.DEMO:
        return "Files and the page of the demo: nothing leaves this machine"
    if settings.EMAIL_PROVIDER:
        return f"{settings.EMAIL_PROVIDER}, by HTTP"
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}, by SMTP"


def _short(seconds: int) -> str:
    """`–`, `45 s`, `7 min`, `3 h`, `2 d`"""
    if not seconds:
        return "–"
    size, word = next(((s, w) for s, w in ((86_400, "d"), (3_600, "h"), (60, "min")) if seconds >= s), (1, "s"))
    return f"{seconds // size} {word}"


def _minutes(seconds: float) -> str:
    """`45 seconds`, `7 minutes`, `3 hours`, `2 days`"""
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (size == 60 and seconds >= size):
            number = int(seconds // size)
            return f"{number} {word}{'' if number == 1 else 's'}"
    return f"{int(seconds)} second{'' if int(seconds) == 1 else 's'}"
