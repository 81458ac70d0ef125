"""Pages for funds: list, create, edit."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import page_of
from mentorship.core.ui.search import every_word
from partners.costs import services as costs_services
from partners.costs.forms import FundForm
from partners.models import Fund, Partner
from partners.records.view_base import editable_programmes, form_page

FUNDS = [("Funds", "/partners/funds/")]


class FundList(CoordinatorRequiredMixin, View):
    """Every fund with what is left."""

    def get(self, request: HttpRequest) -> HttpResponse:
        funds = Fund.objects.visible_to(request.user).with_spent().select_related("partner").order_by("name", "pk")
        funds = every_word(funds, request.GET.get("q", ""), "name")
        if wants_export(request):
            head = ["Fund", "Kind", "Given by", "From", "Until", "Currency", "Budget", "Spent", "Left"]
            rows = [
                (
                    f.name,
                    f.get_kind_display(),
                    f.partner or "",
                    f.starts_on,
                    f.ends_on,
                    f.currency,
                    f.budget,
                    f.spent,
                    f.left,
                )
                for f in funds
            ]
            return export(request, "funds", head, rows)
        editing = Programme.objects.editable_by(request.user).exists()
        page = page_of(request, funds)
        context = {"page_obj": page, "q": request.GET.get("q", ""), "may_edit": editing}
        return render(request, "partners/costs/funds.html", context)


class FundCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        programme = _programme(request)
        form = FundForm(partners=_partners(programme))
        return form_page(request, form, heading="New fund", crumbs=FUNDS)

    def post(self, request: HttpRequest) -> HttpResponse:
        programme = _programme(request)
        form = FundForm(request.POST, partners=_partners(programme), instance=Fund(workspace=programme.workspace))
        if form.is_valid():
            try:
                costs_services.add_fund(workspace=programme.workspace, by=request.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error("budget", str(error))
            else:
                messages.success(request, "The fund is on record.")
                return redirect("partners:funds")
        return form_page(request, form, heading="New fund", crumbs=FUNDS, status=422)


class FundEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        fund = get_visible_or_404(Fund.objects.editable_by(request.user), pk=pk)
        return self._page(request, fund, FundForm(instance=fund, partners=_partners(fund)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        fund = get_visible_or_404(Fund.objects.editable_by(request.user), pk=pk)
        edited = get_visible_or_404(Fund.objects.editable_by(request.user), pk=pk)
        form = FundForm(request.POST, instance=edited, partners=_partners(fund))
        if form.is_valid():
            try:
                costs_services.save_fund(fund=form.save(commit=False), by=request.user)
            except ServiceError as error:
                form.add_error("budget", str(error))
            else:
                messages.success(request, "Saved.")
                return redirect("partners:funds")
        return self._page(request, fund, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, fund: Fund, form: Any, status: int = 200) -> HttpResponse:
        shares = fund.shares.select_related("cost__cohort").order_by("-cost__paid_on", "-pk")
        return form_page(
            request, form, heading=fund.name, crumbs=FUNDS, status=status, history=history_of(fund), shares=shares
        )


def _programme(request: HttpRequest) -> Programme:
    """The one that `?programme=` names, else the reader's first."""
    programmes = editable_programmes(request).select_related("workspace").order_by("name")
    chosen = request.GET.get("programme", "")
    return programmes.filter(slug=chosen).first() or programmes[0]


def _partners(of: Any) -> Any:
    return Partner.objects.filter(workspace_id=of.workspace_id)
