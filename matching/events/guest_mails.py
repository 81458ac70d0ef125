"""Mails to guests of events, who have no account: in the time zone of the event."""

from typing import Any

from django.utils.dateformat import format as format_date

from cohorts.models import Cohort
from matching.events.links import GUEST_LINK
from matching.models import SpeedEvent, SpeedGuest
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from mentorship.core.outbox.services import call_off
from mentorship.core.timezones import clock_name

# What a guest hears of: a seat, a place on the waitlist, a seat that became free, another time or place, no event.
SEAT, WAITS, FREED, CHANGED, CALLED_OFF = "seat", "waits", "freed", "changed", "cancelled"
HEARING = (SpeedGuest.Status.COMING, SpeedGuest.Status.WAITING)


def guest_context(event: SpeedEvent, guest: SpeedGuest) -> dict[str, Any]:
    """The context of every mail to a guest."""
    starts = event.starts_at.astimezone(event.tz)
    return {
        "event": event,
        "guest": guest,
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


def tell_guest(event: SpeedEvent, guest: SpeedGuest, news: str, *, key: str) -> bool:
    """Tell a guest with a confirmed address. Returns whether there is one."""
    if not guest.email or guest.proven_at is None:
        return False
    send_mail(
        "matching/event_guest",
        {**guest_context(event, guest), "news": news, "link": GUEST_LINK.url(guest.pk)},
        sender=event.cohort.sender,
        kind="event",
        key=f"{_of_guest(guest)}{key}",
        why=f"{guest} asked for a seat at {event}.",
        to=[guest.email],
        private=True,
    )
    return True


def tell_guests(event: SpeedEvent, news: str, *, key: str) -> int:
    """Tell all guests who come or wait. Returns the number of mails."""
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


def call_mails_off(guest: SpeedGuest) -> None:
    """Call off what waits in the outbox for a guest, who does not come."""
    waiting = OutboxMessage.objects.filter(key__startswith=_of_guest(guest), status="queued")
    call_off(waiting.values_list("key", flat=True))


def _of_guest(guest: SpeedGuest) -> str:
    return f"event-guest:{guest.pk}:"
