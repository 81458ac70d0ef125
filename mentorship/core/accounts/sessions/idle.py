"""End the sessions of privileged people after a period of inactivity."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import roles_held

SEEN = "seen_at"
# The time of the last request is stored this often: a write for each page would cost more than it tells.
NOTED_EVERY_SECONDS = 300


class IdleSessionMiddleware:
    """Signs out staff who return after too long a pause, and records when everybody was last here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and (answer := _end_where_idle(request, request.user)):
            return answer
        return self.get_response(request)


def note_sign_in(*, request: HttpRequest, **_signal: object) -> None:
    """Count signing in as the first page; allauth adds the session to the list by itself."""
    if hasattr(request, "session"):
        request.session[SEEN] = time.time()


def _end_where_idle(request: HttpRequest, user: User) -> HttpResponse | None:
    now, seen = time.time(), request.session.get(SEEN)
    if seen is not None and now - seen > 60 * settings.STAFF_IDLE_MINUTES and roles_held(user):
        logout(request)
        messages.info(request, "You were signed out because you hadn’t used the site for a while. Sign in to carry on.")
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if seen is None or now - seen > NOTED_EVERY_SECONDS:
        request.session[SEEN] = now
        if request.session.session_key:
            UserSession.objects.create_from_request(request)
    return None
