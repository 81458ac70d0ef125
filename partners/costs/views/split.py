"""Propose a split of a cost, and answer as a payer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from mentorship.core.accounts.permissions import get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.views import errors_as_messages
from partners.costs.forms import PayerFormSet, payers_for
from partners.costs.services import agree_share, decline_share, preview_split, propose_split
from partners.costs.views.costs import CostView
from partners.models import Cost, CostShare, Partner, PartnerContact
from partners.records.duties import may_act
from training.attendance.payer_attendance import PayerAttendance, payer_attendance_of

HEADS = ("came", "booked", "held")


class CostSplit(CostView):
    """Split a cost among payers: a preview first, then the proposal."""

    template_name = "partners/costs/split.html"
    for_editors = True

    def get(self, request: HttpRequest) -> HttpResponse:
        by = request.GET.get("by", "")
        initial = _by_heads(self.cost, by) if by in HEADS else self._present()
        return self.page(formset=self._formset(initial=initial or [{"kind": "percent", "value": 100}]))

    def post(self, request: HttpRequest) -> HttpResponse:
        formset = self._formset(request.POST)
        if not formset.is_valid():
            return self.page(status=422, formset=formset)
        payers = [form.payer() for form in formset if form.has_changed() or form.cleaned_data.get("who")]
        try:
            parts = preview_split(cost=self.cost, payers=payers)
            if "propose" in request.POST:
                propose_split(cost=self.cost, payers=payers, by=self.user)
                messages.success(request, "Proposed. Each payer agrees now.")
                return redirect(self.cost)
        except ServiceError as error:
            return self.page(status=422, formset=formset, problem=str(error))
        return self.page(formset=formset, parts=parts)

    def get_context(self) -> dict[str, Any]:
        more = {"cost": self.cost, "parties": _parties(self.cost), "parts": None, "problem": ""}
        return {**super().get_context(), **more}

    def _formset(self, *data: Any, **kwargs: Any) -> Any:
        return PayerFormSet(*data, form_kwargs={"who": payers_for(self.cost)}, prefix="payers", **kwargs)

    def _present(self) -> list[dict[str, Any]]:
        """The payers as currently proposed or agreed."""
        return [
            {
                "who": f"partner:{share.partner_id}" if share.partner_id else f"fund:{share.fund_id}",
                "kind": share.kind,
                "value": f"{share.value.normalize():f}",
                "rate": share.rate if share.rate_on else None,
                "rate_on": share.rate_on,
            }
            for share in self.cost.shares.all()
        ]


class ShareAnswer(LoginRequiredMixin, View):
    """Agree to or decline a share: who decides for the partner, or a coordinator for funds and written answers."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        shares = CostShare.objects.select_related("partner", "fund", "cost__cohort__programme")
        share = get_visible_or_404(shares, pk=pk)
        editing = may_edit(request.user, share.cost.workspace_id)
        mine = share.partner is not None and may_act(request.user, share.partner, PartnerContact.Task.DECIDES)
        if not (editing or mine):
            raise Http404
        with errors_as_messages(request):
            if "agree" in request.POST:
                agree_share(share=share, by=request.user)  # type: ignore[arg-type]
                messages.success(request, f"Agreed: {share.payer} pays its part of {share.cost}.")
            else:
                decline_share(share=share, by=request.user)  # type: ignore[arg-type]
                messages.success(request, "Declined.")
        if editing:
            return redirect(share.cost)
        return redirect(share.partner)  # type: ignore[arg-type]


def _parties(cost: Cost) -> list[PayerAttendance]:
    """The attendance of the cost's session by payer; empty if it has no session. Of a borrowed one only the own."""
    if cost.session is None:
        return []
    found = payer_attendance_of([cost.session.pk])[cost.session.pk]
    if cost.session.cohort_id == cost.cohort_id:
        return found
    return [party for party in found if party.name == cost.cohort.programme.name]


def _by_heads(cost: Cost, by: str) -> list[dict[str, Any]]:
    """Initial rows: each party with its people. A partner of the same name is preselected, others are chosen later."""
    known = {p.name.casefold(): f"partner:{p.pk}" for p in Partner.objects.filter(workspace_id=cost.workspace_id)}
    return [
        {"who": known.get(party.name.casefold(), ""), "kind": "head", "value": getattr(party, by)}
        for party in _parties(cost)
        if getattr(party, by)
    ]
