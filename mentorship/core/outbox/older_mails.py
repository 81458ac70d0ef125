"""For migrations: determine the audience of mails that an older version wrote, as far as their keys tell.

Mails that already have an audience, or were sent, are not changed.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

# Given the parts of a key behind its prefix and the message, whom it is for; None if nobody can say. An empty one
# is for whoever it was written to.
FindAudience = Callable[[list[str], Any], Mapping[str, Any] | None]
# Marks a provisional audience, which a migration of a higher app may replace.
FOR_NOW = "for now"


def waiting_mails(apps: Any, prefixes: Iterable[str] = ("",)) -> QuerySet:
    """Unsent mails without a final audience, by the prefix of their key."""
    begins = Q()
    for prefix in prefixes:
        begins |= Q(key__startswith=prefix)
    unnamed = Q(audience={}) | Q(**{f"audience__{FOR_NOW}": True})
    return apps.get_model("outbox", "OutboxMessage").objects.filter(begins & unnamed).exclude(status="sent")


def name_audiences(apps: Any, find: Mapping[str, FindAudience]) -> None:
    """Set the audience of queued mails. Mails with an unexpected key are left unchanged."""
    prefixes = sorted(find, key=len, reverse=True)
    for message in waiting_mails(apps, prefixes).iterator(chunk_size=500):
        prefix = next(prefix for prefix in prefixes if message.key.startswith(prefix))
        try:
            audience = find[prefix](message.key.removeprefix(prefix).split(":"), message)
        except (ValueError, IndexError):
            continue
        if audience is not None:
            type(message).objects.filter(pk=message.pk).update(audience=dict(audience))
