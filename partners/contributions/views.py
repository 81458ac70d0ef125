"""Pages for the contributions of a partner, and for people to confirm their hours."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, workspaces_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in
from partners.contributions import services as contributions_services
from partners.contributions.forms import ContributionForm, GivenForm
from partners.models import Contribution, ContributionEntry, Partner, PartnerPerson
from partners.records.view_base import editable_partner, form_page, partner_crumbs


class ContributionList(LoginRequiredMixin, View):
    """Pledged, given and acknowledged, with the balance by cohort; for the team and the partner's contacts."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = get_visible_or_404(Partner.objects.visible_to(request.user), slug=slug)
        rows = list(
            partner.contributions.with_given()
            .select_related("cohort")
            .prefetch_related("entries__person")
            .order_by("-cohort__starts_on", "kind", "pk")
        )
        if wants_export(request):
            head = ["Cohort", "Kind", "What", "Unit", "Pledged", "Given", "Stated", "Acknowledged on"]
            figures = [
                (
                    c.cohort,
                    c.get_kind_display(),
                    c.what,
                    c.unit,
                    float(c.pledged),
                    float(c.given),
                    float(c.stated),
                    c.acknowledged_on,
                )
                for c in rows
            ]
            return export(request, f"contributions-{partner.slug}", head, figures)
        for row in rows:
            row.left = row.pledged - row.given  # type: ignore[attr-defined]
        of_team = workspaces_of(request.user).filter(workspace_id=partner.workspace_id).exists()
        context = {
            "partner": partner,
            "rows": rows,
            "of_team": of_team,
            "may_edit": may_edit(request.user, partner.workspace_id),
            "is_contact": partner.contacts.filter(user=request.user).exists(),
        }
        return render(request, "partners/contributions/list.html", context)


class ContributionAdd(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        return self._page(request, partner, ContributionForm(cohorts=_cohorts(partner)))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        form = ContributionForm(request.POST, cohorts=_cohorts(partner))
        if form.is_valid():
            try:
                contributions_services.pledge(partner=partner, by=request.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                return redirect("partners:contributions", slug=slug)
        return self._page(request, partner, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, partner: Partner, form: Any, status: int = 200) -> HttpResponse:
        return form_page(
            request,
            form,
            heading="What they promise",
            crumbs=partner_crumbs(partner),
            status=status,
            state="Hours, people, pieces or money that is not billed. What it is worth is never added to cash.",
        )


class GivenAdd(LoginRequiredMixin, View):
    """Say that something was given: a coordinator, or a contact of the partner."""

    def get(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        one = self._find(request, slug, pk)
        return self._page(request, one, GivenForm(contribution=one, initial={"on": timezone.localdate()}))

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        one = self._find(request, slug, pk)
        form = GivenForm(request.POST, contribution=one)
        if form.is_valid():
            try:
                contributions_services.state_given(contribution=one, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            except ServiceError as error:
                form.add_error("quantity", str(error))
            else:
                return redirect("partners:contributions", slug=slug)
        return self._page(request, one, form, status=422)

    @staticmethod
    def _find(request: HttpRequest, slug: str, pk: int) -> Contribution:
        partner = get_visible_or_404(Partner.objects.visible_to(request.user), slug=slug)
        _writer_or_404(request, partner)
        return get_visible_or_404(partner.contributions.select_related("partner", "cohort"), pk=pk)

    @staticmethod
    def _page(request: HttpRequest, one: Contribution, form: Any, status: int = 200) -> HttpResponse:
        if not may_edit(request.user, one.partner.workspace_id):
            del form.fields["person"]  # contacts don't choose among the people of the cohort
        return form_page(
            request,
            form,
            heading=f"Given: {one.what}",
            crumbs=partner_crumbs(one.partner),
            state=f"In {one.unit}.",
            status=status,
        )


class EntryDo(LoginRequiredMixin, View):
    """Confirm, or take back, what was given."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        partner = get_visible_or_404(Partner.objects.visible_to(request.user), slug=slug)
        _writer_or_404(request, partner)
        entries = ContributionEntry.objects.filter(contribution__partner=partner)
        entry = get_visible_or_404(entries.select_related("contribution__partner"), pk=pk)
        editing = may_edit(request.user, partner.workspace_id)
        if "remove" in request.POST:
            if not editing:
                raise Http404
            contributions_services.remove_entry(entry=entry, by=request.user)  # type: ignore[arg-type]
        else:
            contributions_services.confirm_entry(entry=entry, by=request.user, for_partner=editing)  # type: ignore[arg-type]
            messages.success(request, "Confirmed.")
        return redirect("partners:contributions", slug=slug)


class Acknowledge(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        partner = editable_partner(request, slug)
        one = get_visible_or_404(partner.contributions.select_related("partner"), pk=pk)
        contributions_services.acknowledge(contribution=one, on=timezone.localdate(), by=request.user)
        return redirect("partners:contributions", slug=slug)


class MyHours(LoginRequiredMixin, View):
    """What a person is said to have given for a partner: they confirm it here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        entries = ContributionEntry.objects.filter(person=request.user).select_related(
            "contribution__partner", "contribution__cohort"
        )
        people = PartnerPerson.objects.filter(enrollment__user=request.user)
        people = people.select_related("partner", "enrollment__cohort")
        return render(request, "partners/contributions/my_hours.html", {"entries": entries, "people": people})

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = ContributionEntry.objects.to_confirm_by(request.user)
        entry = get_visible_or_404(mine, pk=number_in(request.POST.get("pk")))
        contributions_services.confirm_entry(entry=entry, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Thank you! Noted.")
        return redirect("partners:my-hours")


def _writer_or_404(request: HttpRequest, partner: Partner) -> None:
    if not (may_edit(request.user, partner.workspace_id) or partner.contacts.filter(user=request.user).exists()):
        raise Http404


def _cohorts(partner: Partner) -> Any:
    return Cohort.objects.filter(programme__workspace_id=partner.workspace_id)
