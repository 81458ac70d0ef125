"""Decide which mails of an event to write, to whom and when.

The sweep writes those that are due; the list of planned mail shows those that are not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from cohorts.models import Enrollment
from matching.events.day.table_plan import stored_schedule
from matching.events.day.wishes import meetings_held
from matching.events.mails import (
    REMIND_BEFORE_EVENT,
    enrollments_in_key,
    mail_key,
    one_mail_each,
    zone_of_reader,
)
from matching.events.services import ABSENT, COMING
from matching.models import SpeedEvent, SpeedGuest, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.timezones import reminder_before

ASK_AGAIN = timedelta(days=3)
# People asked the day before are not asked again at once.
ASK_AGAIN_REST = timedelta(days=2)
# Mails due on a Sunday leave on Saturday.
NO_SUNDAY = timedelta(days=1)
WISHES_AFTER = timedelta(hours=1)
# After an outage or a restored backup, ask only about events that people still remember.
TOO_LATE = timedelta(days=14)


@dataclass(frozen=True)
class EventMail:
    """One mail of an event: due at `at`, no longer written from `until` on (both UTC)."""

    event: SpeedEvent
    enrollment: Enrollment
    template: str
    key_prefix: str
    at: datetime
    until: datetime
    until_why: str
    what: str
    why: str
    also: tuple[Enrollment, ...] = ()  # others that the same people are in
    to: tuple[User, ...] = ()

    @property
    def enrollments(self) -> list[Enrollment]:
        return [self.enrollment, *self.also]

    @property
    def key(self) -> str:
        return mail_key(self.key_prefix, self.event, self.enrollments)


@dataclass
class EventFacts:
    """The loaded facts that decide about the mails of one event."""

    people: list[Enrollment]
    rsvps: dict[int, SpeedRsvp] = field(default_factory=dict)  # by enrollment
    invited_at: dict[int, datetime] = field(default_factory=dict)  # by enrollment
    guests: Counter[str] = field(default_factory=Counter)  # who come, by role

    @cached_property
    def coming(self) -> Counter[str]:
        """The number of people coming, by role, guests included."""
        rsvps = (rsvp.enrollment.role for rsvp in self.rsvps.values() if rsvp.status == COMING)
        return Counter(rsvps) + self.guests


def mail_window(now: datetime) -> tuple[datetime, datetime]:
    """The range of starts for which an event may have a due mail: after the first, up to the second."""
    return now - TOO_LATE - REMIND_BEFORE_EVENT, now + ASK_AGAIN + NO_SUNDAY


def read_event_facts(events: Iterable[SpeedEvent]) -> dict[int, EventFacts]:
    """The facts by event, in a constant number of queries."""
    events = list(events)
    people: dict[int, list[Enrollment]] = defaultdict(list)
    accepted = Enrollment.objects.filter(
        cohort__in={event.cohort_id for event in events},
        role__in=Enrollment.MATCHED_ROLES,
        status=Enrollment.Status.ACCEPTED,
    )
    for enrollment in accepted.select_related("user", "cohort").prefetch_related("members__user").order_by("pk"):
        people[enrollment.cohort_id].append(enrollment)
    rsvps: dict[int, dict[int, SpeedRsvp]] = defaultdict(dict)
    for rsvp in SpeedRsvp.objects.filter(event__in=events).select_related("enrollment"):
        rsvps[rsvp.event_id][rsvp.enrollment_id] = rsvp
    scopes = {event.cohort.scope for event in events}
    invitations = OutboxMessage.objects.filter(key__startswith="event-invite:", scope__in=scopes)
    invited_at: dict[int, dict[int, datetime]] = defaultdict(dict)
    for key, created_at in invitations.values_list("key", "created_at"):
        event_id = int(key.split(":")[1])
        invited_at[event_id].update(dict.fromkeys(enrollments_in_key(key), created_at))
    guests: dict[int, Counter[str]] = defaultdict(Counter)
    for event_id, role in SpeedGuest.objects.filter(event__in=events, status=COMING).values_list("event", "role"):
        guests[event_id][role] += 1
    return {
        event.pk: EventFacts(people[event.cohort_id], rsvps[event.pk], invited_at[event.pk], guests[event.pk])
        for event in events
    }


def event_mails(event: SpeedEvent, facts: EventFacts, now: datetime) -> Iterator[EventMail]:
    """The mails of the event if nobody answers any more, including those already written."""
    if event.cancelled_at or not event.mails_by_itself:
        return
    if now < event.starts_at:
        yield from _together(_second_invitations(event, facts))
        yield from _together(_reminders(event, facts))
    if event.schedule and not event.under_way:
        yield from _together(_questions_about_wishes(event, facts))


def _together(mails: Iterable[EventMail]) -> Iterator[EventMail]:
    """One mail for people in several enrollments, if these are due at the same moment."""
    at_once: dict[tuple[datetime, datetime], dict[int, EventMail]] = defaultdict(dict)
    for mail in mails:
        at_once[mail.at, mail.until][mail.enrollment.pk] = mail
    for of_moment in at_once.values():
        for about, to in one_mail_each(mail.enrollment for mail in of_moment.values()):
            yield replace(of_moment[about[0].pk], also=tuple(about[1:]), to=tuple(to))


def _second_invitations(event: SpeedEvent, facts: EventFacts) -> Iterator[EventMail]:
    """A second invitation to people who have not answered, as long as there is a seat for them."""
    last = event.starts_at - REMIND_BEFORE_EVENT
    # Nobody sits at two tables: people who come in one role are not asked about another.
    come = {rsvp.enrollment.user_id for rsvp in facts.rsvps.values() if rsvp.status == COMING}
    for enrollment in facts.people:
        invited_at = facts.invited_at.get(enrollment.pk)
        full = facts.coming[enrollment.role] >= event.seats_for(enrollment.role)
        if enrollment.pk in facts.rsvps or enrollment.user_id in come or invited_at is None or full:
            continue
        at = reminder_before(event.starts_at, ASK_AGAIN, zone_of_reader(enrollment))
        at = max(at, invited_at + ASK_AGAIN_REST)
        if at < last:
            yield EventMail(
                event,
                enrollment,
                "event_nudge",
                "event-nudge",
                at=at,
                until=last,
                until_why="nobody is asked any more, a day before the event",
                what=f"Once more: {event}",
                why="They were asked and have not answered.",
            )


def _reminders(event: SpeedEvent, facts: EventFacts) -> Iterator[EventMail]:
    """A reminder the day before for people who come; again if the date changes.

    People who took their seat after that have just heard of it.
    """
    for enrollment in facts.people:
        rsvp = facts.rsvps.get(enrollment.pk)
        at = reminder_before(event.starts_at, REMIND_BEFORE_EVENT, zone_of_reader(enrollment))
        if rsvp and rsvp.status == COMING and rsvp.asked_at < at:
            yield EventMail(
                event,
                enrollment,
                "event_reminder",
                f"event-reminder-{event.starts_at:%Y%m%dT%H%M}",
                at=at,
                until=event.starts_at,
                until_why="the event begins",
                what=f"Reminder of {event}",
                why="They come; the day before.",
            )


def _questions_about_wishes(event: SpeedEvent, facts: EventFacts) -> Iterator[EventMail]:
    """The question about wishes, for people who met somebody; before the event for those scheduled to."""
    absent = {pk for pk, rsvp in facts.rsvps.items() if rsvp.seen == ABSENT}
    if event.over:
        pairs = meetings_held(event, absent)
    else:
        pairs = [pair for pair in stored_schedule(event).pairs if not absent & set(pair)]
    met = {pk for pair in pairs for pk in pair}
    for enrollment in facts.people:
        if enrollment.pk in met:
            yield EventMail(
                event,
                enrollment,
                "event_wishes",
                "event-wishes",
                at=event.ends_at + WISHES_AFTER,
                until=event.ends_at + TOO_LATE,
                until_why="it is too long ago to ask",
                what=f"With whom to go on after {event}",
                why="They meet somebody there; an hour after the end.",
            )
