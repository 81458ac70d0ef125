"""Middleware: a form sent twice, by a double click, the back button or a replay, has one effect."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from mentorship.core.submissions.services import claim_submission, settle_submission, submission_key


class SubmitOnceMiddleware:
    """Accepts a form once. Sent again, it leads to the same page as the first time.

    A redirect means that the form had its effect, as all our forms redirect that save or send something, unless the
    redirect only reports an error. A form answered with a page, such as a preview or its errors, may be sent again; a
    view whose last step is a page calls `answered_by_page`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if submission := getattr(request, "submission", None):
            settle_submission(submission, _where_it_led(request, response))
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return the response for a repeated form; None for any other request. Runs after the CSRF check."""
        key = submission_key(request)
        if not key:
            return None
        is_first, submission = claim_submission(key)
        if is_first:
            request.submission = submission  # type: ignore[attr-defined]
            return None
        if not submission.location:
            return render(request, "409.html", status=409)
        messages.info(request, "You sent this form twice. Only the first one counted.")
        return HttpResponseRedirect(submission.location)


def _where_it_led(request: HttpRequest, response: HttpResponse) -> str:
    """The target of the first submission; "" if it had no effect."""
    if getattr(response, "had_effect", False):
        return request.get_full_path()
    if response.has_header("Location") and not _only_says_what_is_wrong(request):
        return response["Location"]
    return ""


def _only_says_what_is_wrong(request: HttpRequest) -> bool:
    """Whether the request was refused: it leaves only an error for the next page."""
    # Reading the messages through the public API would remove them from that page.
    levels = [message.level for message in messages.get_messages(request)._queued_messages]  # type: ignore[union-attr]
    return bool(levels) and min(levels) >= messages.ERROR
