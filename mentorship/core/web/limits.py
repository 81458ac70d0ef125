"""Limits on how often something may be done, by an address, a link, an account, a source or any other key.

The rates are in the setting LIMITS. allauth counts them in the cache, which all processes share and which falls back to
the database while its server is unavailable (`fallback_cache`).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

# allauth's public module counts, but can't undo a count; only this one function of the internal module is used.
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from mentorship.core.errors import ServiceError

UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


class LimitError(ServiceError):
    """Raised if a limit is reached. The text says how long to wait."""

    def __init__(self, name: str) -> None:
        words = gettext("That was too often. Please try again in {wait}.")
        super().__init__(words.format(wait=waiting_time(name)))
        self.name = name
        self.wait = waiting_time(name)


@dataclass
class Spent:
    """Counted uses, which can be taken back if they turn out not to count."""

    uses: list[ratelimit.RateLimitUsage] = field(default_factory=list)

    def take_back(self) -> None:
        for use in self.uses:
            use.rollback()


def spend(request: HttpRequest, **keys: str) -> Spent:
    """Count one use of each limit, given as its name in LIMITS and its key.

    Raises LimitError if one is used up; then none is counted. Call it outside transactions: a rollback forgets it.
    """
    spent = Spent()
    for name, key in keys.items():
        use = ratelimit.consume(
            request, app="mentorship", action=name, config={name: _rates(name)}, key=key, limit_get=True
        )
        if use is None:
            spent.take_back()
            raise LimitError(name)
        spent.uses.append(use)
    return spent


def count_flood(name: str, key: str) -> None:
    """Count one use of a limit that many people share, in fixed stretches of time. Raises LimitError.

    `spend` takes a lock for each use, so a full hall behind one address that answers at the same moment would be
    refused for waiting. This takes none, and may count too few if the database stands in for the cache.
    """
    rate = ratelimit.parse_rates(_rates(name))[0]
    counter = f"limits:{name}:{key}:{int(time.time() // rate.duration)}"
    cache.add(counter, 0, rate.duration)
    try:
        count = cache.incr(counter)
    except ValueError:  # it has just been evicted from the cache
        return
    if count > rate.amount:
        raise LimitError(name)


def forget(request: HttpRequest, **keys: str) -> None:
    """Reset a limit for somebody who proved to be the right person."""
    for name, key in keys.items():
        ratelimit.clear(request, app="mentorship", action=name, config={name: _rates(name)}, key=key)


def source_of(request: HttpRequest) -> str:
    """The source of a request: its address, for IPv6 the network of a household."""
    return ratelimit.truncate_ip(request.META["REMOTE_ADDR"])


def waiting_time(name: str) -> str:
    """The longest possible wait for a limit, such as `5 minutes`."""
    seconds = max(rate.duration for rate in ratelimit.parse_rates(_rates(name)))
    size, unit = next(((size, unit) for size, unit in UNITS if seconds >= size), UNITS[-1])
    count = max(1, round(seconds / size))
    if count == 1:
        return {"day": gettext("a day"), "hour": gettext("an hour"), "minute": gettext("a minute")}[unit]
    words = {
        "day": ngettext("{number} day", "{number} days", count),
        "hour": ngettext("{number} hour", "{number} hours", count),
        "minute": ngettext("{number} minute", "{number} minutes", count),
    }
    return words[unit].format(number=count)


def too_often(request: HttpRequest, error: LimitError) -> HttpResponse:
    """The page for somebody who did something too often, if no form can say so."""
    return render(request, "429.html", {"wait": error.wait}, status=HTTPStatus.TOO_MANY_REQUESTS)


class PublicLimitMiddleware:
    """Limits forms sent without signing in, and by signed links: all of them may write mails to others.

    A view with the attribute `counts_itself` does so once it knows who asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Sequence[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Return the page that asks to wait; None if the request may go on."""
        if request.method in ("GET", "HEAD", "OPTIONS") or hasattr(view, "counts_itself"):
            return None
        try:
            if not request.user.is_authenticated:
                count_flood("post_by_source", source_of(request))
            if token := kwargs.get("token"):
                spend(request, post_by_link=str(token))
        except LimitError as error:
            return too_often(request, error)
        return None


def _rates(name: str) -> str:
    return ",".join(f"{rate.strip()}/key" for rate in settings.LIMITS[name].split(","))
