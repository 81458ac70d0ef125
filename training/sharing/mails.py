"""Mails about shared sessions."""

from mentorship.core.outbox.mail_templates.rendering import render_mail
from mentorship.core.outbox.services import enqueue
from training.models import SeatHold


def mail_share_request(hold: SeatHold, link: str) -> None:
    """Ask the coordinators of another programme whether their people may come."""
    if hold.programme is None:
        return
    session = hold.session
    values = {
        "hold": hold,
        "session": session,
        "training": session.training,
        "link": link,
        "programme": session.cohort.programme,
        "theirs": hold.programme,
    }
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
