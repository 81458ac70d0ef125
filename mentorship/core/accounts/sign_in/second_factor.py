"""The second factor that some roles require."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format

from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import roles_held

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def needs_second_factor(user: User) -> bool:
    """Whether their roles require a second factor that they have not set up."""
    demanded = set(settings.SECOND_FACTOR_ROLES)
    return bool(demanded) and not is_mfa_enabled(user, FACTORS) and bool(demanded & roles_held(user))


class SecondFactorMiddleware:
    """Requires the second factor if a role demands one, after some days to set it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Redirect to the second factor if it is overdue. Account pages and signed links stay open."""
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
