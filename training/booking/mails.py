"""Mails about a booking."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as format_date

from cohorts.calendar.ics import invitation, removal_for
from cohorts.enrollment.audience import to_people_of
from cohorts.sharing.addressing import MailLists, team_lists
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.recipients import Recipient
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.ui.moments import event_in_words
from training.booking import links
from training.booking.calendar import event_of
from training.models import TrainingBooking, TrainingSession

# Mails that change somebody's calendar carry the file; the others only link to it.
LEFT = "left"  # to people who have left the cohort, so membership is not checked
LEFT_TEAM = "left_team"  # to a member who left, while the team keeps its seat
WITH_CALENDAR = ("booked", "changed", "cancelled", LEFT, "offer", "offer_lapsed", "session_cancelled")


def mail_booking(
    booking: TrainingBooking, template: str, *, key: str, why: str, to: Sequence[Recipient] = (), **context: Any
) -> OutboxMessage:
    """Mail the person of a booking, for a team everybody in it, or only `to`, while they are in the cohort.

    `key` distinguishes mails of one kind; the same key again writes nothing.
    """
    return send_mail(
        f"training/{template}",
        _context(booking, context),
        sender=booking.session.cohort.sender,
        key=f"training-{template}:{key}",
        why=why,
        **_lists(booking, to),
        audience=to_people_of(booking.enrollment) if booking.enrollment and template != LEFT else None,
        kind="training",
        files=[invitation(event_of(booking), timezone.now())] if template in WITH_CALENDAR else [],
    )


def mail_left_team(booking: TrainingBooking, person: User, *, key: str, why: str) -> None:
    """Take a team's seat out of the calendar of a member who left."""
    send_mail(
        f"training/{LEFT_TEAM}",
        _context(booking, {"person": person.short_name}),
        sender=booking.session.cohort.sender,
        key=key,
        why=why,
        to=[person],
        kind="training",
        files=[invitation(removal_for(event_of(booking), str(person), person.email), timezone.now())],
    )


def _lists(booking: TrainingBooking, to: Sequence[Recipient]) -> MailLists:
    if to or booking.enrollment is None:
        return {"to": list(to) or booking.recipients, "cc": [], "bcc": []}
    return team_lists(booking.enrollment.people, [booking.enrollment], booking.session.cohort.programme.contact_email)


def booking_mail(booking: TrainingBooking, template: str, **context: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail about a booking. Writes nothing; `context` may replace the links."""
    return render_for(booking.session.cohort.sender, f"training/{template}", _context(booking, context))


def _context(booking: TrainingBooking, more: Mapping[str, Any]) -> dict[str, Any]:
    session = booking.session
    return {
        "person": booking.short_name,
        "booking": booking,
        "session": session,
        "training": session.training,
        "cohort": session.cohort,
        "programme": session.cohort.programme,
        "zone": booking.zone.key,
        "when": when_words(session, booking.zone),
        "day": format_date(session.starts_at.astimezone(session.tz), "j F, H:i"),
        "choose": links.own_slots_url(booking),
        "ics": links.ICS.url(booking.pk),
        **more,
    }


def when_words(session: TrainingSession, reader: ZoneInfo) -> str:
    """The time of a session for a reader in a zone: in its own time zone first."""
    when = event_in_words(session.starts_at, session.tz, reader)
    return f"{when}, {session.place}" if session.place else when


def days_before(booking: TrainingBooking, moment: datetime) -> int:
    """The number of days in the person's calendar between a moment and the session."""
    begins = booking.session.starts_at.astimezone(booking.zone).date()
    return (begins - moment.astimezone(booking.zone).date()).days
