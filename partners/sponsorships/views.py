"""Pages for one sponsorship: terms, instalments and deliverables."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from partners.models import Partner, Sponsorship
from partners.records.view_base import editable_partner, form_page, partner_crumbs
from partners.sponsorships import services as sponsorships_services
from partners.sponsorships.forms import DeliverableForm, DeliverableStatusForm, InstalmentForm, SponsorshipForm
from partners.sponsorships.services import add_sponsorship, agree_sponsorship, remove_sponsorship


class SponsorshipAdd(CoordinatorRequiredMixin, View):
    """Say what the partner supports."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        initial = {"currency": partner.currency}
        return self._page(request, partner, SponsorshipForm(cohorts=self._cohorts(partner), initial=initial))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        form = SponsorshipForm(request.POST, cohorts=self._cohorts(partner), instance=Sponsorship(partner=partner))
        if form.is_valid():
            try:
                made = add_sponsorship(partner=partner, by=request.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                words = "Saved as a draft." if made.draft else "Saved. Its contacts see the impact page now."
                messages.success(request, words)
                return redirect("partners:sponsorship", pk=made.pk) if made.amount else redirect(partner)
        return self._page(request, partner, form, status=422)

    @staticmethod
    def _cohorts(partner: Partner) -> QuerySet[Cohort]:
        return Cohort.objects.filter(programme__workspace_id=partner.workspace_id)

    @staticmethod
    def _page(request: HttpRequest, partner: Partner, form: SponsorshipForm, status: int = 200) -> HttpResponse:
        return render(request, "partners/sponsorships/form.html", {"form": form, "partner": partner}, status=status)


class SponsorshipRemove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        partner = editable_partner(request, slug)
        sponsorship = get_visible_or_404(partner.sponsorships.select_related("partner", "cohort"), pk=pk)
        if "agree" in request.POST:
            agree_sponsorship(sponsorship=sponsorship, by=request.user)
            messages.success(request, f"Agreed: {sponsorship}. Its contacts see it now.")
            return redirect(partner)
        try:
            remove_sponsorship(sponsorship=sponsorship, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect(partner)
        messages.success(request, f"{partner} is not on record for {sponsorship.cohort} any more.")
        return redirect(partner)


class SponsorshipDetail(LoginRequiredMixin, View):
    """What is promised on both sides, for the team and for the partner's contacts."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _page(request, get_visible_or_404(Sponsorship.objects.visible_to(request.user), pk=pk))


class SponsorshipEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        one = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        return self._page(request, one, SponsorshipForm(instance=one, cohorts=_cohort_of(one)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        one = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        edited = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        form = SponsorshipForm(request.POST, instance=edited, cohorts=_cohort_of(one))
        if form.is_valid():
            try:
                sponsorships_services.save_sponsorship(sponsorship=form.save(commit=False), by=request.user)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Saved.")
                return redirect("partners:sponsorship", pk=one.pk)
        return self._page(request, one, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, one: Sponsorship, form: Any, status: int = 200) -> HttpResponse:
        heading = f"{one.partner} and {one.cohort}"
        return form_page(request, form, heading=heading, crumbs=partner_crumbs(one.partner), status=status)


class InstalmentAdd(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        one = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        form = InstalmentForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                if said["amount"]:
                    sponsorships_services.add_instalment(
                        sponsorship=one,
                        due_on=said["due_on"],
                        amount=said["amount"],
                        what=said["what"],
                        by=request.user,
                    )
                else:
                    sponsorships_services.split_instalments(
                        sponsorship=one,
                        number=said["parts"] or 1,
                        first=said["due_on"],
                        months=said["months"] or 1,
                        by=request.user,
                    )
            except ServiceError as error:
                form.add_error("amount", str(error))
            else:
                return redirect("partners:sponsorship", pk=one.pk)
        return _page(request, one, instalment_form=form, status=422)


class InstalmentRemove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int, instalment: int) -> HttpResponse:
        one = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        part = get_visible_or_404(one.instalments.select_related("sponsorship__partner"), pk=instalment)
        try:
            sponsorships_services.remove_instalment(instalment=part, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("partners:sponsorship", pk=one.pk)


class DeliverableAdd(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        one = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        form = DeliverableForm(request.POST)
        if not form.is_valid():
            return _page(request, one, deliverable_form=form, status=422)
        sponsorships_services.add_deliverable(sponsorship=one, by=request.user, **form.cleaned_data)
        return redirect("partners:sponsorship", pk=one.pk)


class DeliverableEdit(CoordinatorRequiredMixin, View):
    """Say how a deliverable stands."""

    def get(self, request: HttpRequest, pk: int, deliverable: int) -> HttpResponse:
        one, found = self._find(request, pk, deliverable)
        form = DeliverableStatusForm(initial={"status": found.status, "link": found.link})
        return form_page(request, form, heading=found.what, crumbs=partner_crumbs(one.partner))

    def post(self, request: HttpRequest, pk: int, deliverable: int) -> HttpResponse:
        one, found = self._find(request, pk, deliverable)
        form = DeliverableStatusForm(request.POST)
        if not form.is_valid():
            return form_page(request, form, heading=found.what, crumbs=partner_crumbs(one.partner), status=422)
        sponsorships_services.set_deliverable(deliverable=found, by=request.user, **form.cleaned_data)
        return redirect("partners:sponsorship", pk=one.pk)

    @staticmethod
    def _find(request: HttpRequest, pk: int, deliverable: int) -> tuple[Sponsorship, Any]:
        if not may_edit(request.user, _workspace(request, pk)):
            raise Http404
        one = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        return one, get_visible_or_404(one.deliverables.select_related("sponsorship__partner"), pk=deliverable)


def _workspace(request: HttpRequest, pk: int) -> int:
    return get_visible_or_404(Sponsorship.objects.visible_to(request.user), pk=pk).partner.workspace_id


def _cohort_of(one: Sponsorship) -> Any:
    return type(one.cohort).objects.filter(pk=one.cohort_id)


def _page(
    request: HttpRequest,
    one: Sponsorship,
    *,
    instalment_form: Any = None,
    deliverable_form: Any = None,
    status: int = 200,
) -> HttpResponse:
    editing = may_edit(request.user, one.partner.workspace_id)
    planned = one.instalments.aggregate(s=Sum("amount"))["s"] or 0
    context = {
        "sponsorship": one,
        "partner": one.partner,
        "may_edit": editing,
        "instalments": one.instalments.select_related("invoice"),
        "left": one.amount - planned,
        "deliverables": one.deliverables.all(),
        "instalment_form": instalment_form or InstalmentForm(),
        "deliverable_form": deliverable_form or DeliverableForm(),
        "history": history_of(one) if editing else [],
        # What one agreement covers beside this cohort, as far as the reader sees it.
        "siblings": Sponsorship.objects.visible_to(request.user)
        .filter(partner=one.partner, agreement=one.agreement)
        .exclude(pk=one.pk)
        .order_by("starts_on", "pk")
        if one.agreement
        else [],
        "seats_taken": one.group.enrollments.occupying_place().count() if one.group else None,
    }
    return render(request, "partners/sponsorships/detail.html", context, status=status)
