"""Pages for costs: list, create, detail, edit, the provider's invoice."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import every_word
from partners.costs import services as costs_services
from partners.costs.forms import CostForm, cohorts_for
from partners.models import Cost
from partners.records.view_base import download, editable_programmes, form_page
from training.models import TrainingSession

COSTS = [("Costs", "/partners/costs/")]


class CostList(CoordinatorRequiredMixin, View):
    """Every cost of the reader's programmes, with who pays it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Cost.objects.visible_to(request.user).prefetch_related("shares__partner", "shares__fund")
        found = every_word(found, request.GET.get("q", ""), "what")
        if (purpose := request.GET.get("purpose", "")) in Cost.Purpose:
            found = found.filter(purpose=purpose)
        if wants_export(request):
            head = [
                "Cost",
                "Cohort",
                "Purpose",
                "Date",
                "Provider",
                "Provider's invoice",
                "Payer",
                "Status",
                "Currency",
                "Amount",
                "Payer's currency",
                "Payer's amount",
                "Rate",
                "Rate of",
            ]
            rows = [
                (
                    c.what,
                    c.cohort,
                    c.get_purpose_display(),
                    c.paid_on,
                    c.provider,
                    c.invoice_number,
                    s.payer,
                    s.get_status_display(),
                    c.currency,
                    s.amount,
                    s.payer_currency,
                    s.payer_amount,
                    s.rate,
                    s.rate_on,
                )
                for c in found
                for s in c.shares.all()
            ]
            return export(request, "costs", head, rows)
        context = {
            "page_obj": page_of(request, found),
            "q": request.GET.get("q", ""),
            "purpose": purpose,
            "purposes": Cost.Purpose.choices,
            "may_edit": Programme.objects.editable_by(request.user).exists(),
        }
        return render(request, "partners/costs/list.html", context)


class CostCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        initial = _of_session(request)
        form = CostForm(cohorts=cohorts_for(editable_programmes(request)), initial=initial)
        return form_page(request, form, heading="New cost", crumbs=COSTS, multipart=True)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CostForm(request.POST, request.FILES, cohorts=cohorts_for(editable_programmes(request)))
        if form.is_valid():
            try:
                cost = costs_services.add_cost(cost=form.save(), by=request.user)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "The cost is on record. Say who pays it.")
                return redirect("partners:cost-split", pk=cost.pk)
        return form_page(request, form, heading="New cost", crumbs=COSTS, multipart=True, status=422)


class CostEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.editable_by(request.user), pk=pk)
        form = CostForm(instance=cost, cohorts=cohorts_for(editable_programmes(request)))
        return form_page(request, form, heading=cost.what, crumbs=COSTS, multipart=True)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.editable_by(request.user), pk=pk)
        heading = cost.what
        form = CostForm(request.POST, request.FILES, instance=cost, cohorts=cohorts_for(editable_programmes(request)))
        if form.is_valid():
            try:
                costs_services.save_cost(cost=form.save(), by=request.user)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Saved.")
                return redirect("partners:cost", pk=cost.pk)
        return form_page(request, form, heading=heading, crumbs=COSTS, multipart=True, status=422)


class CostDetail(CoordinatorRequiredMixin, View):
    """A cost, who pays which part, and how that came about."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.visible_to(request.user).select_related("session__training"), pk=pk)
        shares = list(cost.shares.select_related("partner", "fund", "invoice", "answered_by"))
        context = {
            "cost": cost,
            "shares": shares,
            "agreed": bool(shares) and all(s.status == "agreed" for s in shares),
            "may_edit": may_edit(request.user, cost.workspace_id),
            "history": history_of(cost),
        }
        return render(request, "partners/costs/detail.html", context)


class CostFile(CoordinatorRequiredMixin, View):
    """The provider's invoice, as an attachment only."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.visible_to(request.user), pk=pk)
        if not cost.file_data:
            raise Http404
        return download(bytes(cost.file_data), "application/octet-stream", cost.file_name)


def _of_session(request: HttpRequest) -> dict[str, Any]:
    """What the session that `?session=` names says of its cost already."""
    found = TrainingSession.objects.editable_by(request.user).select_related("training__provider", "cohort")
    session = found.filter(pk=pk).first() if (pk := number_in(request.GET.get("session"))) else None
    if session is None:
        return {}
    day = session.starts_at.astimezone(session.cohort.tz).date()
    known = {
        "cohort": session.cohort_id,
        "session": session.pk,
        "what": f"{session.training}, {day:%d %b %Y}"[:200],
        "provider": session.training.provider.name,
        "paid_on": day,
        "amount": session.price,
        "currency": session.currency or None,
    }
    return {name: value for name, value in known.items() if value is not None}
