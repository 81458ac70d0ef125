"""Pages are private unless they are on a short list: nothing keeps a copy of them, and their address stays here."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mentorship.core.links import TOKEN

# What everybody reads alike and which names nobody who did not agree to it. Whoever is signed in gets them unkept, too:
# the navigation names them.
PUBLIC = frozenset(
    {
        "checkins:public-thanks",
        "cohorts:signup-create",  # going back to a form that is half filled in finds what was typed
        "cohorts:signup-start",
    }
)
# Files without a word about a person.
PUBLIC_FILES = frozenset({"partners:logo-file"})


class PrivatePagesMiddleware:
    """No browser, proxy or history keeps a page, and no page tells others an address by which somebody acts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_public(request):
            response["Cache-Control"] = "no-store, private"
        if TOKEN.search(request.get_full_path().replace("%3A", ":")):
            # The origin alone: without any, Django's check of forms would refuse them.
            response["Referrer-Policy"] = "strict-origin"
            response["X-Robots-Tag"] = "noindex"
        return response


def _is_public(request: HttpRequest) -> bool:
    view = request.resolver_match.view_name if request.resolver_match else ""
    if view in PUBLIC_FILES:
        return True
    user = getattr(request, "user", None)
    return view in PUBLIC and request.method in ("GET", "HEAD") and not (user and user.is_authenticated)
