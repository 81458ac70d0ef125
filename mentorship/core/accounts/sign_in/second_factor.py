"""The second factor that some roles require."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.accounts.permissions import roles_held, roles_of

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_second_factor_demanded(user: User) -> bool:
    """Whether the installation demands one of their roles, or a programme of its team."""
    demanded = set(settings.SECOND_FACTOR_ROLES)
    by_installation = bool(demanded) and bool(demanded & roles_held(user))
    return by_installation or roles_of(user).filter(workspace__demands_second_factor=True).exists()


def ask_team(workspace: Workspace) -> None:
    """Give people in a team that demands a second factor some days to set it up; earlier deadlines stay."""
    if workspace.demands_second_factor:
        told = User.objects.filter(workspace_roles__workspace=workspace, second_factor_by=None)
        told.update(second_factor_by=_end_of_grace())


def has_second_factor(user: User) -> bool:
    """Whether they have set one up; recovery codes alone are none."""
    return is_mfa_enabled(user, FACTORS)


def _end_of_grace() -> date:
    return timezone.localdate() + timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)


def _keep_until(user: User, day: date | None) -> None:
    if user.second_factor_by != day:
        user.second_factor_by = day
        user.save(update_fields=["second_factor_by"])


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
        if is_open or not isinstance(user, User):
            return None
        if not settings.SECOND_FACTOR_ROLES and user.second_factor_by is None:
            return None  # if a programme demands it of them they have a deadline, see `ask_team`
        if not is_second_factor_demanded(user):
            _keep_until(user, None)  # if it is demanded again later, the days start again
            return None
        if has_second_factor(user):
            return None
        today = timezone.localdate()
        if user.second_factor_by is None:
            _keep_until(user, _end_of_grace())
        if user.second_factor_by and user.second_factor_by > today:
            request.second_factor_by = user.second_factor_by  # type: ignore[attr-defined]
            return None
        by = date_format(user.second_factor_by or today, "j F Y")
        messages.warning(request, f"You have needed a second factor since {by}. Set one up to carry on.")
        return redirect("mfa_index")
