"""Middleware: the reader's time zone, and responses to out-of-range values and refused deletions."""

import logging
from collections.abc import Callable

from django.contrib import messages
from django.db import DataError
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.defaults import bad_request

from mentorship.core.accounts.models import User
from mentorship.core.deletion import why_kept

logger = logging.getLogger(__name__)


class BeyondCountingMiddleware:
    """Answer 400, not 500, to what no form of ours sends: numbers and dates out of range, NUL bytes on PostgreSQL."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the answer to a request that failed for that reason; None for any other."""
        too_long = isinstance(exception, ValueError) and "integer string conversion" in str(exception)
        has_nul = isinstance(exception, DataError) and ("NUL" in str(exception) or "\\u0000" in str(exception))
        if not too_long and not has_nul and not isinstance(exception, OverflowError):
            return None
        logger.warning("A request had a number or a day beyond counting, or a NUL byte.", exc_info=exception)
        return bad_request(request, exception)


class RowsInUseMiddleware:
    """If a row can't be deleted, returns to the page with a list of what still needs it, instead of an error page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the way back for a refused deletion; None for any other failure. Nothing of it was saved."""
        if not isinstance(exception, ProtectedError | RestrictedError):
            return None
        messages.error(request, f"This can't be deleted. {why_kept(exception)}")
        before = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()})
        return HttpResponseRedirect(before if is_ours else reverse("home"))


class ReaderRolesMiddleware:
    """While a page is made, the roles of its reader are read once. Requests that change something read them anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD") and isinstance(request.user, User):
            request.user.roles_kept = []  # type: ignore[attr-defined]
        return self.get_response(request)


class ReaderTimeZoneMiddleware:
    """Activates the time zone of the signed-in reader for the length of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and request.user.time_zone:
            with timezone.override(request.user.tz):
                return self.get_response(request)
        return self.get_response(request)
