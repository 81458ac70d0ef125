"""Mails about a booking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from mentorship.core.outbox.mail_templates.rendering import render_mail
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import enqueue
from training.booking import links
from training.booking.calendar import booking_file
from training.models import TrainingBooking

# Mails that change what stands in somebody's calendar carry the file; the others only link to it.
WITH_CALENDAR = ("booked", "changed", "cancelled", "session_cancelled")


def mail_booking(
    booking: TrainingBooking, template: str, *, key: str, why: str, to: Sequence[str] = (), **context: Any
) -> OutboxMessage:
    """Write to the person of a booking, of a team to all its people, or to the addresses `to` only.

    `key` tells mails of one kind apart; the same key again writes nothing.
    """
    session = booking.session
    workspace_id, scope = session.cohort.workspace_id, session.cohort.scope
    subject, text, html = booking_mail(booking, template, **context)
    return enqueue(
        key=f"training-{template}:{key}",
        workspace_id=workspace_id,
        scope=scope,
        kind="training",
        why=why,
        to=list(to) or booking.emails,
        subject=subject,
        text=text,
        html=html,
        reply_to=[session.cohort.programme.contact_email],
        files=[_calendar(booking)] if template in WITH_CALENDAR else [],
    )


def booking_mail(booking: TrainingBooking, template: str, **context: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail about a booking. Writes nothing; `context` may replace the links."""
    session = booking.session
    programme = session.cohort.programme
    values = {
        "person": booking.short_name,
        "booking": booking,
        "session": session,
        "training": session.training,
        "cohort": session.cohort,
        "programme": programme,
        "zone": booking.zone.key,
        "choose": links.own_slots_url(booking),
        "ics": links.ICS.url(booking.pk),
        **context,
    }
    workspace_id, scope = session.cohort.workspace_id, session.cohort.scope
    return render_mail(f"training/{template}", values, workspace_id=workspace_id, scope=scope)


def days_before(booking: TrainingBooking, moment: datetime) -> int:
    """How many days of the person's calendar lie between a moment and the session."""
    begins = booking.session.starts_at.astimezone(booking.zone).date()
    return (begins - moment.astimezone(booking.zone).date()).days


def _calendar(booking: TrainingBooking) -> tuple[str, str, bytes]:
    """The booking as it stands now, as an attachment: calendars read an update or that it is off."""
    text = booking_file(booking, timezone.now())
    method = "CANCEL" if "\nMETHOD:CANCEL" in text else "PUBLISH"
    return "session.ics", f"text/calendar; method={method}", text.encode()
