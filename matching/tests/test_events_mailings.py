"""Mails to those who come to an event."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.mailings.services import schedule_mailing, sweep_mailings
from cohorts.tests.mailing_helpers import addresses, mails_of, write
from matching.models import SpeedEvent, SpeedRsvp
from mentorship.devtools.testing.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db


def test_a_mailing_to_those_who_come_goes_to_nobody_else_once_the_event_is_cancelled(cast):
    event = SpeedEvent.objects.create(cohort=cast.cohort, name="Speed evening", starts_at=timezone.now())
    EnrollmentFactory.create_batch(5, cohort=cast.cohort, status="declined")
    for enrollment in (cast.mentor_enrollment, cast.mentee_enrollment):
        SpeedRsvp.objects.create(event=event, enrollment=enrollment, status=SpeedRsvp.Status.COMING)
    first, second = (
        schedule_mailing(
            mailing=write(cast, audience=f"event={event.pk}-coming"),
            by=cast.coordinator,
            send_at=timezone.now() + timedelta(days=day),
        )
        for day in (1, 2)
    )
    assert sweep_mailings(timezone.now() + timedelta(days=1)) == 1
    assert addresses(first) == ["mentee@example.org", "mentor@example.org"]
    SpeedEvent.objects.update(cancelled_at=timezone.now())
    assert sweep_mailings(timezone.now() + timedelta(days=2)) == 0
    second.refresh_from_db()
    assert second.status == "stopped"
    assert f"speed mentoring: “{event.pk}-coming”" in second.stopped_because
    assert not mails_of(second).exists()
