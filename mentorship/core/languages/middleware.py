"""Every request begins in English. A view that is translated chooses its reader's language (`LookupView`)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mentorship.core.languages.current import speaking
from mentorship.core.languages.known import ENGLISH


class ReaderLanguageMiddleware:
    """Ends the language of a request with it, so that the next one in this thread begins in English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with speaking(ENGLISH):
            return self.get_response(request)
