"""List the mails of events that are still to be written."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from cohorts.mailings.links import template_link
from matching.consent.planned_mail import planned_mail_to
from matching.events.due_mail import EventMail, event_mails, mail_window, read_event_facts
from matching.events.guest_mails import TOMORROW, GuestReminder, guest_context, guest_reminders
from matching.events.mails import event_context
from matching.models import SpeedEvent
from mentorship.core.outbox.planned.planned_mail import PlannedMail, Source
from mentorship.core.outbox.send_mail import render_for
from mentorship.core.own_links import OWN_LINK


def planned_mail_of_events(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """The mails of the events that the user may see. A constant number of queries."""
    events = list(_events(user, now).order_by("starts_at", "pk"))
    facts = read_event_facts(events)
    for event in events:
        for mail in event_mails(event, facts[event.pk], now):
            yield planned_mail_to(
                mail.enrollment,
                f"matching/{mail.template}",
                cohort=event.cohort,
                key=mail.key,
                kind="event",
                url=event.get_absolute_url(),
                mail=partial(_render, mail),
                at=mail.at,
                until=mail.until,
                until_why=mail.until_why,
                what=mail.what,
                why=mail.why,
            )
    for one in guest_reminders(events):
        if one.until > now:
            yield _reminder_of_guest(one)


def _reminder_of_guest(reminder: GuestReminder) -> PlannedMail:
    event, guest = reminder.event, reminder.guest
    return PlannedMail(
        to=f"{guest}, {guest.email}",
        scope=event.cohort.scope,
        workspace_id=event.cohort.workspace_id,
        words=template_link(event.cohort.programme, f"matching/{TOMORROW}", event.cohort),
        key=reminder.key,
        kind="event",
        url=event.get_absolute_url(),
        mail=partial(_render_for_guest, reminder),
        at=reminder.at,
        until=reminder.until,
        until_why="the event begins",
        what=f"Reminder of {event}",
        why="They come as a guest; the day before.",
    )


def _render_for_guest(reminder: GuestReminder, _at: datetime) -> tuple[str, str, str]:
    event = reminder.event
    return render_for(event.cohort.sender, f"matching/{TOMORROW}", guest_context(event, reminder.guest))


def _render(mail: EventMail, _at: datetime) -> tuple[str, str, str]:
    context = event_context(mail.event, mail.enrollment, link=OWN_LINK, also=mail.also)
    return render_for(mail.event.cohort.sender, f"matching/{mail.template}", context)


def _events(user: Any, now: datetime) -> QuerySet[SpeedEvent]:
    after, _ = mail_window(now)
    return SpeedEvent.objects.visible_to(user).filter(mails_by_itself=True, cancelled_at=None, starts_at__gt=after)


def _rows(user: Any, now: datetime) -> Sequence[QuerySet[SpeedEvent]]:
    return [_events(user, now)]


EVENTS = Source(_rows, planned_mail_of_events)
