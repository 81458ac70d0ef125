"""Pages and files of certificates."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views import View

from checkins.graduation.certificates import (
    CERTIFICATES_PER_PART,
    Certificates,
    certificate_pdf,
    certificates_pdf,
    certificates_zip,
    file_name,
)
from checkins.graduation.certificates import Certificate as AnyCertificate
from checkins.models import Graduation
from cohorts.cohort_view import CohortView
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.papers.pdf import PaperError


class CertificatePage(View):
    """Show whether a certificate is valid to anybody who has its number, and only its printed contents."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        found = Graduation.objects.valid().with_people().filter(pk=pk).first()
        status = 200 if found else 404
        return render(request, "checkins/graduation/certificate.html", {"graduation": found}, status=status)


class CertificateFile(View):
    """The certificate as PDF."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        graduation = get_visible_or_404(Graduation.objects.valid().with_people(), pk=pk)
        return one_pdf(request, graduation)


class CertificatesZip(CohortView):
    """A zip of a cohort's certificates, in parts if there are many."""

    def get(self, request: HttpRequest) -> HttpResponse:
        part, suffix = part_of(request, _graduates(self.cohort))
        content, left_out = certificates_zip(part)
        warn_left_out(request, left_out)
        return attachment(content, "application/zip", f"{self.cohort.slug}-certificates{suffix}.zip")


class CertificatesPdf(CohortView):
    """The certificates of a cohort in one file to print, a page each; in parts if there are many."""

    def get(self, request: HttpRequest) -> HttpResponse:
        part, suffix = part_of(request, _graduates(self.cohort))
        if not part:
            messages.warning(request, "Nobody has graduated yet.")
            return redirect("checkins:graduation-list", cohort_slug=self.cohort.slug)
        name = f"{self.cohort.slug}-certificates{suffix}.pdf"
        return all_in_one(request, list(part), name, "checkins:graduation-list", self.cohort)


def _graduates(cohort: Cohort) -> Any:
    return Graduation.objects.valid().filter(enrollment__cohort=cohort).with_people().order_by("name", "pk")


def part_of(request: HttpRequest, found: Any) -> tuple[Page[Any], str]:
    """The certificates of the part that `?part=` names, and how the name of its file ends; "" if there is one part."""
    parts = Paginator(found, CERTIFICATES_PER_PART)
    part = parts.get_page(request.GET.get("part"))
    return part, f"-{part.number}-of-{parts.num_pages}" if parts.num_pages > 1 else ""


def parts_for(number: int) -> range:
    """The numbers of the parts that so many certificates come in."""
    return range(1, -(-number // CERTIFICATES_PER_PART) + 1)


def one_pdf(request: HttpRequest, one: AnyCertificate) -> HttpResponse:
    """The certificate as a file, or a redirect to its page if it can't be rendered."""
    try:
        return attachment(certificate_pdf(one), "application/pdf", file_name(one))
    except PaperError:
        messages.warning(request, "No font of this server has all letters of this certificate. Print this page.")
        return redirect(one)


def all_in_one(request: HttpRequest, found: Certificates, name: str, back: str, cohort: Cohort) -> HttpResponse:
    """Every certificate that can be rendered, in one file."""
    try:
        content, left_out = certificates_pdf(found)
    except PaperError:
        warn_left_out(request, found)
        return redirect(back, cohort_slug=cohort.slug)
    warn_left_out(request, left_out)
    return attachment(content, "application/pdf", name)


def warn_left_out(request: HttpRequest, certificates: Certificates) -> None:
    """Warn on the next page about certificates missing from the file."""
    if certificates:
        names = ", ".join(one.name for one in certificates)
        messages.warning(
            request,
            f"Not in the file: {names}. No font of this server has all their letters. Install one, such as the Noto "
            "fonts, or print the pages of their certificates.",
        )


def attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    """A response that the browser saves as a file."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
