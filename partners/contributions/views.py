"""Pages for the contributions of a partner, and for people to confirm their hours."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in
from mentorship.core.views import Ask
from partners.contributions.forms import ContributionForm, GivenForm
from partners.contributions.services import acknowledge, confirm_entry, delete_entry, pledge, record_given
from partners.models import Contribution, ContributionEntry, PartnerPerson
from partners.records.view_base import OneFormPage, PartnerObjectView, PartnerPage, PartnerView


class ContributionList(PartnerPage):
    """Pledged, given and acknowledged, with the balance by cohort; for the team and the partner's contacts."""

    template_name = "partners/contributions/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.partner.contributions.with_given().select_related("cohort").prefetch_related("entries__person")
        rows = rows.order_by("-cohort__starts_on", "kind", "pk")
        if wants_export(request):
            return self._export(rows)
        return self.page(rows=rows, is_contact=self.is_contact)

    def _export(self, rows: QuerySet[Contribution]) -> HttpResponse:
        head = ["Cohort", "Kind", "What", "Unit", "Pledged", "Given", "Stated", "Acknowledged on"]
        lines = [
            (
                row.cohort,
                row.get_kind_display(),
                row.what,
                row.unit,
                float(row.pledged),
                float(row.given),
                float(row.stated),
                row.acknowledged_on,
            )
            for row in rows
        ]
        return export(self.request, f"contributions-{self.partner.slug}", head, lines)


class ContributionCreate(OneFormPage, PartnerView):
    """Record a partner's pledge."""

    for_editors = True
    heading = "What they promise"
    state = "Hours, people, pieces or money that is not billed. What it is worth is never added to cash."

    def get_form(self, *data: Any) -> ContributionForm:
        return ContributionForm(*data, cohorts=Cohort.objects.filter(programme__workspace_id=self.workspace_id))

    def save(self, form: ContributionForm) -> HttpResponse:
        pledge(partner=self.partner, by=self.user, **form.cleaned_data)
        return redirect("partners:contribution-list", slug=self.partner.slug)


class SpokenForPage(PartnerPage):
    """A page for coordinators and the partner's contacts; its other readers get 404."""

    def look_up(self) -> None:
        super().look_up()
        if not (self.may_edit or self.is_contact):
            raise Http404


class EntryCreate(OneFormPage, SpokenForPage):
    """Record something given."""

    error_field = "quantity"
    contribution: Contribution

    def look_up(self) -> None:
        super().look_up()
        pledged = self.partner.contributions.select_related("partner", "cohort")
        self.contribution = get_visible_or_404(pledged, pk=self.kwargs["pk"])
        self.heading, self.state = f"Given: {self.contribution.what}", f"In {self.contribution.unit}."

    def get_form(self, *data: Any) -> GivenForm:
        form = GivenForm(*data, contribution=self.contribution, initial={"on": timezone.localdate()})
        if not self.may_edit:
            del form.fields["person"]  # contacts don't choose among the people of the cohort
        return form

    def save(self, form: GivenForm) -> HttpResponse:
        record_given(contribution=self.contribution, by=self.user, **form.cleaned_data)
        return redirect("partners:contribution-list", slug=self.partner.slug)


class EntryConfirm(SpokenForPage):
    """Confirm an entry; a coordinator may also delete it."""

    asks = {
        "remove": Ask("Remove this entry?", "Remove the entry", "It no longer counts in reports."),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        entries = ContributionEntry.objects.filter(contribution__partner=self.partner)
        entry = get_visible_or_404(entries.select_related("contribution__partner"), pk=self.kwargs["pk"])
        if "remove" in request.POST:
            if not self.may_edit:
                raise Http404
            delete_entry(entry=entry, by=self.user)
        else:
            confirm_entry(entry=entry, by=self.user, for_partner=self.may_edit)
            messages.success(request, "Confirmed.")
        return redirect("partners:contribution-list", slug=self.partner.slug)


class ContributionAcknowledge(PartnerObjectView[Contribution]):
    """Record that the partner was thanked for it today."""

    def get_rows(self) -> QuerySet[Contribution]:
        return self.partner.contributions.select_related("partner")

    def post(self, request: HttpRequest) -> HttpResponse:
        acknowledge(contribution=self.object, on=timezone.localdate(), by=self.user)
        return redirect("partners:contribution-list", slug=self.partner.slug)


class MyHours(LoginRequiredMixin, View):
    """Hours that a person gave on behalf of a partner, for confirmation."""

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
        confirm_entry(entry=entry, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Thank you! Noted.")
        return redirect("partners:my-hours")
