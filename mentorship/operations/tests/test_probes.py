"""Answers to probes and monitors, also without a database."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import override_settings
from django.utils import timezone

from mentorship.core.outbox.health import record_heartbeat
from mentorship.devtools.testing.factories import MessageFactory
from mentorship.operations import health

away = patch.object(connection, "ensure_connection", side_effect=OperationalError("connection refused"))


@override_settings(ALLOWED_HOSTS=["mentors.example.org"], SECURE_SSL_REDIRECT=True)
def test_alive_asks_no_database_no_host_name_and_no_https(client):
    answer = client.get("/healthz", headers={"host": "10.0.0.7", "cookie": "sessionid=abc"})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.django_db
def test_ready_is_so_only_after_a_sweep(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["The sweep has never run. Start the worker and beat processes."]
    record_heartbeat("sweep")
    body = client.get("/readyz").json()
    checks = dict.fromkeys(("broker", "database", "messages", "migrations", "sweep"), "ok")
    assert body == {"ok": True, "checks": checks, "oldest_queued_seconds": 0, "problems": []}
    MessageFactory(due_at=timezone.now() - timedelta(minutes=6))
    late = client.get("/readyz").json()
    assert late["oldest_queued_seconds"] >= 360
    assert late["checks"]["messages"].startswith("The oldest queued message has been waiting for 6 minutes.")


@pytest.mark.django_db
def test_a_database_older_than_the_code_and_a_broker_that_is_away_are_named(client, broker_is_away):
    record_heartbeat("sweep")
    health._all_migrated.cache_clear()
    with patch("mentorship.operations.health.MigrationExecutor.migration_plan", return_value=[object()]):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == [
        "The database is older than the code. Run manage.py migrate.",
        "The broker does not answer.",
    ]
    assert client.get("/readyz").json()["checks"]["migrations"] == "ok"


def test_without_a_database_the_answer_is_json_all_the_same(client):
    with away:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "The database does not answer (OperationalError)."
    assert answer.json()["oldest_queued_seconds"] is None


@pytest.mark.django_db
def test_metrics_need_the_token_and_say_when_the_database_is_away(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/metrics", headers={"authorization": "Bearer another"}).status_code == 404
    MessageFactory(status="failed")
    record_heartbeat("sweep")
    text = client.get("/metrics", headers={"authorization": "Bearer a-token"}).content.decode()
    lines = text.splitlines()
    assert 'mentorship_messages{status="failed"} 1' in lines
    assert 'mentorship_last_seen_seconds{part="sweep"} 0' in lines
    assert text.endswith("\n")
    with patch("mentorship.operations.health.flow_at", side_effect=OperationalError):
        assert client.get("/metrics", headers={"authorization": "Bearer a-token"}).content == b"mentorship_up 0\n"
