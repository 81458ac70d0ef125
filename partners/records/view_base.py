"""What the views of this app share: the form page, lookups with access check, downloads."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from cohorts.models import Programme
from mentorship.core.accounts.permissions import get_visible_or_404
from partners.models import Partner

Crumbs = Sequence[tuple[str, str]]  # label, address


def form_page(
    request: HttpRequest,
    form: Any,
    *,
    heading: str,
    crumbs: Crumbs = (),
    state: str = "",
    button: str = "Save",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A page with one form."""
    context = {"form": form, "heading": heading, "crumbs": crumbs, "form_state": state, "button": button, **more}
    return render(request, "partners/form.html", context, status=status)


def editable_partner(request: HttpRequest, slug: str) -> Partner:
    """The partner, for its coordinators; 404 for everybody else."""
    found = Partner.objects.editable_by(request.user).select_related("workspace__programme")
    return get_visible_or_404(found, slug=slug)


def editable_programmes(request: HttpRequest) -> Any:
    """The programmes that the reader coordinates; 404 for those who coordinate none."""
    programmes = Programme.objects.editable_by(request.user)
    if not programmes.exists():
        raise Http404
    return programmes


def partner_crumbs(partner: Partner) -> Crumbs:
    return [("Partners", "/partners/"), (partner.name, partner.get_absolute_url())]


def download(content: bytes | str, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    """A file. What a person gave is always an attachment."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
