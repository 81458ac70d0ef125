"""Two hundred people, twenty seats, one second: by HTTP on a real server of several processes, on either database."""

import http.client
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.cast import make_cast
from mentorship.devtools.testing.servers import BASE_DIR, free_port, kill_group, wait_for_port
from training.booking import links
from training.tests.slots import mentors, new_session

SEATS = 20
PATIENCE = "600"  # nobody is told that the site is busy, and nobody gives up, however slow the machine is
TOKEN = "c" * 32  # a visitor's own CSRF token: the cookie and the form agree

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def web(folder, *, look_seconds, without_lock=False):
    """gunicorn with two processes on the database of this test; its port."""
    port, log = free_port(), folder / "web.log"
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "mentorship.devtools.testing.servers.server_settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "TEST_FOLDER": str(folder),
        "TEST_LOOK_SECONDS": str(look_seconds),
        "TEST_WITHOUT_LOCK": "1" if without_lock else "",
        "DEBUG": "on",
        "DEMO": "off",
        "DATABASE_LOCK_SECONDS": PATIENCE,
        "DATABASE_POOL": "20",
    }
    command = ["gunicorn", "training.tests.race_server", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--threads", "10", "--timeout", PATIENCE, "--preload"],
            cwd=BASE_DIR,
            env=environ,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        wait_for_port(port, process, log)
        yield port
    finally:
        kill_group(process)


def database_url():
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    password = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
    return f"postgres://{at['USER']}{password}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def ask_at_once(port, people, session):
    """Press the button for all of them at the same moment; returns the status of each answer."""
    gate = threading.Barrier(len(people))
    form = urlencode({"session": session.pk, "do": "book", "csrfmiddlewaretoken": TOKEN})
    head = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={TOKEN}"}

    def ask(enrollment):
        path = links.CHOOSE.url(enrollment.pk).removeprefix(settings.SITE_URL)
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=int(PATIENCE))
        gate.wait()
        client.request("POST", path, form, head)
        status = client.getresponse().status
        client.close()
        return status

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(ask, people))


def test_two_hundred_ask_at_the_same_second_and_twenty_have_a_seat(tmp_path):
    cast = make_cast()
    session, people = new_session(cast.cohort, seats=SEATS), mentors(cast.cohort, 200)
    with web(tmp_path, look_seconds=0.005) as port:
        answers = ask_at_once(port, people, session)
    log = (tmp_path / "web.log").read_text()
    assert set(answers) == {302}, log[log.find("Traceback") :][:4000]
    session.refresh_from_db()
    assert session.bookings.count() == session.bookings.booked().count() == session.taken == SEATS
    assert OutboxMessage.objects.filter(key__startswith="training-booked:").count() == SEATS


def test_without_the_lock_the_same_race_is_lost(tmp_path):
    cast = make_cast()
    session, people = new_session(cast.cohort, seats=5), mentors(cast.cohort, 20)
    with web(tmp_path, look_seconds=0.2, without_lock=True) as port:
        answers = ask_at_once(port, people, session)
    # PostgreSQL sells seats twice, or its constraint stops it with an error; SQLite refuses writers as busy.
    assert session.bookings.booked().count() > 5 or {500, 503} & set(answers)
