"""Write the mails of an event, one for each enrollment, with times in the reader's own time zone."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cohorts.calendar.moments import moment_in_words
from cohorts.enrollment.audience import NOT_IN_TEAM, enrollments_by_id, why_not
from cohorts.models import Enrollment
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.models import SpeedEvent
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import Sender, send_mail, written_keys
from mentorship.core.timezones import first_zone

RULE = "event"  # who says whom it is still for
CANCELLED = "event_cancelled"


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
        to=enrollment.people,
        audience={"rule": RULE, "event": event.pk, "enrollment": enrollment.pk, "cancelled": template == CANCELLED},
    )


def still_invited(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The people of each enrollment that is in the cohort, as long as the event takes place. A few queries."""
    events = SpeedEvent.objects.select_related("cohort__programme").in_bulk([m.audience["event"] for m in messages])
    people = enrollments_by_id(message.audience["enrollment"] for message in messages)
    return {
        message.pk: _still(
            events.get(message.audience["event"]),
            people.get(message.audience["enrollment"]),
            says_cancelled=message.audience["cancelled"],
        )
        for message in messages
    }


def _still(event: SpeedEvent | None, enrollment: Enrollment | None, *, says_cancelled: bool) -> StillFor:
    reason = why_not(enrollment, Enrollment.OCCUPYING_PLACE)
    if reason or event is None or enrollment is None:
        return StillFor(reason=reason or "The event was deleted.")
    if bool(event.cancelled_at) != says_cancelled:
        return StillFor(reason="The event was cancelled." if event.cancelled_at else "The event takes place.")
    people = [person.pk for person in enrollment.people]
    return StillFor(people, NOT_IN_TEAM, rewrite=lambda: event_context(event, enrollment))
