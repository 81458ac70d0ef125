"""Pages for funds: list, create, edit."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import WorkspaceView
from partners.costs.forms import FundForm
from partners.costs.regions import used_by_place
from partners.costs.services import add_fund, save_fund
from partners.models import Fund, Sponsorship
from partners.records.view_base import Crumbs, OneFormPage, editable_programmes

FUNDS: Crumbs = [("Funds", "/partners/funds/")]


class FundList(CoordinatorRequiredMixin, View):
    """Every fund with its remaining budget."""

    def get(self, request: HttpRequest) -> HttpResponse:
        funds = (
            Fund.objects.visible_to(request.user)
            .with_spent()
            .select_related("partner", "cohort")
            .order_by("name", "pk")
        )
        funds = every_word(funds, request.GET.get("q", ""), "name")
        if wants_export(request):
            rows = [[value(fund) for value in EXPORT_COLUMNS.values()] for fund in funds]
            return export(request, "funds", list(EXPORT_COLUMNS), rows)
        editing = Programme.objects.editable_by(request.user).exists()
        page = page_of(request, funds)
        context = {"page_obj": page, "q": request.GET.get("q", ""), "may_edit": editing}
        return render(request, "partners/costs/funds.html", context)


EXPORT_COLUMNS: dict[str, Callable[[Fund], Any]] = {
    "Fund": lambda fund: fund.name,
    "Kind": lambda fund: fund.get_kind_display(),
    "Round": lambda fund: fund.cohort or "",
    "Given by": lambda fund: fund.partner or "",
    "Only for people in": lambda fund: str(fund.region),
    "From": lambda fund: fund.starts_on,
    "Until": lambda fund: fund.ends_on,
    "Currency": lambda fund: fund.currency,
    "Budget": lambda fund: fund.budget,
    "Spent": lambda fund: fund.spent,
    "Left": lambda fund: fund.left,
}


class FundCreate(CoordinatorRequiredMixin, OneFormPage):
    """Add a fund to one of the reader's programmes; `?programme=` chooses one, `?sponsorship=` fills the form in."""

    heading = "New fund"
    crumbs = FUNDS
    error_field = "budget"

    def look_up(self) -> None:
        self.programmes = editable_programmes(self.request).select_related("workspace")

    def get_form(self, *data: Any) -> FundForm:
        asked = self.programmes.filter(slug=self.request.GET.get("programme", "")).values_list("pk", flat=True)
        initial = {"programme": asked.first(), **_of_sponsorship(self.request)}
        return FundForm(*data, programmes=self.programmes, initial=initial)

    def save(self, form: FundForm) -> HttpResponse:
        add_fund(workspace=form.chosen_programme().workspace, by=self.user, **form.cleaned_data)
        messages.success(self.request, "The fund is on record.")
        return redirect("partners:fund-list")


class FundEdit(OneFormPage, WorkspaceView):
    """Edit a fund; below the form, its payments."""

    template_name = "partners/costs/fund_form.html"
    for_editors = True
    crumbs = FUNDS
    error_field = "budget"
    fund: Fund

    def look_up(self) -> None:
        self.fund = get_visible_or_404(self.allowed(Fund.objects.all()), pk=self.kwargs["pk"])
        self.heading = self.fund.name

    @property
    def workspace_id(self) -> int:
        return self.fund.workspace_id

    def get_form(self, *data: Any) -> FundForm:
        return FundForm(*data, instance=self.fund)

    def save(self, form: FundForm) -> HttpResponse:
        save_fund(fund=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect("partners:fund-list")

    def get_context(self) -> dict[str, Any]:
        shares = self.fund.shares.select_related("cost__cohort", "cost__person").order_by("-cost__paid_on", "-pk")
        used = used_by_place(self.fund)
        return {**super().get_context(), "fund": self.fund, "shares": shares, "used": used}


def _of_sponsorship(request: HttpRequest) -> dict[str, Any]:
    """Initial values from the sponsorship that `?sponsorship=` names, whose money is to be spent."""
    pk = number_in(request.GET.get("sponsorship"))
    one = Sponsorship.objects.editable_by(request.user).filter(pk=pk).select_related("cohort__programme").first()
    if one is None:
        return {}
    return {
        "programme": one.cohort.programme_id,
        "name": f"{one.partner}, {one.cohort.name}"[:120],
        "cohort": one.cohort_id,
        "partner": one.partner_id,
        "purpose": one.scope[:200],
        "countries": one.countries,
        "communities": one.communities,
        "budget": one.amount or None,
        "currency": one.currency,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
    }
