"""Pages for funds: list, create, edit."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import WorkspaceView
from partners.costs.forms import FundForm
from partners.costs.services import add_fund, save_fund
from partners.models import Fund
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
            head = ["Fund", "Kind", "Round", "Given by", "From", "Until", "Currency", "Budget", "Spent", "Left"]
            rows = [
                (
                    f.name,
                    f.get_kind_display(),
                    f.cohort or "",
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


class FundCreate(CoordinatorRequiredMixin, OneFormPage):
    """Add a fund to one of the reader's programmes; `?programme=` chooses one beforehand."""

    heading = "New fund"
    crumbs = FUNDS
    error_field = "budget"

    def look_up(self) -> None:
        self.programmes = editable_programmes(self.request).select_related("workspace")

    def get_form(self, *data: Any) -> FundForm:
        asked = self.programmes.filter(slug=self.request.GET.get("programme", "")).values_list("pk", flat=True)
        return FundForm(*data, programmes=self.programmes, initial={"programme": asked.first()})

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
        shares = self.fund.shares.select_related("cost__cohort").order_by("-cost__paid_on", "-pk")
        return {**super().get_context(), "fund": self.fund, "shares": shares}
