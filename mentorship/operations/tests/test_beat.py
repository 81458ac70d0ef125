"""Beat gets the work done without a broker."""

import pytest
from kombu.exceptions import OperationalError

from mentorship.celery import app
from mentorship.core.outbox.models import Heartbeat
from mentorship.operations.beat import SweepScheduler
from mentorship.operations.tasks import sweep


@pytest.mark.django_db
def test_beat_sweeps_by_itself_while_the_broker_is_away(tmp_path, monkeypatch, caplog):
    def away(*args, **options):
        raise OperationalError("nobody there")

    queued = []
    monkeypatch.setattr("mentorship.operations.beat.close_old_connections", lambda: None)
    monkeypatch.setattr(sweep, "apply_async", away)
    scheduler = SweepScheduler(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
    scheduler.setup_schedule()
    for _ in range(2):
        scheduler.apply_entry(scheduler.schedule["sweep"], producer=scheduler.producer)
    heartbeats = set(Heartbeat.objects.values_list("name", flat=True))
    assert "sweep" in heartbeats
    assert "beat" not in heartbeats, "no worker got the word of beat"
    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert said == ["The broker is away (OperationalError); beat sweeps by itself."]
    monkeypatch.setattr(sweep, "apply_async", lambda *args, **options: queued.append(options["expires"]))
    scheduler.apply_entry(scheduler.schedule["sweep"], producer=scheduler.producer)
    scheduler.close()
    assert queued == [600]
