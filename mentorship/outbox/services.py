"""Writing messages. A message is written in the transaction of the change that causes it."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.template import Context, Engine
from django.template.loader import get_template
from django.utils import timezone

from mentorship.accounts.models import User
from mentorship.audit.services import record
from mentorship.outbox.models import OutboxMessage
from mentorship.outbox.tasks import deliver_due

logger = logging.getLogger(__name__)


class OutboxError(Exception):
    """What was asked of a message is not possible any more; the text says why."""


def render_mail(template: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of `templates/emails/<template>/`.

    Only the text is written by hand; the HTML is made from it, so that the two can never differ.
    """
    values = {"site_url": settings.SITE_URL, **context}
    subject = _render_text(f"emails/{template}/subject.txt", values)
    text = _render_text(f"emails/{template}/body.txt", values).strip() + "\n"
    html = get_template("emails/layout.html").render({"subject": subject, "text": text})
    return one_line(subject), text, html


def one_line(text: str) -> str:
    """A text that is safe in a mail header: no line breaks or control characters, at most 200 characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def enqueue(
    *,
    key: str,
    workspace_id: int | None,
    kind: str,
    why: str,
    to: Sequence[str],
    subject: str,
    text: str,
    html: str = "",
    cc: Sequence[str] = (),
    reply_to: Sequence[str] = (),
    due_at: datetime | None = None,
) -> OutboxMessage:
    """Write a message; where one with this key exists already, that one is returned and nothing is written.

    `due_at` is a moment in UTC, by default now. Delivery is woken after the caller's transaction commits.
    """
    message, created = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={
            "workspace_id": workspace_id,
            "kind": kind,
            "why": why[:300],
            "to": list(to),
            "cc": list(cc),
            "reply_to": list(reply_to),
            "subject": one_line(subject),
            "body_text": text,
            "body_html": html,
            "due_at": due_at or timezone.now(),
        },
    )
    if created and message.due_at <= timezone.now():
        _wake_after_commit()
    return message


def _wake_after_commit() -> None:
    # 500 intros in one transaction need one wake-up. Where the savepoint that asked for it is rolled back it is lost
    # for the others, which is harmless: the sweep finds them.
    if not any(function is wake_delivery for _, function, *_ in connection.run_on_commit):
        transaction.on_commit(wake_delivery)


def wake_delivery() -> None:
    """Tell the workers that something is due. A lost wake-up is harmless: the sweep finds what is due."""
    try:
        deliver_due.delay()
    except Exception:
        logger.warning("The broker is away; the next sweep delivers what is due.", exc_info=True)


@transaction.atomic
def cancel_message(*, message: OutboxMessage, by: User) -> None:
    """Cancel a message that has not left. Raises OutboxError where it is too late."""
    changed = OutboxMessage.objects.filter(pk=message.pk, status__in=["queued", "failed"]).update(status="cancelled")
    if not changed:
        raise OutboxError("This message has left already, or is leaving now.")
    record(verb="cancelled", target=message, workspace_id=message.workspace_id, by=by)


@transaction.atomic
def resend_message(*, message: OutboxMessage, by: User) -> None:
    """Queue a failed or cancelled message again, with the same Message-ID. Raises OutboxError for any other."""
    changed = OutboxMessage.objects.filter(pk=message.pk, status__in=["failed", "cancelled"]).update(
        status="queued", due_at=timezone.now(), attempts=0, last_error=""
    )
    if not changed:
        raise OutboxError("Only a failed or cancelled message can be sent again.")
    record(verb="queued again", target=message, workspace_id=message.workspace_id, by=by)
    _wake_after_commit()


def _render_text(name: str, values: Mapping[str, Any]) -> str:
    # Plain text: an apostrophe in a name must not become &#x27;.
    return Engine.get_default().get_template(name).render(Context(values, autoescape=False))
