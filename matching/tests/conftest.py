"""Fixtures for tests of the board and what leads to it. A module that needs another cohort has its own."""

import pytest
import time_machine

from matching.tests.board_market import make_market
from matching.tests.speed_events import BEFORE, an_event
from mentorship.devtools.testing.factories import CohortFactory


@pytest.fixture
def no_wake_up(monkeypatch):
    """No worker wakes up. Holds the cohorts whose supply was to be worked out."""
    woken = []
    monkeypatch.setattr("matching.tasks.work_out_run.delay", lambda run_id: None)
    monkeypatch.setattr("matching.tasks.work_out_supply.delay", woken.append)
    return woken


@pytest.fixture
def cohort(cast):
    """A cohort of the cast's programme in matching, with nobody in it."""
    return CohortFactory(programme=cast.programme, slug="board", status="matching")


@pytest.fixture
def market(cohort):
    """A run of the module's cohort, with its mentees and mentors."""
    return make_market(cohort)


@pytest.fixture
def coordinator(client, cast):
    """A browser in which the coordinator is signed in."""
    client.force_login(cast.coordinator)
    return client


@pytest.fixture
def before_the_event():
    """Nine days before the event of `speed_events`."""
    with time_machine.travel(BEFORE, tick=False):
        yield


@pytest.fixture
def event(cohort):
    """A speed mentoring event of the module's cohort."""
    return an_event(cohort)
