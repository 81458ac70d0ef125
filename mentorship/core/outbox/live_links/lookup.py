"""The links of somebody's mails by which they can still act without signing in."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve

from mentorship.core.accounts.models import StoppedLink, User
from mentorship.core.links import LinkError, LinkFormat, kind_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.own_links import address_of
from mentorship.core.views import LookupView

# The newest mails with links; those of older ones come again in newer ones, or have ended.
MAILS = 300


@dataclass(frozen=True)
class LiveLink:
    """A link that works: its use, the newest mail with it, its address, and its end (UTC) if it has one.

    `may_stop`: it acts for this person alone. That of a team's lead is in the mails of the others, too.
    """

    purpose: str
    values: tuple[Any, ...]
    does: str
    message: OutboxMessage
    path: str
    until: datetime | None
    may_stop: bool

    @property
    def key(self) -> str:
        """The name of the link in forms."""
        return f"{self.purpose}:{StoppedLink.written(self.values)}"


def mails_to(user: User, workspaces: Collection[int] | None = None) -> list[OutboxMessage]:
    """The newest sent mails with links of which this person is named, of these workspaces only where given."""
    found = OutboxMessage.objects.filter(status=OutboxMessage.Status.SENT, sent_at__isnull=False).exclude(links={})
    if workspaces is not None:
        found = found.filter(workspace_id__in=workspaces)
    # Sorted here: PostgreSQL would look for so many from the newest message on, through all that name others.
    sent = sorted(found.naming(user).order_by().values_list("sent_at", "pk"), reverse=True)[:MAILS]
    by_pk = OutboxMessage.objects.in_bulk([pk for _, pk in sent])
    return [by_pk[pk] for _, pk in sent]


def live_links(user: User, request: HttpRequest, workspaces: Collection[int] | None = None) -> Iterator[LiveLink]:
    """The links of mails to this person that still lead to something to do, each once, the newest first."""
    seen = set()
    for message in mails_to(user, workspaces):
        # Those that name them for answers went to somebody else.
        if user.pk not in {message.people[a] for a in message.recipients if a in message.people}:
            continue
        # The shortest address of a kind is its page itself: answers that a mail offers to click come after it.
        for kept in sorted((one for one in message.links.values() if isinstance(one, dict)), key=lambda k: k["after"]):
            what = kept["for"], tuple(kept["values"])
            if what in seen or (link := _live(user, message, kept, request)) is None:
                continue
            seen.add(what)
            yield link


def _live(user: User, message: OutboxMessage, kept: dict[str, Any], request: HttpRequest) -> LiveLink | None:
    try:
        kind, address = kind_of(kept["for"]), address_of(kept)
    except (KeyError, TypeError):  # a kind of an older version
        return None
    path, values = address.removeprefix(settings.SITE_URL), tuple(kept["values"])
    sent_at = message.sent_at
    if sent_at is None or kind.is_stopped(values, sent_at) or not _leads_to_something(path, request):
        return None
    ends = kind.format is LinkFormat.DATED and kind.max_age is not None
    return LiveLink(
        purpose=kind.salt,
        values=values,
        does=kind.does or message.subject,
        message=message,
        path=path,
        until=sent_at + kind.max_age if ends and kind.max_age else None,
        may_stop=kind.whose is not None and kind.whose(*values).filter(pk=user.pk).exists(),
    )


def _leads_to_something(path: str, request: HttpRequest) -> bool:
    """Whether there is a page with something to do. Files, such as entries for calendars, are not counted."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return False
    view_class = getattr(match.func, "view_class", None)
    if view_class is None or not issubclass(view_class, LookupView):
        return False
    view = view_class()
    view.setup(request, *match.args, **match.kwargs)
    try:
        view.look_up()
    except (LinkError, Http404):
        return False
    return bool(view.is_open)
