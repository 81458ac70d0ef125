"""Messages held back by a restore are released or dropped by the hundred, after counts, and can be decided anew."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mentorship.core.audit.models import AuditEntry
from mentorship.core.outbox.held.services import hold_back, release
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import MessageFactory

pytestmark = pytest.mark.django_db
PAGE = "/messages/held/"
OF_KIND = f"{PAGE}?kind=check-in"


@pytest.fixture
def held(cast):
    """Sixty check-ins and two reminders, held back; one message of a programme that the coordinator has no part in."""
    OutboxMessage.objects.update(status="cancelled")  # the intro of the cast
    due = timezone.now() - timedelta(hours=1)
    mine, other = cast.programme.workspace, cast.other_cohort.programme.workspace
    for kind, number, workspace in (("check-in", 60, mine), ("reminder", 2, mine), ("check-in", 1, other)):
        MessageFactory.create_batch(number, workspace=workspace, kind=kind, status="queued", due_at=due)
    assert len(hold_back(until=timezone.now(), written_since=timezone.now())) == 63


def states():
    return Counter(OutboxMessage.objects.values_list("kind", "status", "held"))


def test_all_of_a_kind_are_counted_then_sent_and_held_back_again_until_they_leave(client, cast, held):
    client.force_login(cast.coordinator)
    assert "62 emails are held back" in client.get(reverse("outbox:message-list")).content.decode()
    sent = {"all": "1", "do": "release"}
    before = states()
    asked = client.post(OF_KIND, sent).content.decode()
    assert "Send 60 emails?" in asked
    assert states() == before
    client.post(OF_KIND, {**sent, "confirmed": "yes"})
    assert states()["check-in", "queued", "released"] == 60
    assert states()["check-in", "cancelled", "held"] == 1, "of the other programme"
    assert not OutboxMessage.objects.due(timezone.now()).exists()
    client.post(f"{PAGE}?state=released", {"all": "1", "do": "back"})
    assert states() == before
    assert AuditEntry.objects.filter(verb="queued again").count() == 60


def test_what_is_ticked_is_discarded_and_decided_again(client, cast, held):
    client.force_login(cast.coordinator)
    reminders = [str(pk) for pk in OutboxMessage.objects.filter(kind="reminder").values_list("pk", flat=True)]
    ticked = {"message": [*reminders[:1], "no-id"], "do": "drop"}
    assert "Discard 1 email?" in client.post(PAGE, ticked).content.decode()
    client.post(PAGE, {**ticked, "confirmed": "yes"})
    assert states()["reminder", "cancelled", "dropped"] == 1
    client.post(f"{PAGE}?state=dropped", {"message": reminders, "do": "back"})
    assert states()["reminder", "cancelled", "held"] == 2
    answer = client.post(PAGE, {"do": "release", "confirmed": "yes"}, follow=True)
    assert "Select at least one email" in answer.content.decode()


def test_what_nobody_may_get_any_more_is_counted_with_its_reason_and_stays(client, cast, held, monkeypatch):
    def guard(message):
        return "The pair was undone." if message.kind == "reminder" else ""

    monkeypatch.setattr("mentorship.core.outbox.held.views.reason_against_resending", guard)
    client.force_login(cast.coordinator)
    asked = client.post(PAGE, {"all": "1", "do": "release"}).content.decode()
    assert "Send 60 emails?" in asked
    assert "2 emails won’t be sent: The pair was undone." in asked
    client.post(PAGE, {"all": "1", "do": "release", "confirmed": "yes"})
    assert states()["reminder", "cancelled", "held"] == 2


def test_viewers_look_and_decide_nothing(client, cast, held):
    client.force_login(cast.viewer)
    assert 'value="release"' not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"all": "1", "do": "release", "confirmed": "yes"}).status_code == 404
    client.force_login(cast.mentor)
    assert client.get(PAGE).status_code == 404


def test_what_left_is_not_held_back_again(client, cast, held):
    release(chosen=OutboxMessage.objects.filter(kind="reminder"), by=cast.coordinator)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert OutboxMessage.objects.due(timezone.now()).count() == 2
        OutboxMessage.objects.filter(kind="reminder").update(status="sent", sent_at=timezone.now())
        client.force_login(cast.coordinator)
        client.post(f"{PAGE}?state=released", {"all": "1", "do": "back"})
    assert states()["reminder", "sent", "released"] == 2
