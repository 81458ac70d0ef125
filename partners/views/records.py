"""Pages about partners, for coordinators and, with less on them, for the partners' own contacts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort, Programme
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, workspaces_of
from mentorship.audit.services import history_of
from mentorship.ui.requests import page_of
from mentorship.ui.search import every_word
from partners.forms.records import ContactForm, PartnerForm, SponsorshipForm
from partners.models import Invoice, Partner, ReportVersion, Sponsorship
from partners.reporting import progress
from partners.services import (
    PartnerError,
    add_sponsorship,
    agree_sponsorship,
    create_partner,
    invite_contact,
    remove_contact,
    remove_sponsorship,
    save_partner,
)
from partners.views.base import editable_programmes
from partners.views.people import may_be_lent


class PartnerList(LoginRequiredMixin, View):
    """The partners that the reader may see."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = every_word(Partner.objects.visible_to(request.user), request.GET.get("q", ""), "name")
        of_team = workspaces_of(request.user).exists()
        touch = request.GET.get("touch") == "due" and of_team
        if touch:
            due = Partner.objects.editable_by(request.user).filter(next_touch_on__lte=timezone.localdate())
            found = found.filter(pk__in=due)
        if not of_team and not found.exists() and not request.GET.get("q"):
            raise Http404
        counted = (
            Partner.objects.filter(pk__in=found.values("pk"))
            .annotate(supports=Count("sponsorships"))
            .order_by("name", "pk")
        )
        context = {
            "page_obj": page_of(request, counted),
            "of_team": of_team,
            "may_create": Programme.objects.editable_by(request.user).exists(),
            "q": request.GET.get("q", ""),
            "touch": touch,
        }
        return render(request, "partners/partner_list.html", context)


class PartnerCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        form = PartnerForm(programmes=editable_programmes(request))
        return render(request, "partners/partner_form.html", {"form": form, "partner": None})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PartnerForm(request.POST, programmes=editable_programmes(request))
        if not form.is_valid():
            return render(request, "partners/partner_form.html", {"form": form, "partner": None}, status=422)
        fields = dict(form.cleaned_data)
        partner = create_partner(workspace=fields.pop("programme").workspace, by=request.user, **fields)
        messages.success(request, f"{partner} is on record. Say what it supports, and invite a contact.")
        return redirect(partner)


class PartnerDetail(LoginRequiredMixin, View):
    """Facts, contacts and sponsorships; a contact sees what the partner supports."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = get_visible_or_404(Partner.objects.visible_to(request.user), slug=slug)
        of_team = workspaces_of(request.user).filter(workspace_id=partner.workspace_id).exists()
        context = {
            "partner": partner,
            "of_team": of_team,
            "may_edit": may_edit(request.user, partner.workspace_id),
            "sponsorships": Sponsorship.objects.visible_to(request.user).filter(partner=partner),
            "contacts": partner.contacts.select_related("user").order_by("user__full_name") if of_team else [],
            "history": history_of(partner)[:20] if of_team else [],
            "open_invoices": Invoice.objects.visible_to(request.user).filter(partner=partner).open().with_sums(),
            "has_invoices": Invoice.objects.visible_to(request.user).filter(partner=partner).exists(),
            "shares": partner.shares.filter(status="proposed").select_related("cost__cohort", "partner"),
            "versions": ReportVersion.objects.visible_to(request.user).filter(report__partner=partner),
            "has_contributions": partner.contributions.exists(),
            "people": partner.people.select_related("enrollment__user", "enrollment__cohort")
            if of_team
            else partner.people.shown(),
            "may_be_lent": may_be_lent(partner)[:500] if may_edit(request.user, partner.workspace_id) else [],
            "day": timezone.localdate(),
        }
        return render(request, "partners/partner.html", context)


class PartnerEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = _editable_or_404(request, slug)
        form = PartnerForm(instance=partner, programmes=None)
        return render(request, "partners/partner_form.html", {"form": form, "partner": partner})

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner, edited = _editable_or_404(request, slug), _editable_or_404(request, slug)
        form = PartnerForm(request.POST, instance=edited, programmes=None)
        if not form.is_valid():
            return render(request, "partners/partner_form.html", {"form": form, "partner": partner}, status=422)
        save_partner(partner=form.save(commit=False), by=request.user)
        messages.success(request, "Saved.")
        return redirect(partner)


class ContactInvite(CoordinatorRequiredMixin, View):
    """Let a person of the partner sign in."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        context = {"form": ContactForm(), "partner": _editable_or_404(request, slug)}
        return render(request, "partners/contact_form.html", context)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = _editable_or_404(request, slug)
        form = ContactForm(request.POST)
        if not form.is_valid():
            return render(request, "partners/contact_form.html", {"form": form, "partner": partner}, status=422)
        contact = invite_contact(partner=partner, by=request.user, **form.cleaned_data)
        messages.success(request, f"{contact.user} may sign in; a mail says how.")
        return redirect(partner)


class ContactRemove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        partner = _editable_or_404(request, slug)
        contact = get_visible_or_404(partner.contacts.select_related("user", "partner"), pk=pk)
        remove_contact(contact=contact, by=request.user)
        messages.success(request, f"{contact.user} does not see {partner} any more.")
        return redirect(partner)


class SponsorshipAdd(CoordinatorRequiredMixin, View):
    """Say what the partner supports."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = _editable_or_404(request, slug)
        initial = {"currency": partner.currency}
        return self._page(request, partner, SponsorshipForm(cohorts=self._cohorts(partner), initial=initial))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = _editable_or_404(request, slug)
        form = SponsorshipForm(request.POST, cohorts=self._cohorts(partner), instance=Sponsorship(partner=partner))
        if form.is_valid():
            try:
                made = add_sponsorship(partner=partner, by=request.user, **form.cleaned_data)
            except PartnerError as error:
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
        return render(request, "partners/sponsorship_form.html", {"form": form, "partner": partner}, status=status)


class SponsorshipRemove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        partner = _editable_or_404(request, slug)
        sponsorship = get_visible_or_404(partner.sponsorships.select_related("partner", "cohort"), pk=pk)
        if "agree" in request.POST:
            agree_sponsorship(sponsorship=sponsorship, by=request.user)
            messages.success(request, f"Agreed: {sponsorship}. Its contacts see it now.")
            return redirect(partner)
        try:
            remove_sponsorship(sponsorship=sponsorship, by=request.user)
        except PartnerError as error:
            messages.error(request, str(error))
            return redirect(partner)
        messages.success(request, f"{partner} is not on record for {sponsorship.cohort} any more.")
        return redirect(partner)


class ImpactPage(LoginRequiredMixin, View):
    """What became of the cohort that a partner supports."""

    def get(self, request: HttpRequest, slug: str, cohort_slug: str) -> HttpResponse:
        sponsorship = get_visible_or_404(
            Sponsorship.objects.visible_to(request.user), partner__slug=slug, cohort__slug=cohort_slug
        )
        of_team = workspaces_of(request.user).filter(workspace_id=sponsorship.partner.workspace_id).exists()
        data = progress(sponsorship, release=not of_team)
        context: dict[str, Any] = {
            "sponsorship": sponsorship,
            "partner": sponsorship.partner,
            "report_cohort": sponsorship.cohort,
            "figures": next((b["figures"] for b in data["blocks"] if b["kind"] == "figures"), []),
            "data": {**data, "blocks": [b for b in data["blocks"] if b["kind"] != "figures"]},
            "logos": [],
            "begun": bool(data["blocks"]),
            "of_team": of_team,
            "now": timezone.now(),
        }
        return render(request, "partners/impact.html", context)


def _editable_or_404(request: HttpRequest, slug: str) -> Partner:
    return get_visible_or_404(Partner.objects.editable_by(request.user).select_related("workspace"), slug=slug)
