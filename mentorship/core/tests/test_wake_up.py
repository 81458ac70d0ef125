"""A broker that is away holds nobody up and fills no log."""

import pytest

from mentorship.core.background import wake_up as module
from mentorship.core.background.wake_up import LEAVE_ALONE_SECONDS, wake_up


class FakeTask:
    def __init__(self) -> None:
        self.asked, self.is_away = 0, True

    def delay(self, *args) -> None:
        self.asked += 1
        if self.is_away:
            raise ConnectionError("nobody there")


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_a_broker_that_is_away_is_asked_now_and_then_and_logged_once(clock, caplog):
    task = FakeTask()
    for _ in range(100):
        wake_up(task, 1)
    assert task.asked == 1
    clock[0] += LEAVE_ALONE_SECONDS
    wake_up(task, 1)
    assert task.asked == 2
    assert len(caplog.records) == 1
    task.is_away = False
    clock[0] += LEAVE_ALONE_SECONDS
    wake_up(task, 1)
    wake_up(task, 1)
    assert task.asked == 4
    assert [record.getMessage() for record in caplog.records] == [
        "The broker is away (ConnectionError); sweeps do the work until it is back.",
        "The broker is back.",
    ]
