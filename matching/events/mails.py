"""Write the mails of an event, one to a person, with times in the reader's own time zone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from cohorts.calendar.ics import invitation, removal_for
from cohorts.enrollment.audience import NOT_IN_TEAM, enrollments_by_id, why_not
from cohorts.models import Enrollment
from cohorts.sharing.addressing import team_lists
from matching.events.calendar import calendar_event_of
from matching.events.links import CALENDAR_LINK, EVENT_LINK
from matching.models import SpeedEvent, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import Sender, send_mail
from mentorship.core.ui.moments import event_in_words

REMIND_BEFORE_EVENT = timedelta(days=1)
RULE = "event"  # who says whom it is still for
CANCELLED = "event_cancelled"
# Takes the event out of the calendars of people who left, so it is sent although they no longer take part.
LEFT = "event_left"


def event_context(
    event: SpeedEvent,
    enrollment: Enrollment,
    link: str = "",
    *,
    also: Sequence[Enrollment] = (),
    person: User | None = None,
) -> dict[str, Any]:
    """Return what every mail of an event shows; `link` replaces the person's own links.

    `also` are other enrollments of the same people, each with its own answer. `person` is greeted, else the lead.
    """
    cohort = event.cohort
    parts = [(_capacity_in(one), link or EVENT_LINK.url(event.pk, one.pk)) for one in (enrollment, *also)]
    return {
        "event": event,
        "enrollment": enrollment,
        "parts": parts if also else [],
        "person": person or enrollment.user,
        "cohort": cohort,
        "programme": cohort.programme,
        "when": event_in_words(event.starts_at, event.tz, zone_of_reader(enrollment)),
        "link": link or EVENT_LINK.url(event.pk, enrollment.pk),
        "calendar_url": link or CALENDAR_LINK.url(event.pk, enrollment.pk),
    }


def _capacity_in(enrollment: Enrollment) -> str:
    """The capacity in which somebody answers, shown before the link: As mentor, or With “Soil maps”."""
    if enrollment.title:
        return f"With “{enrollment.title}”"
    return f"As {enrollment.cohort.programme.label_of(enrollment.role)}"


def one_mail_each(enrollments: Iterable[Enrollment]) -> list[tuple[list[Enrollment], list[User]]]:
    """Group recipients: the people of one enrollment together, people in several get one mail about all."""
    people: dict[int, User] = {}
    theirs: dict[int, list[Enrollment]] = {}
    for enrollment in enrollments:
        for person in dict.fromkeys(enrollment.people):
            people[person.pk] = person
            theirs.setdefault(person.pk, []).append(enrollment)
    together: dict[tuple[int, ...], tuple[list[Enrollment], list[User]]] = {}
    for pk, own in theirs.items():
        together.setdefault(tuple(one.pk for one in own), (own, []))[1].append(people[pk])
    return list(together.values())


def mail_key(prefix: str, event: SpeedEvent, enrollments: Iterable[Enrollment]) -> str:
    """The key of a mail of an event about these enrollments."""
    return f"{prefix}:{event.pk}:{'+'.join(str(one.pk) for one in enrollments)}"


def enrollments_in_key(key: str) -> list[int]:
    """The ids of the enrollments that a mail of an event is about."""
    return [int(pk) for pk in key.rpartition(":")[2].split("+")]


def zone_of_reader(enrollment: Enrollment) -> ZoneInfo:
    """The second time zone in which somebody reads an event: their account's, otherwise their sign-up's."""
    # In this order to save queries: if a person has a zone, their cohort is not loaded.
    return ZoneInfo(enrollment.user.time_zone or enrollment.time_zone or enrollment.cohort.time_zone)


# Mails that change somebody's calendar carry the file; the others only link to it.
WITH_CALENDAR = ("event_seat", "event_place", "event_changed", CANCELLED, LEFT)


def not_yet_mailed(event: SpeedEvent, people: QuerySet[Enrollment], key: str) -> list[Enrollment]:
    """Enrollments among these without a mail of the event whose key begins so."""
    written = OutboxMessage.objects.filter(key__startswith=f"{key}:{event.pk}:").values_list("key", flat=True)
    done = {pk for one in written for pk in enrollments_in_key(one)}
    return [one for one in people.with_people().order_by("pk") if one.pk not in done]  # type: ignore[attr-defined]


def send_to_everybody(event: SpeedEvent, people: QuerySet[Enrollment], template: str, key: str, why: str) -> int:
    """Mail the people of each enrollment that had no mail with this key. Returns the number of mails.

    Whoever is in several gets one mail, except if a mail carries the calendar file of an answer. A constant number
    of queries besides the messages themselves.
    """
    enrollments = not_yet_mailed(event, people, key)
    sender = event.cohort.sender
    answers = SpeedRsvp.objects.filter(event=event) if template in WITH_CALENDAR else SpeedRsvp.objects.none()
    rsvps = {rsvp.enrollment_id: rsvp for rsvp in answers}
    apart = [([one], one.people) for one in enrollments]
    mails = apart if template in WITH_CALENDAR else one_mail_each(enrollments)
    for about, to in mails:
        files = _calendar(event, about[0], rsvps[about[0].pk]) if about[0].pk in rsvps else []
        send_event_mail(
            event, about, template, to=to, sender=sender, key=mail_key(key, event, about), why=why, files=files
        )
    return len(mails)


def send_left_team(rsvp: SpeedRsvp, person: User, *, key: str, why: str) -> None:
    """Remove a team's seat from the calendar of a member who left."""
    event = rsvp.event
    send_mail(
        "matching/event_left_team",
        event_context(event, rsvp.enrollment, person=person),
        sender=event.cohort.sender,
        kind="event",
        key=key,
        why=why,
        to=[person],
        files=[invitation(removal_for(calendar_event_of(rsvp), str(person), person.email), timezone.now())],
    )


def _calendar(event: SpeedEvent, enrollment: Enrollment, rsvp: SpeedRsvp) -> list[tuple[str, str, bytes]]:
    rsvp.event, rsvp.enrollment = event, enrollment
    return [invitation(calendar_event_of(rsvp), timezone.now())]


def send_event_mail(
    event: SpeedEvent,
    enrollments: Sequence[Enrollment],
    template: str,
    *,
    to: Sequence[User],
    sender: Sender,
    key: str,
    why: str,
    files: Sequence[tuple[str, str, bytes]] = (),
) -> None:
    """Write one mail of an event, about one or several enrollments of the same people."""
    first, *also = enrollments
    greeted = first.user if first.user in to else to[0]
    send_mail(
        f"matching/{template}",
        event_context(event, first, also=also, person=greeted),
        sender=sender,
        kind="event",
        key=key,
        why=why,
        **team_lists(to, enrollments, event.cohort.programme.contact_email),
        audience=None if template == LEFT else _audience(event, enrollments, template),
        files=files,
    )


def _audience(event: SpeedEvent, enrollments: Sequence[Enrollment], template: str) -> dict[str, Any]:
    ids = [one.pk for one in enrollments]
    return {"rule": RULE, "event": event.pk, "enrollments": ids, "cancelled": template == CANCELLED}


def _ids_of(message: OutboxMessage) -> list[int]:
    """The enrollments of a message; messages from before several were possible name a single one."""
    ids: list[int] = message.audience.get("enrollments") or [message.audience["enrollment"]]
    return ids


def still_invited(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The people of each enrollment that is in the cohort, as long as the event takes place. A few queries."""
    events = SpeedEvent.objects.select_related("cohort__programme").in_bulk([m.audience["event"] for m in messages])
    people = enrollments_by_id(pk for message in messages for pk in _ids_of(message))
    return {
        message.pk: _still(
            events.get(message.audience["event"]),
            [people.get(pk) for pk in _ids_of(message)],
            says_cancelled=message.audience["cancelled"],
        )
        for message in messages
    }


def _still(event: SpeedEvent | None, enrollments: Sequence[Enrollment | None], *, says_cancelled: bool) -> StillFor:
    reasons = [why_not(enrollment, Enrollment.OCCUPYING_PLACE) for enrollment in enrollments]
    still = [one for one, reason in zip(enrollments, reasons, strict=True) if one is not None and not reason]
    if event is None or not still:
        return StillFor(reason=next(filter(None, reasons), "The event was deleted."))
    if bool(event.cancelled_at) != says_cancelled:
        return StillFor(reason="The event was cancelled." if event.cancelled_at else "The event takes place.")
    people = [person.pk for one in still for person in one.people]
    return StillFor(people, NOT_IN_TEAM, rewrite=lambda: event_context(event, still[0], also=still[1:]))
