"""A speed mentoring event with its people."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse

from matching.events.services import answer_invitation
from matching.models import SpeedEvent
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory

START = datetime(2027, 3, 2, 16, 0, tzinfo=UTC)


BEFORE = START - timedelta(days=9)


def spring(cast):
    return CohortFactory(
        programme=cast.programme, name="Spring", slug="spring", status="running", time_zone="Asia/Kathmandu"
    )


def an_event(cohort, **fields):
    words = {"name": "Speed mentoring", "starts_at": START, "rounds": 3, "minutes": 10, "seats": 12, "tables": 4}
    return SpeedEvent.objects.create(cohort=cohort, **{**words, **fields})


def people(cohort, mentees=0, mentors=0):
    return (
        [EnrollmentFactory(cohort=cohort) for _ in range(mentees)],
        [EnrollmentFactory(cohort=cohort, role="mentor") for _ in range(mentors)],
    )


def all_come(event, mentees, mentors):
    for enrollment in (*mentees, *mentors):
        answer_invitation(event=event, enrollment=enrollment, coming=True, by=None)


def path_of(url):
    return url.removeprefix("http://127.0.0.1:8000")


def pks(enrollments):
    return {e.pk for e in enrollments}


def status_of(event, enrollment):
    return event.rsvps.get(enrollment=enrollment).status


def url(name, event):
    return reverse(f"matching:{name}", args=[event.cohort.slug, event.pk])
