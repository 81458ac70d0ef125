"""Propose who pays which part of a cost, and answer as a payer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from partners.costs import services as costs_services
from partners.costs.forms import PayerFormSet, payers_for
from partners.models import Cost, CostShare, Partner
from training.attendance.payer_attendance import PayerAttendance, payer_attendance_of

HEADS = ("came", "booked", "held")


class CostSplit(CoordinatorRequiredMixin, View):
    """Say who pays what: first it is shown, then proposed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.editable_by(request.user), pk=pk)
        initial = [
            {
                "who": f"partner:{s.partner_id}" if s.partner_id else f"fund:{s.fund_id}",
                "kind": s.kind,
                "value": f"{s.value.normalize():f}",
                "rate": s.rate if s.rate_on else None,
                "rate_on": s.rate_on,
            }
            for s in cost.shares.all()
        ]
        if (by := request.GET.get("by", "")) in HEADS:
            initial = _by_heads(cost, by)
        formset = PayerFormSet(
            form_kwargs={"who": payers_for(cost)},
            prefix="payers",
            initial=initial or [{"kind": "percent", "value": 100}],
        )
        return self._page(request, cost, formset)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        cost = get_visible_or_404(Cost.objects.editable_by(request.user), pk=pk)
        formset = PayerFormSet(request.POST, form_kwargs={"who": payers_for(cost)}, prefix="payers")
        if not formset.is_valid():
            return self._page(request, cost, formset, status=422)
        payers = [form.payer() for form in formset if form.has_changed() or form.cleaned_data.get("who")]
        try:
            parts = costs_services.preview_split(cost=cost, payers=payers)
            if "propose" in request.POST:
                costs_services.propose_split(cost=cost, payers=payers, by=request.user)
                messages.success(request, "Proposed. Each payer agrees now.")
                return redirect("partners:cost", pk=cost.pk)
        except ServiceError as error:
            return self._page(request, cost, formset, problem=str(error), status=422)
        return self._page(request, cost, formset, parts=parts)

    @staticmethod
    def _page(
        request: HttpRequest, cost: Cost, formset: Any, *, parts: Any = None, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "cost": cost,
            "formset": formset,
            "parts": parts,
            "problem": problem,
            "parties": _parties(cost),
        }
        return render(request, "partners/costs/split.html", context, status=status)


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
                costs_services.agree_share(share=share, by=request.user)
                messages.success(request, f"Agreed: {share.payer} pays its part of {share.cost}.")
            else:
                costs_services.decline_share(share=share, by=request.user)
                messages.success(request, "Declined.")
        except ServiceError as error:
            messages.error(request, str(error))
        if editing:
            return redirect("partners:cost", pk=share.cost_id)
        return redirect(share.partner)  # type: ignore[arg-type]


def _parties(cost: Cost) -> list[PayerAttendance]:
    """Whose people the session of a cost had; nobody's where it is for none."""
    return payer_attendance_of([cost.session_id])[cost.session_id] if cost.session_id else []


def _by_heads(cost: Cost, by: str) -> list[dict[str, Any]]:
    """Rows to begin with: each party with its people. A partner of the same name is chosen, the others one chooses."""
    known = {p.name.casefold(): f"partner:{p.pk}" for p in Partner.objects.filter(workspace_id=cost.workspace_id)}
    return [
        {"who": known.get(party.name.casefold(), ""), "kind": "head", "value": getattr(party, by)}
        for party in _parties(cost)
        if getattr(party, by)
    ]
