"""Times are stored in UTC and shown in the reader's zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from mentorship.accounts.models import User


class ReaderTimeZoneMiddleware:
    """Activates the time zone of the signed-in reader for the length of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and request.user.time_zone:
            with timezone.override(request.user.tz):
                return self.get_response(request)
        return self.get_response(request)
