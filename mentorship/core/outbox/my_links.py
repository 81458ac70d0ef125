"""The page on which a person sees every link of their mails by which they can still act without signing in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_GET

from mentorship.core.accounts.models import User
from mentorship.core.links import LinkError, LinkFormat, kind_of
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.own_links import address_of
from mentorship.core.views import LookupView

# The newest mails with links; those of older ones come again in newer ones, or have ended.
MAILS = 300


@dataclass(frozen=True)
class LiveLink:
    """A link that works: what it is for, the newest mail with it, its address, and its end (UTC) if it has one."""

    does: str
    subject: str
    sent_at: datetime
    path: str
    until: datetime | None


@require_GET
@login_required
def my_links(request: HttpRequest) -> HttpResponse:
    """The reader's live links, the newest first."""
    user = cast(User, request.user)
    return render(request, "outbox/my_links.html", {"links": list(live_links(user, request))})


def live_links(user: User, request: HttpRequest) -> Iterator[LiveLink]:
    """The links of mails to this person that still lead to something to do, each once."""
    seen = set()
    for message in _mails_to(user):
        # The shortest address of a kind is its page itself: answers that a mail offers to click come after it.
        for kept in sorted((one for one in message.links.values() if isinstance(one, dict)), key=lambda k: k["after"]):
            what = kept["for"], tuple(kept["values"])
            if what in seen or (link := _live(message, kept, request)) is None:
                continue
            seen.add(what)
            yield link


def _mails_to(user: User) -> list[OutboxMessage]:
    """Mails that this person got, the newest first. Those that name them for answers went to somebody else."""
    found = OutboxMessage.objects.filter(status=OutboxMessage.Status.SENT).exclude(links={})
    found = found.alias(people_text=Cast("people", TextField())).filter(people_text__contains=f": {user.pk}")
    newest = found.order_by("-sent_at")[:MAILS]
    return [m for m in newest if user.pk in {m.people[a] for a in m.recipients if a in m.people}]


def _live(message: OutboxMessage, kept: dict[str, Any], request: HttpRequest) -> LiveLink | None:
    try:
        kind, address = kind_of(kept["for"]), address_of(kept)
    except (KeyError, TypeError):  # a kind of an older version
        return None
    sent_at = message.sent_at
    if sent_at is None:
        return None
    path = address.removeprefix(settings.SITE_URL)
    ends = kind.format is LinkFormat.DATED and kind.max_age is not None
    until = sent_at + kind.max_age if ends and kind.max_age else None
    return (
        LiveLink(kind.does or message.subject, message.subject, sent_at, path, until)
        if _leads_to_something(path, request)
        else None
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
