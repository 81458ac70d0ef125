"""Pages leave compressed: a list of 77 kB is one of 7 kB."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from mentorship.core.links import has_token

TEXTS = ("text/", "application/json", "image/svg+xml")


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages and texts, but no secret beside what a request makes a page repeat (BREACH).

    Whoever can make a browser send requests and sees how long the answers are could guess a secret letter by letter,
    if a page has both. Django masks the token of forms anew in each answer, and adds a random length to what is
    compressed. Signed links don't change: a page that has one leaves uncompressed if its request had a query or form.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(TEXTS):
            return response
        content = getattr(response, "content", b"")  # files that are streamed have none
        if (request.META.get("QUERY_STRING") or request.method == "POST") and has_token(content):
            return response
        return super().process_response(request, response)  # type: ignore[arg-type]
