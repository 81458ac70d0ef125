"""Middleware: the same form sent twice, by a double click, the back button or a replay, has one effect."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from mentorship.core.submissions.services import claim_submission, settle_submission, submission_key


class SubmitOnceMiddleware:
    """Let a form through once. Sent again, it leads where it led the first time.

    What was answered with a redirect had its effect, as every form of ours that saves or sends something is, unless all
    it says is what is wrong. Answered with a page, such as a preview or its errors, it may be sent again; a view whose
    page is the last one says so with `answered_by_page`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if submission := getattr(request, "submission", None):
            settle_submission(submission, _where_it_led(request, response))
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Return the answer to a form that was sent before; None for any other request. Runs after the CSRF check."""
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
    """The address for whoever sends the form again; "" if it had no effect."""
    if getattr(response, "had_effect", False):
        return request.get_full_path()
    if response.has_header("Location") and not _only_says_what_is_wrong(request):
        return response["Location"]
    return ""


def _only_says_what_is_wrong(request: HttpRequest) -> bool:
    """Whether the request was refused: all that it leaves for the next page is an error."""
    # Reading the messages by the public way would take them from that page.
    levels = [message.level for message in messages.get_messages(request)._queued_messages]  # type: ignore[union-attr]
    return bool(levels) and min(levels) >= messages.ERROR
