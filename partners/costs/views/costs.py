"""Pages for costs: list, create, detail, edit, the provider's invoice."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import WorkspaceView
from partners.costs.forms import CostForm, cohorts_for
from partners.costs.services import add_cost, save_cost
from partners.models import Cost, CostShare
from partners.records.view_base import Crumbs, OneFormPage, download, editable_programmes
from training.models import TrainingSession

COSTS: Crumbs = [("Costs", "/partners/costs/")]


class CostList(CoordinatorRequiredMixin, View):
    """Every cost of the reader's programmes, with its payers."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Cost.objects.visible_to(request.user).prefetch_related("shares__partner", "shares__fund")
        found = every_word(found, request.GET.get("q", ""), "what")
        if purpose := choice_in(request, "purpose", Cost.Purpose.values):
            found = found.filter(purpose=purpose)
        if wants_export(request):
            return _export(request, found)
        context = {
            "page_obj": page_of(request, found),
            "q": request.GET.get("q", ""),
            "purpose": purpose,
            "purposes": Cost.Purpose.choices,
            "may_edit": Programme.objects.editable_by(request.user).exists(),
        }
        return render(request, "partners/costs/list.html", context)


EXPORT_COLUMNS: dict[str, Callable[[Cost, CostShare], Any]] = {
    "Cost": lambda cost, _: cost.what,
    "Cohort": lambda cost, _: cost.cohort,
    "Purpose": lambda cost, _: cost.get_purpose_display(),
    "Date": lambda cost, _: cost.paid_on,
    "Provider": lambda cost, _: cost.provider,
    "Provider's invoice": lambda cost, _: cost.invoice_number,
    "Payer": lambda _, share: share.payer,
    "Status": lambda _, share: share.get_status_display(),
    "Currency": lambda cost, _: cost.currency,
    "Amount": lambda _, share: share.amount,
    "Payer's currency": lambda _, share: share.payer_currency,
    "Payer's amount": lambda _, share: share.payer_amount,
    "Rate": lambda _, share: share.rate,
    "Rate of": lambda _, share: share.rate_on,
}


def _export(request: HttpRequest, costs: Iterable[Cost]) -> HttpResponse:
    """One line for each share of each cost."""
    rows = [[value(cost, share) for value in EXPORT_COLUMNS.values()] for cost in costs for share in cost.shares.all()]
    return export(request, "costs", list(EXPORT_COLUMNS), rows)


class CostCreate(CoordinatorRequiredMixin, OneFormPage):
    """Record a cost; for a training session, with its known details."""

    heading = "New cost"
    crumbs = COSTS
    multipart = True

    def look_up(self) -> None:
        self.programmes = editable_programmes(self.request)

    def get_form(self, *data: Any) -> CostForm:
        return CostForm(*data, cohorts=cohorts_for(self.programmes), initial=_of_session(self.request))

    def save(self, form: CostForm) -> HttpResponse:
        cost = add_cost(cost=form.save(), by=self.user)
        messages.success(self.request, "The cost is on record. Say who pays it.")
        return redirect("partners:cost-split", pk=cost.pk)


class CostView(WorkspaceView):
    """A coordinators' page about the cost that `pk` names in the address."""

    cost: Cost

    def look_up(self) -> None:
        found = self.allowed(Cost.objects.all()).select_related("session__training")
        self.cost = get_visible_or_404(found, pk=self.kwargs["pk"])

    @property
    def workspace_id(self) -> int:
        return self.cost.workspace_id


class CostEdit(OneFormPage, CostView):
    """Edit a cost."""

    for_editors = True
    crumbs = COSTS
    multipart = True

    def look_up(self) -> None:
        super().look_up()
        self.heading = self.cost.what

    def get_form(self, *data: Any) -> CostForm:
        return CostForm(*data, instance=self.cost, cohorts=cohorts_for(editable_programmes(self.request)))

    def save(self, form: CostForm) -> HttpResponse:
        cost = save_cost(cost=form.save(), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect(cost)


class CostDetail(CostView):
    """A cost, its shares, and its history."""

    template_name = "partners/costs/detail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        shares = list(self.cost.shares.select_related("partner", "fund", "invoice", "answered_by"))
        return self.page(
            cost=self.cost,
            shares=shares,
            agreed=bool(shares) and all(share.status == "agreed" for share in shares),
        )


class CostFile(CostView):
    """The provider's invoice, as an attachment only."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.cost.file_data:
            raise Http404
        return download(bytes(self.cost.file_data), "application/octet-stream", self.cost.file_name)


def _of_session(request: HttpRequest) -> dict[str, Any]:
    """Initial values from the training session that `?session=` names: an own one, or one that `?cohort=` borrows."""
    pk, of = (number_in(request.GET.get(name)) for name in ("session", "cohort"))
    found = TrainingSession.objects.select_related("training__provider", "cohort").filter(pk=pk)
    session = found.editable_by(request.user).first() if pk else None
    borrower = cohorts_for(editable_programmes(request)).filter(pk=of).first() if pk and of else None
    if borrower and (session is None or session.cohort_id != borrower.pk):
        session = found.for_cohort(borrower).first()
    else:
        borrower = None
    if session is None:
        return {}
    day = session.starts_at.astimezone(session.cohort.tz).date()
    known = {
        "cohort": borrower.pk if borrower else session.cohort_id,
        "session": session.pk,
        "what": f"{session.training}, {day:%d %b %Y}"[:200],
        "provider": session.training.provider.name,
        "paid_on": day,
        "amount": None if borrower else session.price,  # who borrows it pays a part
        "currency": session.currency or None,
    }
    return {name: value for name, value in known.items() if value is not None}
