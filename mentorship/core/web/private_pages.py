"""Pages are private unless they are on a short list: they are not cached, and their addresses are not passed on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mentorship.core.links import TOKEN

# Pages that are the same for everybody and name only people who agreed. Signed-in people get them uncached as well,
# since the navigation shows their name.
PUBLIC = frozenset(
    {
        "cohorts:signup-create",  # going back to a half-filled form still finds the input
        "cohorts:signup-start",
        "privacy-notice",
        "privacy-notice-of-programme",
        "public:calls-frame",
        "public:feed",
        "public:partners",
        "public:programme",
        "public:programme-picture",
        "public:project",
        "public:project-picture",
        "public:robots",
        "public:round",
        "public:round-picture",
        "public:sitemap",
        "public:thanks",
    }
)
# Files that contain nothing about people.
PUBLIC_FILES = frozenset({"partners:logo-file"})


class PrivatePagesMiddleware:
    """Stops browsers and proxies from storing pages, and pages from passing on addresses that let somebody act."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_public(request):
            response["Cache-Control"] = "no-store, private"
        else:  # a form for everybody still has the token of whoever got it, which a shared cache must not hand on
            response.headers.setdefault("Cache-Control", "private")
        if TOKEN.search(request.get_full_path().replace("%3A", ":")):
            # Send the origin only: without any referrer, Django's CSRF check would refuse forms.
            response["Referrer-Policy"] = "strict-origin"
            response["X-Robots-Tag"] = "noindex"
        return response


def _is_public(request: HttpRequest) -> bool:
    view = request.resolver_match.view_name if request.resolver_match else ""
    if view in PUBLIC_FILES:
        return True
    user = getattr(request, "user", None)
    return view in PUBLIC and request.method in ("GET", "HEAD") and not (user and user.is_authenticated)
