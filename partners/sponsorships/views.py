"""Pages for one sponsorship: its terms and instalments."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import get_visible_or_404, may_edit, workspaces_of
from mentorship.core.errors import ServiceError
from mentorship.core.views import Ask, LookupView, Question, WorkspaceView, errors_as_messages
from partners.disclosure.gate import group_size
from partners.models import Sponsorship
from partners.records.view_base import Crumbs, OneFormPage, PartnerObjectView, PartnerView, partner_crumbs
from partners.sponsorships.forms import DeliverableForm, InstalmentForm, SponsorshipForm
from partners.sponsorships.services import (
    add_instalment,
    add_sponsorship,
    agree_sponsorship,
    delete_instalment,
    delete_sponsorship,
    save_sponsorship,
    split_instalments,
)


class SponsorshipCreate(OneFormPage, PartnerView):
    """Add a partner's support for a cohort."""

    for_editors = True
    state = "Its contacts see the impact page of the cohort."

    def look_up(self) -> None:
        super().look_up()
        self.heading = f"What {self.partner.name} supports"

    def get_form(self, *data: Any) -> SponsorshipForm:
        cohorts = Cohort.objects.filter(programme__workspace_id=self.workspace_id)
        initial = {"currency": self.partner.currency, "amount": None, "seat_price": None}
        return SponsorshipForm(*data, cohorts=cohorts, instance=Sponsorship(partner=self.partner), initial=initial)

    def save(self, form: SponsorshipForm) -> HttpResponse:
        made = add_sponsorship(partner=self.partner, by=self.user, **form.cleaned_data)
        saved = "Saved as a draft." if made.draft else "Saved. Its contacts see the impact page now."
        messages.success(self.request, saved)
        return redirect("partners:sponsorship-detail", pk=made.pk) if made.amount else redirect(self.partner)


class SponsorshipDelete(PartnerObjectView[Sponsorship]):
    """Agree a draft, or remove a sponsorship."""

    def ask_first(self) -> Question | None:
        if "agree" in self.request.POST:
            return None
        what = "The partner’s contacts can no longer open the impact page of this cohort."
        return Ask("Remove this sponsorship?", "Remove the sponsorship", what).question(self.partner.get_absolute_url())

    def get_rows(self) -> QuerySet[Sponsorship]:
        return self.partner.sponsorships.select_related("partner", "cohort")

    def post(self, request: HttpRequest) -> HttpResponse:
        if "agree" in request.POST:
            agree_sponsorship(sponsorship=self.object, by=self.user)
            messages.success(request, f"Agreed: {self.object}. Its contacts see it now.")
            return redirect(self.partner)
        with errors_as_messages(request):
            delete_sponsorship(sponsorship=self.object, by=self.user)
            messages.success(request, f"{self.partner} is not on record for {self.object.cohort} any more.")
        return redirect(self.partner)


class SponsorshipPage(LookupView):
    """The page of a sponsorship, with the forms for its instalments and deliverables."""

    template_name = "partners/sponsorships/detail.html"
    sponsorship: Sponsorship

    @cached_property
    def is_editor(self) -> bool:
        """Whether the reader coordinates the partner's programme."""
        return may_edit(self.user, self.sponsorship.partner.workspace_id)

    def get_context(self) -> dict[str, Any]:
        one = self.sponsorship
        planned = one.instalments.aggregate(s=Sum("amount"))["s"] or 0
        return {
            **super().get_context(),
            "sponsorship": one,
            "partner": one.partner,
            "may_edit": self.is_editor,
            "funds": one.partner.funds.filter(Q(cohort=one.cohort_id) | Q(cohort=None)).with_spent(),
            "instalments": one.instalments.select_related("invoice"),
            "day": timezone.localdate(),
            "left": one.amount - planned,
            "deliverables": one.deliverables.all(),
            "instalment_form": InstalmentForm(),
            "deliverable_form": DeliverableForm(),
            "siblings": self._siblings() if one.agreement else [],
            "seats_taken": self._seats_taken(),
        }

    def _seats_taken(self) -> int | None:
        """The number of accepted people in its group; for contacts only if it reveals no small group."""
        group = self.sponsorship.group
        if group is None:
            return None
        taken = group.enrollments.occupying_place().count()
        of_team = workspaces_of(self.user).filter(workspace_id=self.sponsorship.partner.workspace_id).exists()
        return taken if of_team else group_size(self.sponsorship.cohort, group.pk, taken)

    def _siblings(self) -> QuerySet[Sponsorship]:
        """Other cohorts under the same agreement that the reader may see."""
        found = Sponsorship.objects.visible_to(self.user).filter(
            partner=self.sponsorship.partner, agreement=self.sponsorship.agreement
        )
        return found.exclude(pk=self.sponsorship.pk).order_by("starts_on", "pk")


class SponsorshipDetail(LoginRequiredMixin, SponsorshipPage):
    """The obligations on both sides, for the team and the partner's contacts."""

    def look_up(self) -> None:
        self.sponsorship = get_visible_or_404(Sponsorship.objects.visible_to(self.user), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()


class SponsorshipView(WorkspaceView):
    """A coordinators' page about the sponsorship that `pk` names in the address."""

    for_editors = True
    sponsorship: Sponsorship
    crumbs: Crumbs

    def look_up(self) -> None:
        self.sponsorship = get_visible_or_404(self.allowed(Sponsorship.objects.all()), pk=self.kwargs["pk"])
        self.crumbs = partner_crumbs(self.sponsorship.partner)

    @property
    def workspace_id(self) -> int:
        return self.sponsorship.partner.workspace_id

    def to_sponsorship(self) -> HttpResponse:
        """Redirect to the page of the sponsorship."""
        return redirect("partners:sponsorship-detail", pk=self.sponsorship.pk)


class SponsorshipEdit(OneFormPage, SponsorshipView):
    """Edit the terms."""

    def look_up(self) -> None:
        super().look_up()
        self.heading = f"{self.sponsorship.partner} and {self.sponsorship.cohort}"

    def get_form(self, *data: Any) -> SponsorshipForm:
        cohorts = Cohort.objects.filter(pk=self.sponsorship.cohort_id)
        return SponsorshipForm(*data, instance=self.sponsorship, cohorts=cohorts)

    def save(self, form: SponsorshipForm) -> HttpResponse:
        save_sponsorship(sponsorship=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return self.to_sponsorship()


class InstalmentCreate(SponsorshipPage, SponsorshipView):
    """Add an instalment, or split the unscheduled rest into equal ones."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InstalmentForm(request.POST)
        if form.is_valid():
            try:
                self._add(form.cleaned_data)
            except ServiceError as error:
                form.add_error("amount", str(error))
            else:
                return self.to_sponsorship()
        return self.page(status=422, instalment_form=form)

    def _add(self, terms: dict[str, Any]) -> None:
        if terms["amount"]:
            add_instalment(
                sponsorship=self.sponsorship,
                due_on=terms["due_on"],
                amount=terms["amount"],
                what=terms["what"],
                by=self.user,
            )
        else:
            split_instalments(
                sponsorship=self.sponsorship,
                number=terms["parts"] or 1,
                first=terms["due_on"],
                months=terms["months"] or 1,
                by=self.user,
            )


class InstalmentDelete(SponsorshipView):
    """Delete an instalment that is not on an invoice."""

    asks = {
        "": Ask("Delete this instalment?", "Delete the instalment"),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        parts = self.sponsorship.instalments.select_related("sponsorship__partner")
        with errors_as_messages(request):
            delete_instalment(instalment=get_visible_or_404(parts, pk=self.kwargs["instalment"]), by=self.user)
        return self.to_sponsorship()
