"""Record submitted forms, and recognise repeated ones."""

import time
from datetime import timedelta
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from mentorship.core.submissions.models import Submission

# The second click of a double click waits for the result of the first.
PATIENCE, PAUSE = timedelta(seconds=10), 0.1


def submission_key(request: HttpRequest) -> str:
    """A key that identifies the submission of a form; "" for a request without one of our forms.

    Django masks the CSRF token anew for every page that it renders, so that page, form and everything in it are the
    same only if the same form is sent again. Another page with the same form, or the form with another text, is another
    submission.
    """
    token = request.POST.get("csrfmiddlewaretoken") or request.headers.get("X-CSRFToken")
    if request.method != "POST" or not token:
        return ""
    files = [(name, [(f.name, f.size) for f in found]) for name, found in sorted(request.FILES.lists())]
    sent = (request.get_full_path(), token, sorted(request.POST.lists()), files)
    return sha256(repr(sent).encode()).hexdigest()


def answered_by_page(response: HttpResponse) -> HttpResponse:
    """Declare that a form had its effect although the response is a page: sent again, it shows that page again."""
    response.had_effect = True  # type: ignore[attr-defined]
    return response


def claim_submission(key: str) -> tuple[bool, Submission]:
    """Whether this is the submission that counts, with its row.

    If the same form is being processed, waits for the outcome: after a refusal the second one is let through.
    """
    while True:
        submission, is_first = Submission.objects.get_or_create(key=key)
        if is_first or submission.location or timezone.now() - submission.at > PATIENCE:
            return is_first, submission
        time.sleep(PAUSE)


def settle_submission(submission: Submission, location: str) -> None:
    """Record that the form had its effect and led to `location`; "" if it had none and may be sent again."""
    if location:
        Submission.objects.filter(pk=submission.pk).update(location=location)
    else:
        submission.delete()
