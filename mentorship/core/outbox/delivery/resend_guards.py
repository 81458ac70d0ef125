"""Why a message may not be queued, or tried, again. The rooms above say so: this one doesn't know what it announced."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mentorship.core.outbox.models import OutboxMessage

# A function gets a message and returns a sentence that says why it stays where it is, or "".
_VETOES: "list[Callable[[OutboxMessage], str]]" = []


def add_veto(veto: "Callable[[OutboxMessage], str]") -> None:
    """Let a room keep messages back; called in AppConfig.ready."""
    if veto not in _VETOES:
        _VETOES.append(veto)


def veto_against(message: "OutboxMessage") -> str:
    """The first reason against queueing it again; "" where nobody has one."""
    return next(filter(None, (veto(message) for veto in _VETOES)), "")
