"""What will be written later: check-ins, reminders, mails that are planned. The rooms above say so; nothing is stored.

A message is rendered when its moment comes, with the facts of that day. Until then it is a date of its room, where it
is edited, moved or called off. Here all of them stand in one list, next to the messages that are written and wait.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from mentorship.outbox.models import OutboxMessage


@dataclass(frozen=True)
class Coming:
    """One message, or one mail to many, that has not left: when (UTC), to whom, why, and where it is changed."""

    at: datetime
    kind: str
    to: str
    what: str
    why: str
    url: str
    scope: str = ""
    written: bool = False


Source = Callable[[Any, datetime], Iterable[Coming]]
_SOURCES: list[Source] = []


def add_source(source: Source) -> None:
    """Let a room tell what a user's programmes will send after a moment; called in AppConfig.ready."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def coming_for(user: Any, now: datetime | None = None) -> list[Coming]:
    """All that has not left yet, the next first. A constant number of queries for each room."""
    now = now or timezone.now()
    found = [one for source in _SOURCES for one in source(user, now)]
    waiting = OutboxMessage.objects.visible_to(user).filter(status="queued").defer("body_text", "body_html")
    found += [
        Coming(
            at=m.due_at, kind=m.kind, to=", ".join(m.to), what=m.subject, why=m.why, url=m.get_absolute_url(),
            scope=m.scope, written=True,
        )
        for m in waiting
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.at, one.to))
