"""Browsers in which somebody has signed in before, so that wrong passwords elsewhere can't lock them out there."""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from mentorship.core.accounts.models import User

SALT = "accounts.known-browser"
AGE = 365 * 24 * 3600
# How many of the people who share a browser are remembered.
REMEMBERED = 5


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Record in a cookie that this person signed in here."""
    known = _read(request)
    people = [user.pk, *(pk for pk in known["people"] if pk != user.pk)][:REMEMBERED]
    response.set_cookie(
        _name(),
        signing.dumps({"id": known["id"], "people": people}, salt=SALT),
        max_age=AGE,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def known_browser_of(request: HttpRequest, user_id: int) -> str:
    """The id of this browser if this person has signed in here before, otherwise ""."""
    known = _read(request)
    return str(known["id"]) if user_id in known["people"] else ""


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        found: dict[str, Any] = signing.loads(request.COOKIES.get(_name(), ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        found = {"id": secrets.token_urlsafe(12), "people": []}
    return found


def _name() -> str:
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"
