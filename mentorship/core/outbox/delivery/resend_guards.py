"""Reasons not to queue or retry a message, from the apps that know what it announces."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mentorship.core.extensions import ExtensionPoint

if TYPE_CHECKING:
    from mentorship.core.outbox.models import OutboxMessage

RESEND_GUARDS: "ExtensionPoint[Callable[[OutboxMessage], str]]" = ExtensionPoint(
    "resend guards",
    asked_by=__name__,
    about="Given a message, a sentence that says why it may not be queued or tried again, or an empty text.",
)


def reason_against_resending(message: "OutboxMessage") -> str:
    """The first reason not to queue it again; "" if there is none."""
    return next(filter(None, (veto(message) for veto in RESEND_GUARDS)), "")
