"""Pages for partners, their logo and people."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, workspaces_of
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import Ask, errors_as_messages
from partners.models import (
    Agreement,
    ContributionEntry,
    Deliverable,
    InstalmentDue,
    Invoice,
    Partner,
    PartnerContact,
    PartnerKind,
    PartnerPerson,
    ReportVersion,
    Sponsorship,
)
from partners.records.duties import may_act
from partners.records.forms import LogoForm, PartnerForm
from partners.records.links import REQUIREMENTS
from partners.records.people import (
    PersonOverRounds,
    answer_visibility,
    ask_sponsored,
    delete_lent_person,
    enrollments_to_lend,
    lend,
    people_over_rounds,
)
from partners.records.services import create_partner, save_logo, save_partner
from partners.records.standing import standing_of
from partners.records.view_base import (
    PARTNERS,
    OneFormPage,
    PartnerPage,
    PartnerView,
    editable_programmes,
    next_page,
)


class PartnerList(LoginRequiredMixin, View):
    """The partners that the reader may see."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = every_word(Partner.objects.visible_to(request.user), request.GET.get("q", ""), "name")
        of_team = workspaces_of(request.user).exists()
        touch = choice_in(request, "touch", ["due"]) == "due" and of_team
        if touch:
            due = Partner.objects.editable_by(request.user).filter(next_touch_on__lte=timezone.localdate())
            found = found.filter(pk__in=due)
        if not of_team and not found.exists() and not request.GET.get("q"):
            raise Http404
        if kind := choice_in(request, "kind", PartnerKind.Kind.values):
            found = found.filter(kinds__kind=kind)
        counted = Partner.objects.filter(pk__in=found.values("pk")).annotate(supports=Count("sponsorships"))
        context = {
            "page_obj": page_of(request, counted.prefetch_related("kinds").order_by("name", "pk")),
            "of_team": of_team,
            "may_create": Programme.objects.editable_by(request.user).exists(),
            "q": request.GET.get("q", ""),
            "touch": touch,
            "kind": kind,
            "kinds": PartnerKind.Kind.choices,
        }
        return render(request, "partners/records/list.html", context)


class PartnerCreate(CoordinatorRequiredMixin, OneFormPage):
    """Add a partner to one of the reader's programmes."""

    heading = "New partner"
    state = "Its name, written exactly as it asks."
    button = "Save partner"
    crumbs = PARTNERS

    def look_up(self) -> None:
        self.programmes = editable_programmes(self.request)

    def get_form(self, *data: Any) -> PartnerForm:
        return PartnerForm(*data, programmes=self.programmes)

    def save(self, form: PartnerForm) -> HttpResponse:
        workspace = form.chosen_programme().workspace
        partner = create_partner(workspace=workspace, by=self.user, **form.cleaned_data)
        messages.success(self.request, f"{partner} is on record. Say what it supports, and invite a contact.")
        return redirect(partner)


class PartnerDetail(PartnerPage):
    """Facts, contacts and sponsorships; contacts see the partner's support."""

    template_name = "partners/records/detail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        partner, day = self.partner, timezone.localdate()
        invoices = Invoice.objects.visible_to(self.user).filter(partner=partner)
        return self.page(
            sponsorships=Sponsorship.objects.visible_to(self.user).filter(partner=partner),
            contacts=partner.contacts.select_related("user", "stand_in__user").order_by("user__full_name", "pk"),
            may_decide=may_act(self.user, partner, PartnerContact.Task.DECIDES),
            may_confirm=may_act(self.user, partner, PartnerContact.Task.CONFIRMS_HOURS),
            is_contact=self.is_contact,
            open_invoices=invoices.open().with_sums(),
            has_invoices=invoices.exists(),
            shares=partner.shares.filter(status="proposed").select_related("cost__cohort", "partner"),
            versions=ReportVersion.objects.visible_to(self.user).filter(report__partner=partner),
            gifts=partner.contributions.with_given().select_related("cohort").order_by("-cohort__starts_on", "pk")[:6],
            to_confirm=ContributionEntry.objects.filter(contribution__partner=partner).open_for_partner().count(),
            agreements=Agreement.objects.visible_to(self.user).filter(partner=partner),
            payments=InstalmentDue.objects.of_partner(partner, of_team=self.of_team).recent(day),
            **self._owed(day),
            funds=partner.funds.with_spent().select_related("cohort"),
            kinds=partner.kinds.all(),
            standing=standing_of(partner),
            answer_url=self._answer_url(),
            people=self._people(),
            may_be_lent=enrollments_to_lend(partner)[:500] if self.may_edit else [],
            day=day,
        )

    def _owed(self, day: date) -> dict[str, Any]:
        owed = list(Deliverable.objects.of_partner(self.partner, of_team=self.of_team).recent(day))
        return {"owed": owed, "done": sum(one.status == Deliverable.Status.DONE for one in owed)}

    def _answer_url(self) -> str:
        """A contact's own link to the requirements; "" for anybody else, and for contacts who don't decide."""
        contact = self.partner.contacts.filter(user=self.user).first()
        may_accept = contact and may_act(self.user, self.partner, PartnerContact.Task.DECIDES)
        return REQUIREMENTS.url(contact.pk) if contact and may_accept else ""

    def _people(self) -> list[PersonOverRounds]:
        if self.of_team:
            rows = self.partner.people.select_related("enrollment__user", "enrollment__cohort__programme")
            return people_over_rounds(rows)
        return people_over_rounds(self.partner.people.shown())


class PartnerEdit(OneFormPage, PartnerView):
    """Edit the record of a partner."""

    for_editors = True
    heading = "Edit partner"
    state = "Its name, written exactly as it asks."

    def get_form(self, *data: Any) -> PartnerForm:
        return PartnerForm(*data, instance=self.partner, programmes=None)

    def save(self, form: PartnerForm) -> HttpResponse:
        partner = save_partner(partner=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect(next_page(self.request) or partner)


class LogoEdit(OneFormPage, PartnerView):
    """Upload or remove the logo."""

    for_editors = True
    heading = "Logo"
    multipart = True

    def look_up(self) -> None:
        super().look_up()
        self.state = f"What they allow: {self.partner.get_naming_display()}."

    def get_form(self, *data: Any) -> LogoForm:
        return LogoForm(*data)

    def save(self, form: LogoForm) -> HttpResponse:
        saved = save_logo(partner=self.partner, content=form.cleaned_data["file"], by=self.user)
        shown = "It stands on reports." if saved.prints_logo else "By what they allow, it is shown to nobody else."
        messages.success(self.request, f"Saved. {shown}" if saved.logo_kind else "The logo is gone.")
        return redirect(saved)


class LogoFile(View):
    """The picture: for everybody if the partner allows it, else for its team and contacts."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        may = Q(official=True, naming=Partner.Naming.NAME_AND_LOGO)
        mine = Partner.objects.visible_to(request.user).values("pk")
        found = Partner.objects.filter(may | Q(pk__in=mine)).exclude(logo_kind="").select_related("logo")
        partner = get_visible_or_404(found, slug=slug)
        response = HttpResponse(bytes(partner.logo.content), content_type=partner.logo_kind)
        response["Content-Disposition"] = "inline"
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, max-age=300"
        return response


class PersonLend(PartnerView):
    """Record that a mentor, expert or facilitator comes from the partner, or remove that record."""

    asks = {
        "remove": Ask(
            "Remove this person?",
            "Remove",
            "They no longer count as lent by the partner, and what they agreed to show is gone.",
        ),
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        if "remove" in request.POST:
            person = get_visible_or_404(self.partner.people.all(), pk=number_in(request.POST["remove"]))
            delete_lent_person(person=person, by=self.user)
            return redirect(self.partner)
        found = enrollments_to_lend(self.partner)
        enrollment = get_visible_or_404(found, pk=number_in(request.POST.get("enrollment")))
        lend(partner=self.partner, enrollment=enrollment, by=self.user)
        messages.success(request, f"{enrollment.user} is asked on their own page whether {self.partner} may see it.")
        return redirect(self.partner)


class SponsoredAsk(CoordinatorRequiredMixin, View):
    """Ask everybody of a sponsorship's group whether the partner may see them."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        sponsorship = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        with errors_as_messages(request):
            asked = ask_sponsored(sponsorship=sponsorship, by=request.user)
            messages.success(request, f"{asked} asked on their own page.")
        return redirect("partners:sponsorship-detail", pk=pk)


class PersonAnswer(LoginRequiredMixin, View):
    """The person's choice whether a partner may see them."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = PartnerPerson.objects.filter(enrollment__user=request.user)
        person = get_visible_or_404(found, pk=pk)
        if not {"agree", "decline"} & request.POST.keys():
            raise Http404
        answer_visibility(person=person, agree="agree" in request.POST, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Noted. You can change it at any time.")
        return redirect("partners:my-hours")
