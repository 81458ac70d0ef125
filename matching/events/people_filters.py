"""Filter the people of a cohort by their answers to events."""

from cohorts.models import Cohort, Enrollment
from cohorts.people.filters import Choices, Filter
from cohorts.querysets import EnrollmentQuerySet
from matching.models import SpeedRsvp

NO_ANSWER = "silent"


def event_choices(cohort: Cohort) -> Choices:
    answers = [*SpeedRsvp.Status.choices, (NO_ANSWER, "no answer")]
    events = cohort.speed_events.filter(cancelled_at=None).order_by("-starts_at", "-pk")
    return [(f"{event.pk}-{value}", f"{event.name}, {label}") for event in events for value, label in answers]


def by_event(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    number, _, answer = value.partition("-")
    event = int(number)  # one of the choices
    if answer == NO_ANSWER:
        return found.filter(role__in=Enrollment.MATCHED_ROLES).exclude(speed_rsvps__event=event)
    return found.filter(speed_rsvps__event=event, speed_rsvps__status=answer)


EVENT_FILTER = Filter("Speed mentoring", event_choices, by_event)
