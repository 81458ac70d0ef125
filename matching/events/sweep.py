"""Process everything due about events: second invitations, reminders, questions about wishes, seats of leavers."""

from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cohorts.enrollment.leaving import departures_since
from cohorts.models import Enrollment, TeamDeparture
from matching.events.due_mail import EventMail, event_mails, mail_window, read_event_facts
from matching.events.guest_mails import GuestReminder, guest_reminders
from matching.events.mails import send_event_mail, send_left_team
from matching.events.services import COMING, WAITING, free_seat, lock_event
from matching.models import SpeedEvent, SpeedRsvp
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.outbox.planned.planned_changes import put_off
from mentorship.core.outbox.send_mail import written_keys

Mail = TypeVar("Mail", EventMail, GuestReminder)


def sweep_events(now: datetime) -> int:
    """Free the seats of people who left, and write the mails that are due. Returns how many of both.

    Idempotent, and may run late.
    """
    settled = _settle_leavers(now)
    after, until = mail_window(now)
    near = SpeedEvent.objects.filter(
        mails_by_itself=True, cancelled_at=None, starts_at__gt=after, starts_at__lte=until
    ).select_related("cohort__programme")
    events = list(near.order_by("starts_at", "pk"))
    facts = read_event_facts(events)
    mails = [mail for event in events for mail in event_mails(event, facts[event.pk], now)]
    due = {mail.event.pk for mail in _unwritten([mail for mail in mails if mail.at <= now < mail.until], now)}
    reminders = [one for one in guest_reminders(events) if one.at <= now < one.until]
    reminded = sum(_remind_guest(one) for one in _unwritten(reminders, now))
    return settled + reminded + sum(_send_due_mails(event, now) for event in events if event.pk in due)


@transaction.atomic
def _remind_guest(reminder: GuestReminder) -> bool:
    event = lock_event(reminder.event)
    moved = event.starts_at != reminder.event.starts_at
    return not (event.cancelled_at or moved) and reminder.send()


def _settle_leavers(now: datetime) -> int:
    """Free the seats of people who left, and take team seats out of the calendars of members who left their team."""
    departed = Exists(TeamDeparture.objects.filter(enrollment=OuterRef("enrollment")))
    ahead = SpeedRsvp.objects.filter(status__in=[COMING, WAITING], event__cancelled_at=None, event__starts_at__gt=now)
    ahead = where_changed(ahead, "event__cohort__programme__workspace")
    found = ahead.exclude(~Q(departed), enrollment__status__in=Enrollment.OCCUPYING_PLACE)
    rsvps = list(found.select_related("event__cohort__programme", "enrollment__user").order_by("event_id", "pk"))
    settled = sum(free_seat(rsvp) for rsvp in rsvps if not rsvp.enrollment.occupies_place)
    seated = [rsvp for rsvp in rsvps if rsvp.enrollment.occupies_place and rsvp.status == COMING]
    return settled + sum(_tell_leavers(rsvp) for rsvp in seated)


def _tell_leavers(rsvp: SpeedRsvp) -> int:
    told = 0
    for departure in departures_since(rsvp.enrollment, rsvp.asked_at):
        key = f"event-left-team:{rsvp.pk}:{departure.pk}:{departure.departures}"
        if not written_keys([key]):
            why = f"{departure.user} is no longer in the team, which has a seat at {rsvp.event}."
            send_left_team(rsvp, departure.user, key=key, why=why)
            told += 1
    return told


@transaction.atomic
def _send_due_mails(event: SpeedEvent, now: datetime) -> int:
    event = lock_event(event)
    planned = event_mails(event, read_event_facts([event])[event.pk], now)
    due = _unwritten([mail for mail in planned if mail.at <= now < mail.until], now)
    sender = event.cohort.sender
    for mail in due:
        send_event_mail(event, mail.enrollments, mail.template, to=mail.to, sender=sender, key=mail.key, why=mail.why)
    if asked := sum(mail.template == "event_wishes" for mail in due):
        record(verb=Verb.ASKED_FOR_WISHES, target=event, workspace_id=event.cohort.workspace_id, by=None, mails=asked)
    return len(due)


def _unwritten(mails: list[Mail], now: datetime) -> list[Mail]:
    """Leave out mails that are already written, and those that a coordinator postponed."""
    keys = {mail.key for mail in mails}
    left = keys - written_keys(keys)
    left -= put_off(left, now)
    return [mail for mail in mails if mail.key in left]
