"""Pages for reports: create, preview, publish, share, compare; a partner's impact page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.models import Workspace
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, workspaces_of
from mentorship.core.errors import ServiceError
from mentorship.core.links import absolute_url
from mentorship.core.ui.downloads.export import export
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import Ask, WorkspaceView, errors_as_messages
from partners.documents.reports import report_pdf
from partners.models import ImpactReport, ReportLink, ReportVersion, Sponsorship
from partners.records.view_base import Crumbs, OneFormPage, download, editable_programmes
from partners.reports.composition import (
    compare_versions,
    compose,
    csv_rows,
    impact_page_data,
    logos_of,
    protection_in,
)
from partners.reports.forms import ReportForm, ShareLinkForm
from partners.reports.services import (
    create_report,
    publish_report,
    revoke_link,
    save_report,
    share_version,
    version_by_token,
)
from partners.testimonials.services import without_withdrawn

REPORTS: Crumbs = [("Reports", "/partners/reports/")]


class ImpactPage(LoginRequiredMixin, View):
    """The results of the cohort that a partner supports."""

    def get(self, request: HttpRequest, slug: str, cohort_slug: str) -> HttpResponse:
        sponsorship = get_visible_or_404(
            Sponsorship.objects.visible_to(request.user), partner__slug=slug, cohort__slug=cohort_slug
        )
        of_team = workspaces_of(request.user).filter(workspace_id=sponsorship.partner.workspace_id).exists()
        data = impact_page_data(sponsorship, release=not of_team, for_team=of_team)
        context: dict[str, Any] = {
            "sponsorship": sponsorship,
            "partner": sponsorship.partner,
            "report_cohort": sponsorship.cohort,
            "figures": next((b["figures"] for b in data["blocks"] if b["kind"] == "figures"), []),
            "data": {**data, "blocks": [b for b in data["blocks"] if b["kind"] != "figures"]},
            "logos": [],
            "begun": bool(data["blocks"]),
            "protection": protection_in(data),
            "of_team": of_team,
            "deliverables": sponsorship.deliverables.all(),
            "day": timezone.localdate(),
            "now": timezone.now(),
        }
        return render(request, "partners/reports/impact.html", context)


class ReportList(CoordinatorRequiredMixin, View):
    """Draft reports with their published versions."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = ImpactReport.objects.visible_to(request.user).prefetch_related("versions")
        found = every_word(found, request.GET.get("q", ""), "title")
        context = {
            "page_obj": page_of(request, found),
            "q": request.GET.get("q", ""),
            "may_edit": workspaces_of(request.user, editing=True).exists(),
        }
        return render(request, "partners/reports/list.html", context)


class ReportCreate(CoordinatorRequiredMixin, OneFormPage):
    """Create a report; partner and cohort may be in the address."""

    heading = "New report"
    crumbs = REPORTS

    def look_up(self) -> None:
        self.programmes = editable_programmes(self.request).select_related("workspace")

    def get_form(self, *data: Any) -> ReportForm:
        asked = self.request.GET
        initial = {key: pk for key in ("partner", "cohort") if (pk := number_in(asked.get(key)))}
        return ReportForm(*data, programmes=self.programmes, initial=initial)

    def save(self, form: ReportForm) -> HttpResponse:
        programme, fields = form.chosen_programme(), form.cleaned_data
        return redirect(create_report(workspace=_workspace_of(fields, programme), by=self.user, **fields))


def _workspace_of(fields: dict[str, Any], programme: Programme | None) -> Workspace:
    """The workspace of the cohort or the partner; of the chosen programme for a public report about a year."""
    if fields["cohort"]:
        return fields["cohort"].programme.workspace
    if fields["partner"]:
        return fields["partner"].workspace
    assert programme is not None  # noqa: S101  (the form asks for it)
    return programme.workspace


class ReportView(WorkspaceView):
    """A coordinators' page about the report that `pk` names in the address."""

    report: ImpactReport

    def look_up(self) -> None:
        self.report = get_visible_or_404(self.allowed(ImpactReport.objects.all()), pk=self.kwargs["pk"])

    @property
    def workspace_id(self) -> int:
        return self.report.workspace_id


class ReportDetail(ReportView):
    """A draft report with current figures, its versions and links."""

    template_name = "partners/reports/detail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        links = ReportLink.objects.filter(version__report=self.report, revoked_at=None)
        data = compose(self.report, release=False, for_team=True)
        return self.page(
            report=self.report,
            data=data,
            protection=protection_in(data),
            versions=self.report.versions.select_related("published_by"),
            links=links.select_related("version"),
            now=timezone.now(),
            logos=logos_of(self.report),
        )


class ReportEdit(OneFormPage, ReportView):
    """Edit title, words and blocks."""

    for_editors = True
    crumbs = REPORTS

    def look_up(self) -> None:
        super().look_up()
        self.heading = self.report.title

    def get_form(self, *data: Any) -> ReportForm:
        return ReportForm(*data, instance=self.report)

    def save(self, form: ReportForm) -> HttpResponse:
        report = save_report(report=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved. Published versions have not changed.")
        return redirect(report)


class ReportPublish(ReportView):
    """Publish the report as its next version."""

    asks = {
        "": Ask(
            "Publish this report?",
            "Publish",
            "This makes a version with today’s figures that can’t be changed. The partner’s contacts get an email.",
            danger=False,
        ),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            version = publish_report(report=self.report, by=self.user)
            messages.success(request, f"Version {version.number} is published and never changes.")
            return redirect(version)
        return redirect(self.report)


class VersionDetail(LoginRequiredMixin, View):
    """A published version, as page, PDF, CSV or JSON; for the team and the partner's contacts."""

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        found = ReportVersion.objects.visible_to(request.user)
        version = get_visible_or_404(found, report_id=pk, number=number)
        context = {
            "may_edit": may_edit(request.user, version.report.workspace_id),
            "others": version.report.versions.exclude(pk=version.pk),
            "share_form": ShareLinkForm(),
            "link": request.session.pop(f"report-link-{version.pk}", ""),
        }
        return _version(request, version, "partners/reports/version.html", context)


class VersionByLink(View):
    """A published version behind a secret link that expires, without further navigation."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        version = version_by_token(token, timezone.now())
        if version is None:
            return render(request, "partners/reports/shared_gone.html", status=404)
        response = _version(request, version, "partners/reports/shared.html", {})
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response


def _version(request: HttpRequest, version: ReportVersion, template: str, more: dict[str, Any]) -> HttpResponse:
    name = f"report-{version.report_id}-{version.number}"
    logos = logos_of(version.report)
    version.data = without_withdrawn(version.data, version.report.workspace_id)
    match request.GET.get("format"):
        case "pdf":
            paper = "us-letter" if request.GET.get("paper") == "letter" else "a4"
            try:
                return download(report_pdf(version, paper, logos), "application/pdf", f"{name}.pdf", inline=True)
            except ServiceError as error:
                messages.error(request, str(error))
                return redirect(request.path)
        case "csv" | "xlsx":
            return export(request, name, ["Block", "Table", "What", "Number"], csv_rows(version.data))
        case "json":
            return JsonResponse(version.data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    context = {"version": version, "report": version.report, "data": version.data, "logos": logos, **more}
    return render(request, template, context)


class VersionCompare(LoginRequiredMixin, View):
    """Two versions side by side."""

    def get(self, request: HttpRequest, pk: int, number: int, other: int) -> HttpResponse:
        found = ReportVersion.objects.visible_to(request.user)
        new = get_visible_or_404(found, report_id=pk, number=number)
        old = get_visible_or_404(found, report_id=pk, number=other)
        context = {"old": old, "new": new, "rows": compare_versions(old.data, new.data), "report": new.report}
        return render(request, "partners/reports/compare.html", context)


class VersionShare(ReportView):
    """Create a secret link to a version; its address is shown once, on the next page."""

    def post(self, request: HttpRequest) -> HttpResponse:
        versions = self.report.versions.select_related("report")
        version = get_visible_or_404(versions, number=self.kwargs["number"])
        form = ShareLinkForm(request.POST)
        if form.is_valid():
            _link, token = share_version(version=version, days=form.cleaned_data["days"], by=self.user)
            request.session[f"report-link-{version.pk}"] = absolute_url("partners:version-by-link", token)
        else:
            messages.error(request, "A link works for 1 to 365 days.")
        return redirect(version)


class LinkRevoke(ReportView):
    """Revoke a secret link."""

    asks = {
        "": Ask("Switch this link off?", "Switch it off", "Whoever has it can no longer open the report."),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        found = ReportLink.objects.filter(version__report=self.report).select_related("version__report")
        revoke_link(link=get_visible_or_404(found, pk=self.kwargs["link"]), by=self.user)
        messages.success(request, "The link works no more.")
        return redirect(self.report)
