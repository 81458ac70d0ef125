"""What is due about events: asking again, reminding, asking afterwards. A late or repeated pass does no harm."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from cohorts.services import ServiceError
from matching.events.mails import mail_all
from matching.models import SpeedEvent
from matching.services import events
from mentorship.outbox.models import OutboxMessage

ASK_AGAIN = timedelta(days=3)
# Whoever was asked the day before is not asked again at once.
REST = timedelta(days=2)
REMIND = timedelta(days=1)
WISHES_AFTER = timedelta(hours=1)
# A restored backup or a site that slept asks about what people still remember.
TOO_LATE = timedelta(days=14)


def sweep_events(now: datetime) -> int:
    """Write the mails that are due. Returns how many."""
    near = SpeedEvent.objects.filter(
        mails_by_itself=True, cancelled_at=None, starts_at__gt=now - TOO_LATE - REMIND, starts_at__lte=now + ASK_AGAIN
    )
    return sum(_move(event.pk, now) for event in near.order_by("starts_at", "pk"))


@transaction.atomic
def _move(pk: int, now: datetime) -> int:
    event = SpeedEvent.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=pk)
    if event.cancelled_at or not event.mails_by_itself:
        return 0
    if now < event.starts_at:
        if event.starts_at - now <= REMIND:
            return _remind(event, now)
        return _ask_again(event, now)
    if event.over and event.schedule and event.ends_at + WISHES_AFTER <= now <= event.ends_at + TOO_LATE:
        try:
            return events.ask_wishes(event=event, by=None)
        except ServiceError:
            return 0  # nobody met anybody
    return 0


def _remind(event: SpeedEvent, now: datetime) -> int:
    """Who comes, the day before. Once for each date that the event had."""
    coming = events.people_of(event.cohort).filter(speed_rsvps__event=event, speed_rsvps__status=events.COMING)
    return mail_all(event, coming, "event_reminder", reminder_key(event), f"{event} is about to be.", now)


def reminder_key(event: SpeedEvent) -> str:
    """What the keys of its reminders begin with: who was reminded is so again where the date changes."""
    return f"event-reminder-{event.starts_at:%Y%m%dT%H%M}"


def _ask_again(event: SpeedEvent, now: datetime) -> int:
    """Who was asked and has not answered, once, as long as there is a seat for them."""
    asked = OutboxMessage.objects.filter(
        key=Concat(Value(f"event-invite:{event.pk}:"), Cast(OuterRef("pk"), CharField())), created_at__lte=now - REST
    )
    silent = events.people_of(event.cohort).exclude(speed_rsvps__event=event).filter(Exists(asked))
    return sum(
        mail_all(event, silent.filter(role=role), "event_nudge", "event-nudge", f"{event} is in three days.", now)
        for role in events.ROLES
        if events.free_seats(event, role) > 0
    )
