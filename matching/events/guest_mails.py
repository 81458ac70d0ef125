"""Mails to guests of events, who have no account: in the time zone of the event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as format_date

from cohorts.calendar.ics import invitation
from cohorts.models import Cohort
from matching.events.calendar import calendar_event_of_guest
from matching.events.links import GUEST_CALENDAR_LINK, GUEST_LINK
from matching.events.mails import REMIND_BEFORE_EVENT
from matching.models import SpeedEvent, SpeedGuest
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from mentorship.core.outbox.services import call_off
from mentorship.core.timezones import clock_name, reminder_before

# What a guest hears of: a seat, a place on the waitlist, a seat that became free, another time or place.
SEAT, WAITS, FREED, CHANGED = "seat", "waits", "freed", "changed"
# These mails are the same as for people of the cohort.
TOMORROW, GIVEN_UP, CALLED_OFF = "event_reminder", "event_left", "event_cancelled"
HEARING = (SpeedGuest.Status.COMING, SpeedGuest.Status.WAITING)


def guest_context(event: SpeedEvent, guest: SpeedGuest) -> dict[str, Any]:
    """The context of every mail to a guest. In the words of a mail for the cohort they are person and enrollment."""
    starts = event.starts_at.astimezone(event.tz)
    return {
        "event": event,
        "guest": guest,
        "person": guest,
        "enrollment": guest,
        "parts": [],
        # Somebody of the cohort who came by the public page is not stored as a guest.
        "link": GUEST_LINK.url(guest.pk) if guest.pk else "",
        "calendar_url": GUEST_CALENDAR_LINK.url(guest.pk) if guest.pk else "",
        "cohort": event.cohort,
        "programme": event.cohort.programme,
        "when": f"{format_date(starts, 'l j F Y, H:i')} ({clock_name(event.tz.key)})",
    }


def ask_to_confirm(event: SpeedEvent, guest: SpeedGuest, *, link: str, key: str) -> None:
    """Ask the owner of a typed address whether they come."""
    send_mail(
        "matching/event_guest_confirm",
        {**guest_context(event, guest), "link": link},
        sender=event.cohort.sender,
        kind="event",
        key=key,
        why="Somebody asked for a seat with this address.",
        to=[guest.email],
        private=True,
    )


def tell_guest(event: SpeedEvent, guest: SpeedGuest, news: str, *, key: str, had_seat: bool = False) -> bool:
    """Tell a guest with a confirmed address, with the file for their calendar. Returns whether there is one."""
    if not guest.email or guest.proven_at is None:
        return False
    guest.event = event
    in_calendar = (had_seat or guest.status == SpeedGuest.Status.COMING) and news != TOMORROW
    send_mail(
        "matching/event_guest" if news in (SEAT, WAITS, FREED, CHANGED) else f"matching/{news}",
        {**guest_context(event, guest), "news": news},
        sender=event.cohort.sender,
        kind="event",
        key=f"{_of_guest(guest)}{key}",
        why=f"{guest} asked for a seat at {event}.",
        to=[guest.email],
        private=True,
        files=[invitation(calendar_event_of_guest(guest), timezone.now())] if in_calendar else [],
    )
    return True


def tell_guests(event: SpeedEvent, news: str, *, key: str) -> int:
    """Tell all guests who come or wait; of a cancelled event nothing else reaches them. Returns the number of mails."""
    if news == CALLED_OFF:
        for guest in event.guests.filter(status__in=HEARING):
            call_mails_off(guest)
    return sum(tell_guest(event, guest, news, key=key) for guest in event.guests.filter(status__in=HEARING))


def offer_to_sign_up(event: SpeedEvent, guest: SpeedGuest, cohort: Cohort, *, link: str) -> None:
    """Offer a guest the sign-up for a round that is open."""
    send_mail(
        "matching/event_guest_signup",
        {**guest_context(event, guest), "open": cohort, "link": link},
        sender=event.cohort.sender,
        kind="event",
        key=f"{_of_guest(guest)}sign-up",
        why=f"{guest} was at {event}.",
        to=[guest.email],
        private=True,
    )


@dataclass(frozen=True)
class GuestReminder:
    """The reminder of a guest who comes: due at `at`, no longer written from `until` on (both UTC)."""

    event: SpeedEvent
    guest: SpeedGuest

    @property
    def at(self) -> datetime:
        return reminder_before(self.event.starts_at, REMIND_BEFORE_EVENT, self.event.tz)

    @property
    def until(self) -> datetime:
        return self.event.starts_at

    @property
    def key(self) -> str:
        return f"{_of_guest(self.guest)}{self._own_key}"

    @property
    def _own_key(self) -> str:
        return f"reminder-{self.event.starts_at:%Y%m%dT%H%M}"

    def send(self) -> bool:
        """Write it, if the guest still comes. Returns whether it was written."""
        found = SpeedGuest.objects.filter(pk=self.guest.pk, status=SpeedGuest.Status.COMING).first()
        return found is not None and tell_guest(self.event, found, TOMORROW, key=self._own_key)


def guest_reminders(events: Iterable[SpeedEvent]) -> list[GuestReminder]:
    """The reminders of guests of some events, including those already written. One query.

    Guests who took their seat after their reminder was due have just heard of it.
    """
    of = {event.pk: event for event in events if event.mails_by_itself and not event.cancelled_at}
    coming = SpeedGuest.objects.filter(event__in=of, status=SpeedGuest.Status.COMING, proven_at__isnull=False)
    found = [GuestReminder(of[guest.event_id], guest) for guest in coming.exclude(email="").order_by("pk")]
    return [one for one in found if one.guest.asked_at < one.at]


def call_mails_off(guest: SpeedGuest) -> None:
    """Call off what waits in the outbox for a guest, who does not come."""
    waiting = OutboxMessage.objects.filter(key__startswith=_of_guest(guest), status="queued")
    call_off(waiting.values_list("key", flat=True))


def _of_guest(guest: SpeedGuest) -> str:
    return f"event-guest:{guest.pk}:"
