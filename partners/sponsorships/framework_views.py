"""Pages for agreements above rounds, and their scopes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from mentorship.core.accounts.permissions import get_visible_or_404, may_edit, workspaces_of
from mentorship.core.views import Ask, LookupView, WorkspaceView, errors_as_messages
from partners.models import Agreement, AgreementScope, Deliverable, InstalmentDue
from partners.records.view_base import Crumbs, OneFormPage, PartnerView, partner_crumbs
from partners.sponsorships.agreement_instalments import plan_instalments
from partners.sponsorships.forms import AgreementForm, InstalmentForm, ScopeForm
from partners.sponsorships.frameworks import delete_agreement, delete_scope, save_agreement, save_scope, use_of
from partners.sponsorships.services import delete_instalment


class AgreementCreate(OneFormPage, PartnerView):
    """Add an agreement with a partner."""

    for_editors = True
    heading = "New agreement"
    state = "What you agreed for several rounds or years. Its rounds draw on it, and the amounts add up."
    error_field = "amount"

    def get_form(self, *data: Any) -> AgreementForm:
        new = Agreement(partner=self.partner, currency=self.partner.currency)
        return AgreementForm(data[0] if data else None, instance=new)

    def save(self, form: AgreementForm) -> HttpResponse:
        made = save_agreement(agreement=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved. Divide it into scopes, then choose it for what the partner supports.")
        return redirect(made)


class AgreementDetail(LoginRequiredMixin, LookupView):
    """Scopes, rounds, money and deliverables of an agreement, for the team and the partner's contacts."""

    template_name = "partners/sponsorships/agreement.html"
    agreement: Agreement

    def look_up(self) -> None:
        self.agreement = get_visible_or_404(Agreement.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest) -> HttpResponse:
        one = self.agreement
        workspace_id = one.partner.workspace_id
        of_team = workspaces_of(self.user).filter(workspace_id=workspace_id).exists()
        rounds = one.sponsorships.all() if of_team else one.sponsorships.filter(draft=False)
        return self.page(
            agreement=one,
            partner=one.partner,
            of_team=of_team,
            may_edit=may_edit(self.user, workspace_id),
            use=use_of(one),
            instalments=InstalmentDue.objects.filter(Q(sponsorship__in=rounds) | Q(framework=one)).select_related(
                "sponsorship__cohort", "invoice"
            ),
            deliverables=Deliverable.objects.filter(Q(sponsorship__in=rounds) | Q(framework=one)).select_related(
                "sponsorship__cohort", "framework"
            ),
            day=timezone.localdate(),
        )


class AgreementView(WorkspaceView):
    """A coordinators' page about the agreement that `pk` names in the address."""

    for_editors = True
    agreement: Agreement
    crumbs: Crumbs

    def look_up(self) -> None:
        self.agreement = get_visible_or_404(self.allowed(Agreement.objects.all()), pk=self.kwargs["pk"])
        own = (self.agreement.name, self.agreement.get_absolute_url())
        self.crumbs = [*partner_crumbs(self.agreement.partner), own]

    @property
    def workspace_id(self) -> int:
        return self.agreement.partner.workspace_id


class AgreementEdit(OneFormPage, AgreementView):
    """Edit the terms of an agreement."""

    heading = "Edit agreement"
    error_field = "amount"

    def get_form(self, *data: Any) -> AgreementForm:
        return AgreementForm(data[0] if data else None, instance=self.agreement)

    def save(self, form: AgreementForm) -> HttpResponse:
        messages.success(self.request, "Saved.")
        return redirect(save_agreement(agreement=form.save(commit=False), by=self.user))


class AgreementDelete(AgreementView):
    """Delete an agreement on which no round draws."""

    asks = {"": Ask("Delete this agreement?", "Delete the agreement", "Its scopes are deleted with it.")}

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            delete_agreement(agreement=self.agreement, by=self.user)
            messages.success(request, "Deleted.")
            return redirect(self.agreement.partner)
        return redirect(self.agreement)


class AgreementInstalments(OneFormPage, AgreementView):
    """Plan instalments of the agreement as a whole."""

    heading = "Add instalments"
    state = "For the agreement as a whole. No round has to exist for them."
    error_field = "amount"

    def get_form(self, *data: Any) -> InstalmentForm:
        return InstalmentForm(data[0] if data else None)

    def save(self, form: InstalmentForm) -> HttpResponse:
        terms = form.cleaned_data
        plan_instalments(
            agreement=self.agreement,
            due_on=terms["due_on"],
            amount=terms["amount"],
            what=terms["what"],
            parts=terms["parts"] or 1,
            months=terms["months"] or 1,
            by=self.user,
        )
        messages.success(self.request, "Saved. You can bill them from the partner’s page.")
        return redirect(self.agreement)


class AgreementInstalmentDelete(AgreementView):
    """Delete an instalment of the agreement that is not on an invoice."""

    asks = {"": Ask("Delete this instalment?", "Delete the instalment")}

    def post(self, request: HttpRequest) -> HttpResponse:
        parts = self.agreement.instalments.select_related("framework__partner")
        with errors_as_messages(request):
            delete_instalment(instalment=get_visible_or_404(parts, pk=self.kwargs["instalment"]), by=self.user)
        return redirect(self.agreement)


class ScopeCreate(OneFormPage, AgreementView):
    """Add a scope to an agreement."""

    heading = "Add a scope"
    error_field = "amount"

    def get_scope(self) -> AgreementScope:
        """The scope being edited."""
        return AgreementScope(agreement=self.agreement)

    def get_form(self, *data: Any) -> ScopeForm:
        return ScopeForm(data[0] if data else None, instance=self.get_scope())

    def save(self, form: ScopeForm) -> HttpResponse:
        save_scope(scope=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect(self.agreement)


class ScopeEdit(ScopeCreate):
    """Edit a scope."""

    heading = "Edit scope"

    def get_scope(self) -> AgreementScope:
        return get_visible_or_404(self.agreement.scopes.all(), pk=self.kwargs["scope"])


class ScopeDelete(AgreementView):
    """Delete a scope."""

    asks = {"": Ask("Remove this scope?", "Remove the scope", "Its rounds stay under the agreement.")}

    def post(self, request: HttpRequest) -> HttpResponse:
        scopes = self.agreement.scopes.select_related("agreement__partner")
        delete_scope(scope=get_visible_or_404(scopes, pk=self.kwargs["scope"]), by=self.user)
        messages.success(request, "Removed.")
        return redirect(self.agreement)
