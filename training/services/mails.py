"""The mails about sessions. Each is written in the transaction of what it tells of, with a key of its own."""

from typing import Any

from mentorship.outbox.models import OutboxMessage
from mentorship.outbox.services import enqueue, render_mail
from training import links
from training.models import SeatHold, TrainingBooking


def mail_booking(booking: TrainingBooking, template: str, *, key: str, why: str, **context: Any) -> OutboxMessage:
    """Write to the person of a booking. `key` tells mails of one kind apart; the same key again writes nothing."""
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
        "choose": own_link(booking),
        "ics": links.ics_link(booking.pk),
        **context,
    }
    workspace_id, scope = session.cohort.workspace_id, session.cohort.scope
    subject, text, html = render_mail(f"training/{template}", values, workspace_id=workspace_id, scope=scope)
    return enqueue(
        key=f"training-{template}:{key}",
        workspace_id=workspace_id,
        scope=scope,
        kind="training",
        why=why,
        to=booking.emails,
        subject=subject,
        text=text,
        html=html,
        reply_to=[programme.contact_email],
    )


def own_link(booking: TrainingBooking) -> str:
    """Where the person of a booking changes or cancels it without signing in."""
    if booking.enrollment_id:
        return links.choose_link(booking.enrollment_id)
    return links.guest_link(booking.guest_id or 0)


def mail_hold(hold: SeatHold, link: str) -> None:
    """Ask the coordinators of another programme whether their people may come."""
    if hold.programme is None:
        return
    session = hold.session
    values = {"hold": hold, "session": session, "training": session.training, "link": link,
              "programme": session.cohort.programme, "theirs": hold.programme}  # fmt: skip
    workspace_id, scope = session.cohort.workspace_id, session.cohort.scope
    subject, text, html = render_mail("training/share_asked", values, workspace_id=workspace_id, scope=scope)
    enqueue(
        key=f"training-share:{hold.pk}",
        workspace_id=workspace_id,
        scope=scope,
        kind="training",
        why=f"{session.cohort.programme} opens a session to {hold.programme}.",
        to=[hold.programme.contact_email],
        subject=subject,
        text=text,
        html=html,
        reply_to=[session.cohort.programme.contact_email],
    )
