"""Base classes of pages about a partner, of pages with one form, and of downloads."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

from cohorts.models import Programme
from mentorship.core.accounts.permissions import get_visible_or_404, may_edit, workspaces_of
from mentorship.core.views import FormPage, LookupView, WorkspaceView
from partners.models import Partner

Crumbs = Sequence[tuple[str, str]]  # label, address
PARTNERS: Crumbs = [("Partners", "/partners/")]
M = TypeVar("M", bound=Model)


class OneFormPage(FormPage):
    """A page with a single form between a heading and a button.

    `look_up` sets everything that depends on the page's object.
    """

    template_name = "partners/form.html"
    heading: str
    crumbs: Crumbs
    state = ""
    button = "Save"
    multipart = False

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "heading": self.heading,
            "form_state": self.state,
            "button": self.button,
            "crumbs": self.crumbs,
            "multipart": self.multipart,
        }


class PartnerView(WorkspaceView):
    """A coordinators' page about the partner that `slug` names in the address."""

    partner: Partner
    crumbs: Crumbs

    def look_up(self) -> None:
        found = self.allowed(Partner.objects.all()).select_related("workspace__programme")
        self.partner = get_visible_or_404(found, slug=self.kwargs["slug"])
        self.crumbs = partner_crumbs(self.partner)

    @property
    def workspace_id(self) -> int:
        return self.partner.workspace_id

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "partner": self.partner}


class PartnerObjectView(PartnerView, Generic[M]):
    """A coordinators' page about an object of a partner, which `pk` names in the address."""

    object: M

    @abstractmethod
    def get_rows(self) -> QuerySet[M]:
        """The rows of `self.partner` in which `pk` is looked up."""

    def look_up(self) -> None:
        super().look_up()
        self.object = get_visible_or_404(self.get_rows(), pk=self.kwargs["pk"])


class PartnerPage(LoginRequiredMixin, LookupView):
    """A page about a partner that its contacts may read, too."""

    partner: Partner
    crumbs: Crumbs

    def look_up(self) -> None:
        found = Partner.objects.visible_to(self.request.user).select_related("workspace__programme")
        self.partner = get_visible_or_404(found, slug=self.kwargs["slug"])
        self.crumbs = partner_crumbs(self.partner)

    @cached_property
    def of_team(self) -> bool:
        """Whether the reader has a role in the partner's programme."""
        return workspaces_of(self.user).filter(workspace_id=self.partner.workspace_id).exists()

    @cached_property
    def may_edit(self) -> bool:
        """Whether the reader coordinates the partner's programme."""
        return may_edit(self.user, self.partner.workspace_id)

    @cached_property
    def is_contact(self) -> bool:
        """Whether the reader is a contact of the partner."""
        return self.partner.contacts.filter(user=self.user).exists()

    def get_context(self) -> dict[str, Any]:
        context = {"partner": self.partner, "of_team": self.of_team, "may_edit": self.may_edit}
        return {**super().get_context(), **context}


def editable_programmes(request: HttpRequest) -> QuerySet[Programme]:
    """The programmes that the reader coordinates; 404 for those who coordinate none."""
    programmes = Programme.objects.editable_by(request.user)
    if not programmes.exists():
        raise Http404
    return programmes


def next_page(request: HttpRequest) -> str:
    """The page of ours that `?next=` names, from which somebody came to enter something; "" for none."""
    asked = request.GET.get("next", "")
    return asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def partner_crumbs(partner: Partner) -> Crumbs:
    """The list of partners and this one."""
    return [*PARTNERS, (partner.name, partner.get_absolute_url())]


def download(content: bytes | str, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    """A file to download, or with `inline` to display, which must never be used for uploaded files."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
