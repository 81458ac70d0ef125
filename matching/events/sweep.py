"""Send the event mails that are due: another invitation, the reminder, and the question afterwards."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from matching.events import services as events_services
from matching.events import wishes
from matching.events.mails import write_event_mails
from matching.models import SpeedEvent
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage

ASK_AGAIN = timedelta(days=3)
# Whoever was asked the day before is not asked again at once.
ASK_AGAIN_REST = timedelta(days=2)
REMIND_BEFORE_EVENT = timedelta(days=1)
WISHES_AFTER = timedelta(hours=1)
# A restored backup or a site that slept asks about what people still remember.
TOO_LATE = timedelta(days=14)


def sweep_events(now: datetime) -> int:
    """Write the mails that are due. Returns how many."""
    near = SpeedEvent.objects.filter(
        mails_by_itself=True,
        cancelled_at=None,
        starts_at__gt=now - TOO_LATE - REMIND_BEFORE_EVENT,
        starts_at__lte=now + ASK_AGAIN,
    )
    return sum(_send_due_mails(event.pk, now) for event in near.order_by("starts_at", "pk"))


@transaction.atomic
def _send_due_mails(pk: int, now: datetime) -> int:
    event = SpeedEvent.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=pk)
    if event.cancelled_at or not event.mails_by_itself:
        return 0
    if now < event.starts_at:
        if event.starts_at - now <= REMIND_BEFORE_EVENT:
            return _remind(event, now)
        return _ask_again(event, now)
    if event.over and event.schedule and event.ends_at + WISHES_AFTER <= now <= event.ends_at + TOO_LATE:
        try:
            return wishes.ask_wishes(event=event, by=None)
        except ServiceError:
            return 0  # nobody met anybody
    return 0


def _remind(event: SpeedEvent, now: datetime) -> int:
    """Who comes, the day before. Once for each date that the event had."""
    coming = events_services.eligible_people(event.cohort).filter(
        speed_rsvps__event=event, speed_rsvps__status=events_services.COMING
    )
    return write_event_mails(
        event, coming, "event_reminder", event_reminder_key(event), f"{event} is about to be.", now
    )


def event_reminder_key(event: SpeedEvent) -> str:
    """What the keys of its reminders begin with: who was reminded is so again where the date changes."""
    return f"event-reminder-{event.starts_at:%Y%m%dT%H%M}"


def _ask_again(event: SpeedEvent, now: datetime) -> int:
    """Who was asked and has not answered, once, as long as there is a seat for them."""
    asked = OutboxMessage.objects.filter(
        key=Concat(Value(f"event-invite:{event.pk}:"), Cast(OuterRef("pk"), CharField())),
        created_at__lte=now - ASK_AGAIN_REST,
    )
    silent = events_services.eligible_people(event.cohort).exclude(speed_rsvps__event=event).filter(Exists(asked))
    return sum(
        write_event_mails(
            event, silent.filter(role=role), "event_nudge", "event-nudge", f"{event} is in three days.", now
        )
        for role in events_services.ROLES
        if events_services.free_event_seats(event, role) > 0
    )
