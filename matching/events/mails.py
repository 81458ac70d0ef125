"""The mails of an event: one for each enrollment, by everybody's own clock, none twice."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.dateformat import format as format_date

from cohorts.models import Enrollment
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.models import SpeedEvent
from mentorship.core.outbox.send_mail import Sender, send_mail, written_keys


def start_in_words(event: SpeedEvent, zone: str) -> str:
    """Describe the start in the time zone `zone`, and in the cohort's if it differs."""
    there = event.starts_at.astimezone(event.cohort.tz)
    if not zone:
        return f"{format_date(there, 'l j F, H:i')} ({event.cohort.time_zone})"
    here = event.starts_at.astimezone(ZoneInfo(zone))
    said = f"{format_date(here, 'l j F, H:i')} ({zone})"
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return said
    words = format_date(there, "H:i" if here.date() == there.date() else "l H:i")
    return f"{said}, which is {words} in {event.cohort.time_zone.rpartition('/')[2].replace('_', ' ')}"


def event_context(event: SpeedEvent, enrollment: Enrollment, link: str = "") -> dict[str, Any]:
    """Return what every mail of an event shows; `link` replaces the person's own links."""
    return {
        "event": event,
        "enrollment": enrollment,
        "person": enrollment.user,
        "cohort": event.cohort,
        "programme": event.cohort.programme,
        "when": start_in_words(event, enrollment.time_zone),
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
