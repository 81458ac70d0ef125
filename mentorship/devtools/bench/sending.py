"""Send from the outbox against bare smtplib: the same mails, one reused connection each, the same mail server.

The server runs in a process of its own. The yardstick sends mails that were written beforehand, so it measures
nothing but SMTP; ours reads, claims, writes and marks each one, with one commit for each message.
"""

import json
import logging
import multiprocessing
import os
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from mentorship.devtools.testing.servers import free_port, postgres_url

NUMBER = 2_000
LIMIT_SECONDS = 1_800  # a run that takes longer hangs


def rows() -> Iterator[tuple[str, str, float, float]]:
    """(what, yardstick, seconds, seconds of the yardstick) on SQLite and on PostgreSQL, one process.

    PostgreSQL flushes each commit to disk, as it does in earnest; the row without that shows what the flush costs.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield _row("SQLite", f"sqlite:///{Path(folder) / 'sending.sqlite3'}")
    for name, fsync in (("PostgreSQL", True), ("PostgreSQL, no flush", False)):
        with postgres_url(fsync=fsync) as url:
            yield _row(name, url)


def _row(name: str, url: str) -> tuple[str, str, float, float]:
    with sink() as port:
        environ = {
            **os.environ,
            "DATABASE_URL": url,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "DEBUG": "off",  # as in earnest: with it Django keeps the text of every query
            "SECRET_KEY": "of the bench, which sends nothing to anybody",
            "SITE_URL": "https://mentorship.example.org",
            "ALLOWED_HOSTS": "mentorship.example.org",
            "TRUSTED_PROXIES": "1",
            "DEMO": "off",
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "mentorship.settings",
        }
        done = subprocess.run(
            [sys.executable, "-m", "mentorship.devtools.bench.sending"],
            env=environ,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout)
    share = found["bare"] / found["ours"]
    what = f"{NUMBER:,} mails on {name}, {NUMBER / found['ours']:,.0f}/s = {share:.2f}"
    return what, f"smtplib alone, {NUMBER / found['bare']:,.0f}/s", found["ours"], found["bare"]


@contextmanager
def sink() -> Iterator[int]:
    """The port of a mail server that takes everything and keeps nothing, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ready: Any = context.Queue()
    process = context.Process(target=_serve, args=(ready,), daemon=True)
    process.start()
    try:
        yield ready.get(timeout=30)
    finally:
        process.terminate()
        process.join()


def _serve(ready: Any) -> None:
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    ready.put(controller.port)
    time.sleep(3600)


def measure() -> dict[str, float]:
    """Seconds for NUMBER mails by each way, in turns so that neither has the warmer server."""
    from django.conf import settings  # noqa: PLC0415 apps not ready: the bench sets Django up first

    from mentorship.core.outbox.delivery.attempts import as_mail  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from mentorship.core.outbox.delivery.deliver import deliver_all_due  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from mentorship.core.outbox.models import OutboxMessage  # noqa: PLC0415 apps not ready: the bench sets Django up first

    enrollments = _enrol(NUMBER)
    _write(enrollments[:200], 0)
    deliver_all_due()
    best: dict[str, float] = {}
    for turn in range(3):
        messages = _write(enrollments, turn + 1)
        letters = [(m.recipients, as_mail(m).message().as_bytes(linesep="\r\n")) for m in messages]  # type: ignore[call-arg]
        began = time.perf_counter()
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=60) as server:
            for to, letter in letters:
                server.sendmail("mentorship@localhost", to, letter)
        bare = time.perf_counter() - began
        began = time.perf_counter()
        sent = deliver_all_due()
        ours = time.perf_counter() - began
        if sent != NUMBER or OutboxMessage.objects.exclude(status="sent").exists():
            raise AssertionError(f"{sent} of {NUMBER} were sent")
        best = {
            "bare": min(bare, best.get("bare", bare)),
            "ours": min(ours, best.get("ours", ours)),
        }
    return best


def _write(enrollments: Sequence[Any], turn: int) -> list[Any]:
    """Decisions as coordinators make them: delivery asks of each whom it is for, where they are and what it quotes."""
    from cohorts.enrollment.mails import decision_mails, enqueue_decision  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from cohorts.models import Enrollment  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from mentorship.core.outbox.models import OutboxMessage  # noqa: PLC0415 apps not ready: the bench sets Django up first

    Enrollment.objects.filter(pk__in=[one.pk for one in enrollments]).update(status_changes=turn)
    for enrollment in enrollments:
        enrollment.status_changes = turn
    for letter in decision_mails(enrollments=enrollments, to="accepted", message="We look forward to it. " * 25):
        enqueue_decision(letter, to="accepted", by=None)
    return list(OutboxMessage.objects.filter(status="queued"))


def _enrol(number: int) -> list[Any]:
    from cohorts.models import Cohort, Enrollment, Programme  # noqa: PLC0415 apps not ready: the bench sets Django up first
    from mentorship.core.accounts.models import User, Workspace  # noqa: PLC0415 apps not ready: the bench sets Django up first

    workspace = Workspace.objects.create(name="Bench")
    programme = Programme.objects.create(workspace=workspace, name="Bench", slug="bench")
    cohort = Cohort.objects.create(
        programme=programme,
        name="Bench",
        slug="bench",
        status="enrolling",
        starts_on="2027-02-01",
        ends_on="2027-05-28",
    )
    users = User.objects.bulk_create(User(email=f"p{n}@example.org", full_name=f"Ana Obi {n}") for n in range(number))
    Enrollment.objects.bulk_create(
        Enrollment(cohort=cohort, user=user, role="mentee", status="accepted", title="Soil maps") for user in users
    )
    return list(Enrollment.objects.with_people().order_by("pk"))


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(measure()))
