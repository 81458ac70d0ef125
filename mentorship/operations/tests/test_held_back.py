"""After a restore nothing that the lost installation may have sent goes out again, planned mails included."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command

from cohorts.models import Cohort
from mentorship.core.outbox.models import OutboxMessage
from mentorship.operations.sweep import sweep_everything

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)


def test_a_check_in_that_was_planned_for_the_time_since_the_backup_is_written_and_held(cast, capsys):
    with time_machine.travel(NOW, tick=False):
        Cohort.objects.filter(pk=cast.cohort.pk).update(starts_on=NOW.date() - timedelta(days=99))
        OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=NOW - timedelta(days=95))
        call_command("outbox", "--hold-until", (NOW - timedelta(hours=1)).isoformat())
        held = OutboxMessage.objects.filter(status="cancelled")
        assert held.count() == 2  # one to each side of the pair
        named = capsys.readouterr().out
        assert all(message.to[0] in named for message in held)
        sweep_everything()
        assert mail.outbox == []


def test_what_falls_due_after_the_last_mail_of_the_lost_installation_is_sent(cast):
    with time_machine.travel(NOW, tick=False):
        Cohort.objects.filter(pk=cast.cohort.pk).update(starts_on=NOW.date() - timedelta(days=99))
        OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=NOW - timedelta(days=95))
        call_command("outbox", "--hold-until", (NOW - timedelta(days=90)).isoformat())
        assert not OutboxMessage.objects.filter(status="cancelled").exists()
        sweep_everything()
        assert len(mail.outbox) == 2
