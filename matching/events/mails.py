"""Write the mails of an event, one for each enrollment, with times in the reader's own time zone."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from cohorts.calendar.ics import invitation
from cohorts.enrollment.audience import NOT_IN_TEAM, enrollments_by_id, why_not
from cohorts.models import Enrollment
from matching.events.calendar import calendar_event_of
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.models import SpeedEvent, SpeedRsvp
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import Sender, send_mail, written_keys
from mentorship.core.ui.moments import event_in_words

RULE = "event"  # who says whom it is still for
CANCELLED = "event_cancelled"
# Takes the event out of the calendars of those who left, too: it asks nobody once more whether they still take part.
LEFT = "event_left"


def event_context(event: SpeedEvent, enrollment: Enrollment, link: str = "") -> dict[str, Any]:
    """Return what every mail of an event shows; `link` replaces the person's own links."""
    cohort = event.cohort
    return {
        "event": event,
        "enrollment": enrollment,
        "person": enrollment.user,
        "cohort": cohort,
        "programme": cohort.programme,
        "when": event_in_words(event.starts_at, event.tz, zone_of_reader(enrollment)),
        "link": link or EVENT_LINK.url(event.pk, enrollment.pk),
        "calendar_url": link or CALENDAR_LINK.url(event.pk, enrollment.pk),
    }


def zone_of_reader(enrollment: Enrollment) -> ZoneInfo:
    """On whose clock somebody reads the times of an event beside its own: their account's, else their sign-up's."""
    # In this order also for the database: where a person has a zone, nobody reads their cohort.
    return ZoneInfo(enrollment.user.time_zone or enrollment.time_zone or enrollment.cohort.time_zone)


# Mails that change what stands in somebody's calendar carry the file; the others only link to it.
WITH_CALENDAR = ("event_seat", "event_place", "event_changed", CANCELLED, LEFT)


def send_to_everybody(event: SpeedEvent, people: QuerySet[Enrollment], template: str, key: str, why: str) -> int:
    """Mail each enrollment that had no mail with this key. Returns how many.

    A constant number of queries besides the messages themselves.
    """
    enrollments = people.with_people().order_by("pk")  # type: ignore[attr-defined]
    keys = {f"{key}:{event.pk}:{enrollment.pk}": enrollment for enrollment in enrollments}
    written, sender = written_keys(keys), event.cohort.sender
    new = {key: enrollment for key, enrollment in keys.items() if key not in written}
    answers = SpeedRsvp.objects.filter(event=event) if template in WITH_CALENDAR else SpeedRsvp.objects.none()
    rsvps = {rsvp.enrollment_id: rsvp for rsvp in answers}
    for mail_key, enrollment in new.items():
        files = _calendar(event, enrollment, rsvps[enrollment.pk]) if enrollment.pk in rsvps else []
        send_event_mail(event, enrollment, template, sender=sender, key=mail_key, why=why, files=files)
    return len(new)


def _calendar(event: SpeedEvent, enrollment: Enrollment, rsvp: SpeedRsvp) -> list[tuple[str, str, bytes]]:
    rsvp.event, rsvp.enrollment = event, enrollment
    return [invitation(calendar_event_of(rsvp), timezone.now())]


def send_event_mail(
    event: SpeedEvent,
    enrollment: Enrollment,
    template: str,
    *,
    sender: Sender,
    key: str,
    why: str,
    files: Sequence[tuple[str, str, bytes]] = (),
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
        audience=None if template == LEFT else _audience(event, enrollment, template),
        files=files,
    )


def _audience(event: SpeedEvent, enrollment: Enrollment, template: str) -> dict[str, Any]:
    return {"rule": RULE, "event": event.pk, "enrollment": enrollment.pk, "cancelled": template == CANCELLED}


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
