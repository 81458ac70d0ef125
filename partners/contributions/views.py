"""Pages for the contributions of a partner, and for people to confirm their hours."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.views import Ask, AsksFirst, errors_as_messages
from partners.contributions.forms import ContributionForm, DeclineForm, GivenForm, OwnHoursForm
from partners.contributions.services import (
    acknowledge,
    confirm_entries,
    confirm_entry,
    decline_entry,
    delete_entry,
    pledge,
    record_given,
    record_own_hours,
)
from partners.documents import formatting
from partners.models import Contribution, ContributionEntry, Partner, PartnerContact, PartnerPerson, Quote
from partners.records.duties import may_act, somebody_may
from partners.records.view_base import OneFormPage, PartnerObjectView, PartnerPage, PartnerView
from partners.testimonials.links import QUOTE

CONFIRMS = PartnerContact.Task.CONFIRMS_HOURS


class ContributionList(PartnerPage):
    """Pledged, given and acknowledged, with the balance by cohort; for the team and the partner's contacts."""

    template_name = "partners/contributions/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.partner.contributions.with_given().select_related("cohort").prefetch_related("entries__person")
        rows = rows.order_by("-cohort__starts_on", "kind", "pk")
        if wants_export(request):
            return self._export(rows)
        confirms = may_act(self.user, self.partner, CONFIRMS)
        return self.page(
            rows=rows,
            is_contact=self.is_contact,
            has_contact=somebody_may(self.partner, CONFIRMS),
            to_confirm=entries_to_confirm(self.partner) if confirms else [],
            named=named_to_partner(self.partner),
        )

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


def entries_to_confirm(partner: Partner) -> QuerySet[ContributionEntry]:
    """Entries that the partner has not answered yet."""
    found = ContributionEntry.objects.filter(contribution__partner=partner).open_for_partner()
    return found.select_related("contribution__cohort", "person").order_by("on", "pk")


def named_to_partner(partner: Partner) -> set[int]:
    """The ids of the users whose names the partner's contacts may read."""
    return set(partner.people.filter(agreed_at__isnull=False).values_list("enrollment__user", flat=True))


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


class EntryPage(SpokenForPage):
    """A page about an entry of the partner, which `pk` names in the address."""

    entry: ContributionEntry

    def look_up(self) -> None:
        super().look_up()
        entries = ContributionEntry.objects.filter(contribution__partner=self.partner)
        self.entry = get_visible_or_404(entries.select_related("contribution__partner"), pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        """Redirect to the list of contributions."""
        return redirect("partners:contribution-list", slug=self.partner.slug)


class EntryConfirm(EntryPage):
    """Confirm an entry; a coordinator may also delete it."""

    asks = {
        "remove": Ask("Remove this entry?", "Remove the entry", "It no longer counts in reports."),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        if "remove" in request.POST:
            if not self.may_edit:
                raise Http404
            delete_entry(entry=self.entry, by=self.user)
            return self.back()
        with errors_as_messages(request):
            confirm_entry(entry=self.entry, by=self.user, for_partner=self.may_edit)
            messages.success(request, "Confirmed.")
        return self.back()


class EntryDecline(OneFormPage, EntryPage):
    """Say that an entry isn't right; for the partner's contacts."""

    heading = "What’s wrong with these hours?"
    button = "Don’t confirm"
    error_field = "reason"

    def look_up(self) -> None:
        super().look_up()
        if not may_act(self.user, self.partner, CONFIRMS):
            raise Http404
        one = self.entry
        self.state = f"{formatting.number(one.quantity)} {one.contribution.unit}, {formatting.day(one.on)}"

    def get_form(self, *data: Any) -> DeclineForm:
        return DeclineForm(*data)

    def save(self, form: DeclineForm) -> HttpResponse:
        decline_entry(entry=self.entry, reason=form.cleaned_data["reason"], by=self.user)
        messages.success(self.request, "Noted. The person who gave the hours and the coordinators can see why.")
        return self.back()


class EntriesConfirm(SpokenForPage):
    """Confirm all entries that the page showed; for the partner's contacts."""

    def look_up(self) -> None:
        super().look_up()
        if not may_act(self.user, self.partner, CONFIRMS):
            raise Http404

    def post(self, request: HttpRequest) -> HttpResponse:
        pks = [pk for text in request.POST.getlist("entry") if (pk := number_in(text))]
        confirmed = confirm_entries(partner=self.partner, pks=pks, by=self.user)
        messages.success(request, f"{counted(confirmed, 'entry,entries')} confirmed.")
        return redirect("partners:contribution-list", slug=self.partner.slug)


class ContributionAcknowledge(PartnerObjectView[Contribution]):
    """Record that the partner was thanked for it today."""

    def get_rows(self) -> QuerySet[Contribution]:
        return self.partner.contributions.select_related("partner")

    def post(self, request: HttpRequest) -> HttpResponse:
        acknowledge(contribution=self.object, on=timezone.localdate(), by=self.user)
        return redirect("partners:contribution-list", slug=self.partner.slug)


class MyHours(LoginRequiredMixin, AsksFirst):
    """A person's own page about partners: hours, who may see them, and quotes."""

    asks = {
        "remove": Ask("Remove these hours?", "Remove the hours", "They haven’t been confirmed and don’t count yet.")
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(OwnHoursForm(user=request.user, initial={"on": timezone.localdate()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        user, mine = request.user, ContributionEntry.objects.filter(person=request.user)
        if "remove" in request.POST:
            unsettled = mine.filter(partner_confirmed_at=None).select_related("contribution__partner")
            delete_entry(entry=get_visible_or_404(unsettled, pk=number_in(request.POST["remove"])), by=user)
            messages.success(request, "Removed.")
        elif "pk" in request.POST:
            entry = get_visible_or_404(mine.to_confirm_by(user), pk=number_in(request.POST["pk"]))
            confirm_entry(entry=entry, by=user)
            messages.success(request, "Thank you! Noted.")
        else:
            form = OwnHoursForm(request.POST, user=user)
            if not form.is_valid():
                return self._page(form, status=422)
            record_own_hours(by=user, **form.cleaned_data)
            messages.success(request, f"Saved. {form.cleaned_data['person'].partner} is asked to confirm them.")
        return redirect("partners:my-hours")

    def _page(self, form: OwnHoursForm, status: int = 200) -> HttpResponse:
        user = self.request.user
        entries = ContributionEntry.objects.filter(person=user).select_related(
            "contribution__partner", "contribution__cohort"
        )
        context = {
            "form": form if form.fields["person"].queryset.exists() else None,  # type: ignore[attr-defined]
            "page_obj": page_of(self.request, entries),
            "people": PartnerPerson.objects.filter(enrollment__user=user).select_related(
                "partner", "enrollment__cohort"
            ),
            "quotes": [(one, QUOTE.url(one.pk)) for one in Quote.objects.to_answer_by(user)],
        }
        return render(self.request, "partners/contributions/my_hours.html", context, status=status)
