"""Announce the sign-up of a cohort."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from cohorts.cohort_view import CohortView
from cohorts.setup.announcement import announcement_of, qr_code
from mentorship.core.links import absolute_url


class CohortShare(CohortView):
    """The link to share, as an address, a QR code, a text for an email and a button for a website."""

    template_name = "cohorts/setup/share.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "announcement": announcement_of(self.cohort),
            "signup_open": self.cohort.accepts_signups(),
        }


class CohortShareQr(CohortView):
    """The QR code of the sign-up page as a file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        picture = qr_code(absolute_url("cohorts:signup-start", self.cohort.slug))
        response = HttpResponse(picture, content_type="image/svg+xml")
        if "download" in request.GET:
            response["Content-Disposition"] = f'attachment; filename="sign-up-{self.cohort.slug}.svg"'
        return response
