"""Fixtures of the tests of check-ins."""

from datetime import date

import pytest
import time_machine

from checkins.alumni.services import save_consent
from checkins.models import CheckIn
from checkins.tests.rows import AFTER, INTRO, NOW
from checkins.waves.services import add_template, save_wave
from checkins.waves.sweep import sweep_checkins
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory


@pytest.fixture
def clock():
    """The time stands still three months after the intro."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def afterwards():
    """The time stands still when the round is over."""
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def match(cast):
    """The match of the cast, whose intro has left."""
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=INTRO)
    return cast.match


@pytest.fixture
def checkin(match):
    """The check-in of the mentee of the cast, three months after the intro."""
    sweep_checkins(NOW)
    return CheckIn.objects.select_related("wave__survey", "wave__cohort__programme", "match").get(side="mentee")


@pytest.fixture
def anonymous_ten(cast, checkin):
    """The check-ins of ten mentees in an anonymous wave, in the order of their pairs."""
    wave = add_template(cohort=cast.cohort, key="anonymous", by=cast.coordinator)
    wave.offset = 80
    save_wave(wave=wave, by=cast.coordinator)
    for _ in range(9):
        pair = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort))
        OutboxMessage.objects.filter(pk=pair.intro_id).update(status="sent", sent_at=INTRO)
    sweep_checkins(NOW)
    return list(CheckIn.objects.filter(wave=wave, side="mentee").select_related("wave__survey").order_by("pk"))


@pytest.fixture
def over(cast):
    """The cast's round is over; the mentee graduated."""
    cast.cohort.status, cast.cohort.time_zone = "completed", "Africa/Nairobi"
    cast.cohort.save()
    cast.mentee_enrollment.status = "completed"
    cast.mentee_enrollment.save()
    return cast


@pytest.fixture
def coming(cast):
    """The next round, open for sign-up."""
    return CohortFactory(
        programme=cast.programme,
        name="Seeds 10",
        slug="seeds-10",
        starts_on=date(2027, 9, 1),
        ends_on=date(2027, 12, 20),
        status="enrolling",
    )


@pytest.fixture
def alumni(over):
    """The pair of the cast, who stay in touch."""
    for user in (over.mentee, over.mentor):
        save_consent(programme=over.programme, user=user, stays=True, roles=["mentor"])
    return over
