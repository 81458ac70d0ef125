"""What people with rights over others must keep to: a second factor where it is demanded, and an end when idle."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format

from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import roles_of

OPERATOR, PARTNER = "operator", "partner"
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
SEEN = "seen_at"
# Seen is written down this often: a write for each page would cost more than it tells.
NOTED_EVERY_SECONDS = 300


def roles_held(user: User) -> set[str]:
    """The kinds of rights that somebody has: operator, owner, coordinator, viewer, partner."""
    held = set(roles_of(user).values_list("role", flat=True))
    if user.is_staff or user.is_superuser:
        held.add(OPERATOR)
    contacts = User._meta.get_field("partner_contacts").related_model
    if contacts._default_manager.filter(user=user).exists():  # type: ignore[union-attr]
        held.add(PARTNER)
    return held


def needs_second_factor(user: User) -> bool:
    """Whether their roles demand a second factor that they have not set up."""
    demanded = set(settings.SECOND_FACTOR_ROLES)
    return bool(demanded) and not is_mfa_enabled(user, FACTORS) and bool(demanded & roles_held(user))


class StaffMiddleware:
    """Ends idle sessions of staff, and asks for the second factor: first with some days to set it up, then at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and (answer := _end_where_idle(request, request.user)):
            return answer
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Return the way to the second factor where it is overdue. Account pages and signed links stay open."""
        user = request.user
        is_open = request.path.startswith(("/accounts/", "/static/")) or "token" in kwargs
        if is_open or not isinstance(user, User) or not needs_second_factor(user):
            return None
        today = timezone.localdate()
        if user.second_factor_by is None:
            user.second_factor_by = today + timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)
            user.save(update_fields=["second_factor_by"])
        if user.second_factor_by > today:
            request.second_factor_by = user.second_factor_by  # type: ignore[attr-defined]
            return None
        by = date_format(user.second_factor_by, "j F Y")
        messages.warning(request, f"Your role needs a second factor since {by}. Set one up here to go on.")
        return redirect("mfa_index")


def note_sign_in(*, request: HttpRequest, **_signal: object) -> None:
    """Signing in counts as the first page; allauth has put the session on the list by itself."""
    if hasattr(request, "session"):
        request.session[SEEN] = time.time()


def _end_where_idle(request: HttpRequest, user: User) -> HttpResponse | None:
    now, seen = time.time(), request.session.get(SEEN)
    if seen is not None and now - seen > 60 * settings.STAFF_IDLE_MINUTES and roles_held(user):
        logout(request)
        messages.info(request, "You were signed out because nothing happened here for a while. Sign in to go on.")
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    if seen is None or now - seen > NOTED_EVERY_SECONDS:
        request.session[SEEN] = now
        if request.session.session_key:
            UserSession.objects.create_from_request(request)
    return None
