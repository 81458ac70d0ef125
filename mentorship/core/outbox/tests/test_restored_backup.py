"""After a restored backup nothing is sent again, and what may have been sent can be held back."""

from datetime import timedelta

import pytest
from django.core import serializers
from django.core.management import call_command
from django.utils import timezone

from mentorship.core.audit.services import history_of
from mentorship.core.outbox.delivery.deliver import deliver_all_due, recover_expired
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import cancel_message, enqueue
from mentorship.devtools.testing.factories import MessageFactory, UserFactory, WorkspaceFactory

pytestmark = pytest.mark.django_db


def backup() -> str:
    return serializers.serialize("json", OutboxMessage.objects.all())


def restore(kept: str) -> None:
    OutboxMessage.objects.all().delete()
    for row in serializers.deserialize("json", kept):
        row.save()


def write(workspace, name: str) -> OutboxMessage:
    return enqueue(
        key=name,
        workspace_id=workspace.pk,
        kind="intro",
        why="A test.",
        to=[f"{name}@example.org"],
        subject=name,
        text="Hello.\n",
    )


def test_what_the_backup_knows_to_be_over_stays_over(box):
    workspace = WorkspaceFactory()
    sent, cancelled = write(workspace, "sent"), write(workspace, "cancelled")
    cancel_message(message=cancelled, by=UserFactory())
    deliver_all_due()
    under_way = MessageFactory(
        workspace=workspace, status="sending", claim_token=sent.pk, lease_until=timezone.now() + timedelta(minutes=2)
    )
    kept = backup()
    restore(kept)
    box.__init__()
    assert deliver_all_due() == 0
    assert write(workspace, "sent").pk == sent.pk, "the deed that wrote it once writes it no second time"
    assert deliver_all_due() == 0
    recover_expired(timezone.now() + timedelta(minutes=3))
    assert deliver_all_due() == 1
    assert box.message_ids == [under_way.message_id]
    under_way.refresh_from_db()
    assert under_way.maybe_duplicate, "nobody knows whether it had gone out: that is shown"


def test_what_left_after_the_backup_is_held_back_and_what_comes_later_is_not(box, capsys):
    workspace = WorkspaceFactory()
    left = write(workspace, "left-after-the-backup")
    later = MessageFactory(workspace=workspace, due_at=timezone.now() + timedelta(hours=1))
    kept = backup()
    assert deliver_all_due() == 1
    restore(kept)
    box.__init__()
    call_command("outbox", "--hold-until", timezone.now().isoformat())
    assert "left-after-the-backup@example.org" in capsys.readouterr().out
    assert deliver_all_due() == 0
    assert deliver_all_due(now=timezone.now() + timedelta(hours=2)) == 1
    assert box.message_ids == [later.message_id]
    left.refresh_from_db()
    assert left.status == "cancelled"
    assert history_of(left).filter(verb="held back").exists()


def test_without_holding_back_the_second_copy_has_the_same_message_id(box):
    message = write(WorkspaceFactory(), "twice")
    kept = backup()
    deliver_all_due()
    restore(kept)
    deliver_all_due()
    assert box.message_ids == [message.message_id] * 2


def test_what_was_planned_when_the_backup_was_made_is_written_again_with_the_same_message_id(box):
    workspace = WorkspaceFactory()
    kept = backup()
    write(workspace, "planned")
    deliver_all_due()
    restore(kept)
    write(workspace, "planned")
    deliver_all_due()
    assert len(box.message_ids) == 2
    assert len(set(box.message_ids)) == 1
    assert write(workspace, "another").message_id not in box.message_ids


def test_a_key_that_an_erasure_made_free_can_be_written_again():
    workspace = WorkspaceFactory()
    first = write(workspace, "invite:ana")
    OutboxMessage.objects.filter(pk=first.pk).update(key="invite:(erased)")
    second = write(workspace, "invite:ana")
    assert second.pk != first.pk
    assert write(workspace, "invite:ana") == second


@pytest.mark.parametrize("moment", ["soon", "2026-11-21T14:00"])
def test_a_moment_without_its_offset_is_refused(moment):
    with pytest.raises(Exception, match="offset from UTC"):
        call_command("outbox", "--hold-until", moment)
