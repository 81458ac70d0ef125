"""Pages for reports: create, preview, publish, share, compare; a partner's impact page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.models import Workspace
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, workspaces_of
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import every_word
from partners.documents.reports import report_pdf
from partners.models import ImpactReport, Quote, ReportLink, ReportVersion, Sponsorship
from partners.records.view_base import Crumbs, download, form_page
from partners.reports import services as reports_services
from partners.reports.composition import beside, compose, csv_rows, logos_of, progress
from partners.reports.forms import QuoteForm, ReportForm, ShareLinkForm


class ImpactPage(LoginRequiredMixin, View):
    """What became of the cohort that a partner supports."""

    def get(self, request: HttpRequest, slug: str, cohort_slug: str) -> HttpResponse:
        sponsorship = get_visible_or_404(
            Sponsorship.objects.visible_to(request.user), partner__slug=slug, cohort__slug=cohort_slug
        )
        of_team = workspaces_of(request.user).filter(workspace_id=sponsorship.partner.workspace_id).exists()
        data = progress(sponsorship, release=not of_team)
        context: dict[str, Any] = {
            "sponsorship": sponsorship,
            "partner": sponsorship.partner,
            "report_cohort": sponsorship.cohort,
            "figures": next((b["figures"] for b in data["blocks"] if b["kind"] == "figures"), []),
            "data": {**data, "blocks": [b for b in data["blocks"] if b["kind"] != "figures"]},
            "logos": [],
            "begun": bool(data["blocks"]),
            "of_team": of_team,
            "now": timezone.now(),
        }
        return render(request, "partners/reports/impact.html", context)


REPORTS: Crumbs = [("Reports", "/partners/reports/")]


class ReportList(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        found = ImpactReport.objects.visible_to(request.user).prefetch_related("versions")
        found = every_word(found, request.GET.get("q", ""), "title")
        context = {
            "page_obj": page_of(request, found),
            "q": request.GET.get("q", ""),
            "may_edit": workspaces_of(request.user, editing=True).exists(),
        }
        return render(request, "partners/reports/list.html", context)


class ReportCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {key: pk for key in ("partner", "cohort") if (pk := number_in(request.GET.get(key)))}
        form = ReportForm(workspaces=self._workspaces(request), initial=initial)
        return form_page(request, form, heading="New report", crumbs=REPORTS)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReportForm(request.POST, workspaces=self._workspaces(request))
        if form.is_valid():
            said = form.cleaned_data
            try:
                report = reports_services.create_report(
                    workspace=self._workspace(request, said), by=request.user, **said
                )
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                return redirect(report)
        return form_page(request, form, heading="New report", crumbs=REPORTS, status=422)

    @staticmethod
    def _workspaces(request: HttpRequest) -> Any:
        found = workspaces_of(request.user, editing=True)
        if not found.exists():
            raise Http404
        return found

    def _workspace(self, request: HttpRequest, said: dict[str, Any]) -> Any:
        """That of the cohort or the partner; for a public report about a year the coordinator's own first one."""
        if said["cohort"]:
            return said["cohort"].programme.workspace
        if said["partner"]:
            return said["partner"].workspace

        return Workspace.objects.filter(pk__in=self._workspaces(request)).order_by("pk")[0]


class ReportDetail(CoordinatorRequiredMixin, View):
    """A report in the making: what it would say now, its versions and links."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = get_visible_or_404(ImpactReport.objects.visible_to(request.user), pk=pk)
        context = {
            "report": report,
            "data": compose(report, release=False),
            "versions": report.versions.select_related("published_by"),
            "links": ReportLink.objects.filter(version__report=report, revoked_at=None).select_related("version"),
            "may_edit": may_edit(request.user, report.workspace_id),
            "history": history_of(report),
            "now": timezone.now(),
            "logos": logos_of(report),
        }
        return render(request, "partners/reports/detail.html", context)


class ReportEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = _editable(request, pk)
        return form_page(request, ReportForm(instance=report, workspaces=None), heading=report.title, crumbs=REPORTS)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = _editable(request, pk)
        form = ReportForm(request.POST, instance=_editable(request, pk), workspaces=None)
        if not form.is_valid():
            return form_page(request, form, heading=report.title, crumbs=REPORTS, status=422)
        reports_services.save_report(report=form.save(commit=False), by=request.user)
        messages.success(request, "Saved. What is published stays as it is.")
        return redirect(report)


class ReportPublish(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = _editable(request, pk)
        try:
            version = reports_services.publish_report(report=report, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect(report)
        messages.success(request, f"Version {version.number} is published and never changes.")
        return redirect(version)


class VersionPage(LoginRequiredMixin, View):
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


class SharedVersion(View):
    """The same by a secret link that ends; it leads nowhere else."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        version = reports_services.version_by_token(token, timezone.now())
        if version is None:
            return render(request, "partners/reports/shared_gone.html", status=404)
        response = _version(request, version, "partners/reports/shared.html", {})
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "private, no-store"
        return response


def _version(request: HttpRequest, version: ReportVersion, template: str, more: dict[str, Any]) -> HttpResponse:
    name = f"report-{version.report_id}-{version.number}"
    logos = logos_of(version.report)
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
        rows = beside(old.data, new.data)
        return render(
            request, "partners/reports/compare.html", {"old": old, "new": new, "rows": rows, "report": new.report}
        )


class VersionShare(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        report = _editable(request, pk)
        version = get_visible_or_404(report.versions.select_related("report"), number=number)
        form = ShareLinkForm(request.POST)
        if form.is_valid():
            _link, token = reports_services.share_version(
                version=version, days=form.cleaned_data["days"], by=request.user
            )
            address = settings.SITE_URL + reverse("partners:shared", args=[token])
            request.session[f"report-link-{version.pk}"] = address  # shown once, on the next page
        else:
            messages.error(request, "A link works for 1 to 365 days.")
        return redirect(version)


class LinkRevoke(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, link: int) -> HttpResponse:
        report = _editable(request, pk)
        found = ReportLink.objects.filter(version__report=report).select_related("version__report")
        reports_services.revoke_link(link=get_visible_or_404(found, pk=link), by=request.user)
        messages.success(request, "The link works no more.")
        return redirect(report)


class Quotes(CoordinatorRequiredMixin, View):
    """What people of a cohort said, and whether it may be printed."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, QuoteForm())

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        if "remove" in request.POST:
            quotes = cohort.quotes.select_related("cohort__programme")
            quote = get_visible_or_404(quotes, pk=number_in(request.POST["remove"]))
            reports_services.remove_quote(quote=quote, by=request.user)
            return redirect("partners:quotes", cohort_slug=cohort_slug)
        form = QuoteForm(request.POST)
        if not form.is_valid():
            return self._page(request, cohort, form, status=422)
        reports_services.add_quote(cohort=cohort, by=request.user, **form.cleaned_data)
        return redirect("partners:quotes", cohort_slug=cohort_slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: Any, status: int = 200) -> HttpResponse:
        context = {
            "cohort": cohort,
            "quotes": Quote.objects.filter(cohort=cohort),
            "form": form,
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "partners/reports/quotes.html", context, status=status)


def _editable(request: HttpRequest, pk: int) -> ImpactReport:
    return get_visible_or_404(ImpactReport.objects.editable_by(request.user), pk=pk)
