"""Health of the outbox: what counts as a problem, and who sees it."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from mentorship.core.background.sweep_scope import LOOKED_AT_ALL
from mentorship.core.outbox.health import flow_at, longest_silence, record_heartbeat
from mentorship.core.outbox.models import Heartbeat, OutboxMessage
from mentorship.core.outbox.tasks import deliver_due
from mentorship.devtools.testing.factories import MessageFactory
from mentorship.operations.sweep import PARTS, SweepError, sweep_everything
from mentorship.operations.tasks import sweep

pytestmark = pytest.mark.django_db


def test_health_counts_the_oldest_message_whatever_its_priority():
    MessageFactory(due_at=timezone.now() - timedelta(minutes=9))
    MessageFactory(kind="sign-in", priority=OutboxMessage.FIRST)
    assert flow_at(timezone.now()).oldest_queued_seconds >= 540


def test_health_counts_an_expired_claim_as_waiting(client):
    MessageFactory(status="sending", claim_token=uuid.uuid4(), lease_until=timezone.now() - timedelta(minutes=8))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "waiting for 8 minutes" in answer.json()["checks"]["messages"]


def test_a_server_that_puts_off_every_mail_is_an_alarm_and_one_full_mailbox_is_none():
    later = {"due_at": timezone.now() + timedelta(hours=1), "attempts": 4}
    record_heartbeat("sweep")
    MessageFactory(last_error="a@example.org was refused: 452 mailbox full", **later)
    assert flow_at(timezone.now()).problems == []
    MessageFactory(last_error="451 try again later", **later)
    assert flow_at(timezone.now()).problems == [
        "No email has got through for more than 20 minutes: 451 try again later"
    ]
    MessageFactory(status="sent", sent_at=timezone.now())
    assert flow_at(timezone.now()).problems == []


def test_health_alarms_when_no_sweep_was_heard_of(client):
    record_heartbeat("sweep", now=timezone.now() - longest_silence() - timedelta(seconds=5))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "The sweep has not run" in answer.json()["problems"][0]
    sweep_everything()
    assert client.get("/readyz").status_code == 200


@pytest.mark.expects_errors
def test_health_names_a_failed_part_and_keeps_its_message_internal(client, cast, monkeypatch):
    def broken(now):
        raise RuntimeError("ana@example.org is wrong")

    monkeypatch.setitem(PARTS, "check-ins moved", broken)
    with pytest.raises(SweepError):
        sweep_everything()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["A part of the last sweep failed"]
    client.force_login(cast.viewer)
    assert "ana@example.org is wrong" in client.get(reverse("health-page")).content.decode()


def test_health_shows_when_worker_and_beat_were_last_seen():
    sweep()
    deliver_due()
    names = set(Heartbeat.objects.values_list("name", flat=True))
    assert names == {"sweep", "beat", "delivery", LOOKED_AT_ALL}
    call_command("sweep")
    assert set(Heartbeat.objects.values_list("name", flat=True)) == names


def test_the_page_is_for_those_who_look_after_it(client, cast, admin_user):
    MessageFactory(workspace=cast.programme.workspace, due_at=timezone.now() - timedelta(minutes=20))
    sweep_everything(timezone.now() - timedelta(days=1))
    for user, status in ((cast.viewer, 200), (admin_user, 200), (cast.mentor, 404), (cast.contact, 404)):
        client.force_login(user)
        answer = client.get(reverse("health-page"))
        assert answer.status_code == status
    client.force_login(cast.coordinator)
    html = client.get(reverse("health-page")).content.decode()
    for expected in ("20 min", "has been waiting for 20 minutes", "needs somebody", "Who is at work", "waiting."):
        assert expected in html
    client.logout()
    assert client.get(reverse("health-page")).status_code == 302


def test_health_names_an_unreachable_broker_without_failing(client, cast, broker_is_away):
    client.force_login(cast.viewer)
    html = client.get(reverse("health-page")).content.decode()
    assert "The broker does not answer" in html
