"""For migrations: name whom mails that an older version wrote are for, as far as their keys tell.

Mails that have an audience already, or were sent, are not changed.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

# Given the parts of a key behind its prefix and the message, whom it is for; None if nobody can say. An empty one
# is for whoever it was written to.
FindAudience = Callable[[list[str], Any], Mapping[str, Any] | None]
# Marks an audience that holds only until a migration of a higher app knows better.
FOR_NOW = "for now"


def waiting_mails(apps: Any, prefixes: Iterable[str] = ("",)) -> QuerySet:
    """What has not been sent and names no audience for good, by what its key begins with."""
    begins = Q()
    for prefix in prefixes:
        begins |= Q(key__startswith=prefix)
    unnamed = Q(audience={}) | Q(**{f"audience__{FOR_NOW}": True})
    return apps.get_model("outbox", "OutboxMessage").objects.filter(begins & unnamed).exclude(status="sent")


def name_audiences(apps: Any, find: Mapping[str, FindAudience]) -> None:
    """Give waiting mails their audience. A key that says something else than expected is left alone."""
    prefixes = sorted(find, key=len, reverse=True)
    for message in waiting_mails(apps, prefixes).iterator(chunk_size=500):
        prefix = next(prefix for prefix in prefixes if message.key.startswith(prefix))
        try:
            audience = find[prefix](message.key.removeprefix(prefix).split(":"), message)
        except (ValueError, IndexError):
            continue
        if audience is not None:
            type(message).objects.filter(pk=message.pk).update(audience=dict(audience))
