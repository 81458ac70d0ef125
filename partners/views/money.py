"""Funds, costs and who pays which part of them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Programme
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.audit.services import history_of
from mentorship.ui.export import export, wants_export
from mentorship.ui.requests import number_in, page_of
from mentorship.ui.search import every_word
from partners.forms.money import CostForm, FundForm, PayerFormSet, cohorts_for, payers_for
from partners.models import Cost, CostShare, Fund, Partner
from partners.services import PartnerError, costs
from partners.views.base import download, editable_programmes, form_page
from training.models import TrainingSession
from training.parties import Party, parties_of

COSTS = [("Costs", "/partners/costs/")]
HEADS = ("came", "booked", "held")
FUNDS = [("Funds", "/partners/funds/")]


class FundList(CoordinatorRequiredMixin, View):
    """Every fund with what is left."""

    def get(self, request: HttpRequest) -> HttpResponse:
        funds = Fund.objects.visible_to(request.user).with_spent().select_related("partner").order_by("name", "pk")
        funds = every_word(funds, request.GET.get("q", ""), "name")
        if wants_export(request):
            head = ["Fund", "Kind", "Given by", "From", "Until", "Currency", "Budget", "Spent", "Left"]
            rows = [
                (f.name, f.get_kind_display(), f.partner or "", f.starts_on, f.ends_on, f.currency, f.budget, f.spent,
                 f.left)
                for f in funds
            ]  # fmt: skip
            return export(request, "funds", head, rows)
        editing = Programme.objects.editable_by(request.user).exists()
        page = page_of(request, funds)
        context = {"page_obj": page, "q": request.GET.get("q", ""), "may_edit": editing}
        return render(request, "partners/funds.html", context)


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
                costs.add_fund(workspace=programme.workspace, by=request.user, **form.cleaned_data)
            except PartnerError as error:
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
                costs.save_fund(fund=form.save(commit=False), by=request.user)
            except PartnerError as error:
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
        )  # fmt: skip


class CostList(CoordinatorRequiredMixin, View):
    """Every cost of the reader's programmes, with who pays it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Cost.objects.visible_to(request.user).prefetch_related("shares__partner", "shares__fund")
        found = every_word(found, request.GET.get("q", ""), "what")
        if (purpose := request.GET.get("purpose", "")) in Cost.Purpose:
            found = found.filter(purpose=purpose)
        if wants_export(request):
            head = ["Cost", "Cohort", "Purpose", "Date", "Provider", "Provider's invoice", "Payer", "Status",
                    "Currency", "Amount", "Payer's currency", "Payer's amount", "Rate", "Rate of"]  # fmt: skip
            rows = [
                (c.what, c.cohort, c.get_purpose_display(), c.paid_on, c.provider, c.invoice_number, s.payer,
                 s.get_status_display(), c.currency, s.amount, s.payer_currency, s.payer_amount, s.rate, s.rate_on)
                for c in found for s in c.shares.all()
            ]  # fmt: skip
            return export(request, "costs", head, rows)
        context = {
            "page_obj": page_of(request, found),
            "q": request.GET.get("q", ""),
            "purpose": purpose,
            "purposes": Cost.Purpose.choices,
            "may_edit": Programme.objects.editable_by(request.user).exists(),
        }
        return render(request, "partners/costs.html", context)


class CostCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        initial = _of_session(request)
        form = CostForm(cohorts=cohorts_for(editable_programmes(request)), initial=initial)
        return form_page(request, form, heading="New cost", crumbs=COSTS, multipart=True)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CostForm(request.POST, request.FILES, cohorts=cohorts_for(editable_programmes(request)))
        if form.is_valid():
            try:
                cost = costs.add_cost(cost=form.save(), by=request.user)
            except PartnerError as error:
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
                costs.save_cost(cost=form.save(), by=request.user)
            except PartnerError as error:
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
        return render(request, "partners/cost.html", context)


class CostFile(CoordinatorRequiredMixin, View):
    """The provider's invoice, as an attachment only."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.visible_to(request.user), pk=pk)
        if not cost.file_data:
            raise Http404
        return download(bytes(cost.file_data), "application/octet-stream", cost.file_name)


class CostSplit(CoordinatorRequiredMixin, View):
    """Say who pays what: first it is shown, then proposed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.editable_by(request.user), pk=pk)
        initial = [
            {"who": f"partner:{s.partner_id}" if s.partner_id else f"fund:{s.fund_id}", "kind": s.kind,
             "value": f"{s.value.normalize():f}", "rate": s.rate if s.rate_on else None, "rate_on": s.rate_on}
            for s in cost.shares.all()
        ]  # fmt: skip
        if (by := request.GET.get("by", "")) in HEADS:
            initial = _by_heads(cost, by)
        formset = PayerFormSet(
            form_kwargs={"who": payers_for(cost)},
            prefix="payers",
            initial=initial or [{"kind": "percent", "value": 100}],
        )  # fmt: skip
        return self._page(request, cost, formset)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.editable_by(request.user), pk=pk)
        formset = PayerFormSet(request.POST, form_kwargs={"who": payers_for(cost)}, prefix="payers")
        if not formset.is_valid():
            return self._page(request, cost, formset, status=422)
        payers = [form.payer() for form in formset if form.has_changed() or form.cleaned_data.get("who")]
        try:
            parts = costs.preview_split(cost=cost, payers=payers)
            if "propose" in request.POST:
                costs.propose_split(cost=cost, payers=payers, by=request.user)
                messages.success(request, "Proposed. Each payer agrees now.")
                return redirect("partners:cost", pk=cost.pk)
        except PartnerError as error:
            return self._page(request, cost, formset, problem=str(error), status=422)
        return self._page(request, cost, formset, parts=parts)

    @staticmethod
    def _page(
        request: HttpRequest, cost: Cost, formset: Any, *, parts: Any = None, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "cost": cost, "formset": formset, "parts": parts, "problem": problem, "parties": _parties(cost),
        }  # fmt: skip
        return render(request, "partners/cost_split.html", context, status=status)


class ShareAnswer(LoginRequiredMixin, View):
    """A payer agrees or declines: a contact for their partner, a coordinator for funds and for what they have on
    paper."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        shares = CostShare.objects.select_related("partner", "fund", "cost__cohort__programme")
        share = get_visible_or_404(shares, pk=pk)
        editing = may_edit(request.user, share.cost.workspace_id)
        mine = share.partner is not None and share.partner.contacts.filter(user=request.user).exists()
        if not (editing or mine):
            raise Http404
        try:
            if "agree" in request.POST:
                costs.agree_share(share=share, by=request.user)
                messages.success(request, f"Agreed: {share.payer} pays its part of {share.cost}.")
            else:
                costs.decline_share(share=share, by=request.user)
                messages.success(request, "Declined.")
        except PartnerError as error:
            messages.error(request, str(error))
        if editing:
            return redirect("partners:cost", pk=share.cost_id)
        return redirect(share.partner)  # type: ignore[arg-type]


def _parties(cost: Cost) -> list[Party]:
    """Whose people the session of a cost had; nobody's where it is for none."""
    return parties_of([cost.session_id])[cost.session_id] if cost.session_id else []


def _by_heads(cost: Cost, by: str) -> list[dict[str, Any]]:
    """Rows to begin with: each party with its people. A partner of the same name is chosen, the others one chooses."""
    known = {p.name.casefold(): f"partner:{p.pk}" for p in Partner.objects.filter(workspace_id=cost.workspace_id)}
    return [
        {"who": known.get(party.name.casefold(), ""), "kind": "head", "value": getattr(party, by)}
        for party in _parties(cost)
        if getattr(party, by)
    ]


def _of_session(request: HttpRequest) -> dict[str, Any]:
    """What the session that `?session=` names says of its cost already."""
    found = TrainingSession.objects.editable_by(request.user).select_related("training__provider", "cohort")
    session = found.filter(pk=pk).first() if (pk := number_in(request.GET.get("session"))) else None
    if session is None:
        return {}
    day = session.starts_at.astimezone(session.cohort.tz).date()
    known = {
        "cohort": session.cohort_id, "session": session.pk, "what": f"{session.training}, {day:%d %b %Y}"[:200],
        "provider": session.training.provider.name, "paid_on": day, "amount": session.price,
        "currency": session.currency or None,
    }  # fmt: skip
    return {name: value for name, value in known.items() if value is not None}


def _programme(request: HttpRequest) -> Programme:
    """The one that `?programme=` names, else the reader's first."""
    programmes = editable_programmes(request).select_related("workspace").order_by("name")
    chosen = request.GET.get("programme", "")
    return programmes.filter(slug=chosen).first() or programmes[0]


def _partners(of: Any) -> Any:
    return Partner.objects.filter(workspace_id=of.workspace_id)
