"""People's requests work without Redis or Valkey: a real one is frozen, and killed, while somebody signs in and up."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Enrollment
from cohorts.tests.test_signup_by_applicants import MINE, answers, confirm_path, form_url
from mentorship.celery import app
from mentorship.core.outbox.health import broker_state
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, UserFactory
from mentorship.devtools.testing.servers import OwnServer, own_valkey
from mentorship.tests.test_settings import read_settings

pytestmark = [pytest.mark.django_db, pytest.mark.servers]


class Hung(Exception):
    """A request waited for a server that does not answer."""


@contextmanager
def nothing_hangs(seconds: int = 60) -> Iterator[None]:
    """Break off what would never end. Every call is given up early, so much less is needed."""

    def fail(signum, frame):
        raise Hung

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def valkey(settings, monkeypatch) -> Iterator[OwnServer]:
    """A Valkey for broker and cache, by the settings that an installation would have."""
    with own_valkey() as server:
        found = read_settings(monkeypatch, REDIS_URL=server.url)
        caches, transport = found["CACHES"], found["CELERY_BROKER_TRANSPORT_OPTIONS"]
        for options in (caches["default"]["OPTIONS"], transport):
            for name in ("socket_timeout", "socket_connect_timeout"):
                assert options[name] <= 2
                options[name] = 0.2  # the test has no time for more
        settings.CACHES = caches
        for name in ("broker_url", "broker_transport_options"):
            monkeypatch.setitem(app.conf, name, found[f"CELERY_{name.upper()}"])
        # Celery keeps connections: to this server for this test, to the one of before afterwards.
        for holder, name in ((app, "_pool"), (app.amqp, "_producer_pool")):
            monkeypatch.setattr(holder, name, None)
        yield server
        server.resume()


def sign_in_and_up(name, capture) -> None:
    """Do a person's first minutes, each step in a browser of its own."""
    email = f"{name}@example.org"
    UserFactory(email=f"known-{email}")
    client = Client()
    connection.run_on_commit.clear()  # one wake-up is enough for a transaction, and a test is one
    with capture(execute=True):
        assert client.post(reverse("account_request_login_code"), {"email": f"known-{email}"}).status_code == 302
        text = OutboxMessage.objects.get(to=[f"known-{email}"]).full_text
        code = re.search(r"^\W*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\W*$", text, re.MULTILINE).group(1)
        client.post(reverse("account_confirm_login_code"), {"code": code})
        assert "_auth_user_id" in client.session
        assert Client().post(form_url(), answers(email=email)).status_code == 302
        Client().post(confirm_path(email), MINE)
    assert Enrollment.objects.filter(user__email=email).exists()


def test_people_sign_in_sign_up_and_confirm_while_valkey_is_frozen_killed_and_back(
    valkey, django_capture_on_commit_callbacks, caplog, monkeypatch
):
    CohortFactory(slug="seeds-3", signup_closes_at=timezone.now() + timedelta(days=30))
    with nothing_hangs():
        sign_in_and_up("ana", django_capture_on_commit_callbacks)
        assert "away" not in caplog.text
        valkey.freeze()
        sign_in_and_up("ben", django_capture_on_commit_callbacks)
        assert caplog.text.count("The broker is away") == 1
        valkey.stop(signal.SIGKILL)
        monkeypatch.setattr("mentorship.core.background.wake_up._away_until", 0.0)
        sign_in_and_up("cy", django_capture_on_commit_callbacks)
        valkey.start()
        monkeypatch.setattr("mentorship.core.background.wake_up._away_until", 0.1)  # half a minute later
        sign_in_and_up("dee", django_capture_on_commit_callbacks)
        assert "The broker is back." in caplog.text
    assert caplog.text.count("The cache does not answer") == 1


def test_a_broker_without_any_wake_up_answers_and_a_killed_one_does_not(valkey):
    assert broker_state() == (True, "The broker answers; 0 tasks waiting.")
    app.send_task("nothing")
    assert broker_state() == (True, "The broker answers; 1 task waiting.")
    valkey.stop(signal.SIGKILL)
    assert not broker_state()[0]


def test_guesses_of_a_password_are_limited_while_valkey_is_away(valkey):
    UserFactory(email="ana@example.org", password="right-9-words")
    valkey.stop(signal.SIGKILL)
    guess = {"login": "ana@example.org", "password": "wrong"}
    with nothing_hangs():
        pages = [Client().post(reverse("account_login"), guess).content.decode() for _ in range(7)]
    assert "oo many" in pages[-1]
    assert "oo many" not in pages[0]
