"""Middleware: the reader's time zone, and 400 for numbers and dates that are out of range."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.defaults import bad_request

from mentorship.core.accounts.models import User

logger = logging.getLogger(__name__)


class BeyondCountingMiddleware:
    """Answer 400, not 500, to numbers and dates that are out of range: no form of ours sends them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the answer to a request that failed for that reason; None for any other."""
        too_long = isinstance(exception, ValueError) and "integer string conversion" in str(exception)
        if not too_long and not isinstance(exception, OverflowError):
            return None
        logger.warning("A request asked for a number or a day beyond counting.", exc_info=exception)
        return bad_request(request, exception)


class ReaderTimeZoneMiddleware:
    """Activates the time zone of the signed-in reader for the length of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and request.user.time_zone:
            with timezone.override(request.user.tz):
                return self.get_response(request)
        return self.get_response(request)
