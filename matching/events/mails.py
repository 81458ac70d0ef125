"""Write the mails of an event, one for each enrollment, with times in the reader's own time zone."""

from typing import Any

from django.db.models import QuerySet

from cohorts.calendar.moments import moment_in_words
from cohorts.models import Enrollment
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.models import SpeedEvent
from mentorship.core.outbox.send_mail import Sender, send_mail, written_keys
from mentorship.core.timezones import first_zone


def event_context(event: SpeedEvent, enrollment: Enrollment, link: str = "") -> dict[str, Any]:
    """Return what every mail of an event shows; `link` replaces the person's own links."""
    cohort = event.cohort
    return {
        "event": event,
        "enrollment": enrollment,
        "person": enrollment.user,
        "cohort": cohort,
        "programme": cohort.programme,
        "when": moment_in_words(event.starts_at, first_zone(enrollment.time_zone, cohort.time_zone), cohort.tz),
        "link": link or EVENT_LINK.url(event.pk, enrollment.pk),
        "calendar_url": link or CALENDAR_LINK.url(event.pk, enrollment.pk),
    }


def send_to_everybody(event: SpeedEvent, people: QuerySet[Enrollment], template: str, key: str, why: str) -> int:
    """Mail each enrollment that had no mail with this key. Returns how many.

    A constant number of queries besides the messages themselves.
    """
    enrollments = people.with_people().order_by("pk")  # type: ignore[attr-defined]
    keys = {f"{key}:{event.pk}:{enrollment.pk}": enrollment for enrollment in enrollments}
    written, sender = written_keys(keys), event.cohort.sender
    new = {key: enrollment for key, enrollment in keys.items() if key not in written}
    for mail_key, enrollment in new.items():
        send_event_mail(event, enrollment, template, sender=sender, key=mail_key, why=why)
    return len(new)


def send_event_mail(
    event: SpeedEvent, enrollment: Enrollment, template: str, *, sender: Sender, key: str, why: str
) -> None:
    """Write one mail of an event."""
    send_mail(
        f"matching/{template}",
        event_context(event, enrollment),
        sender=sender,
        kind="event",
        key=key,
        why=why,
        to=list(dict.fromkeys(person.email for person in enrollment.people)),
    )
