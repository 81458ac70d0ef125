"""Pages for partners, their contacts, logo and people."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Enrollment, Programme
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, workspaces_of
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import every_word
from partners.models import Invoice, Partner, PartnerPerson, ReportVersion, Sponsorship
from partners.records import people
from partners.records import services as records_services
from partners.records.forms import ContactForm, LogoForm, PartnerForm
from partners.records.services import create_partner, invite_contact, remove_contact, save_partner
from partners.records.view_base import (
    editable_partner,
    editable_programmes,
    form_page,
    partner_crumbs,
)


class LogoEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._page(request, editable_partner(request, slug), LogoForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        form = LogoForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, partner, form, status=422)
        saved = records_services.save_logo(partner=partner, content=form.cleaned_data["file"], by=request.user)
        shown = "It stands on reports." if saved.prints_logo else "By what they allow, it is shown to nobody else."
        messages.success(request, f"Saved. {shown}" if saved.logo_kind else "The logo is gone.")
        return redirect(partner)

    @staticmethod
    def _page(request: HttpRequest, partner: Partner, form: LogoForm, status: int = 200) -> HttpResponse:
        state = f"What they allow: {partner.get_naming_display()}."
        return form_page(
            request, form, heading="Logo", crumbs=partner_crumbs(partner), state=state, status=status, multipart=True
        )


class LogoFile(View):
    """The picture: for everybody where the partner allows it, else for its team and contacts."""

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


class PersonLend(CoordinatorRequiredMixin, View):
    """Say that a mentor, expert or facilitator comes from the partner, or that they don't."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        if "remove" in request.POST:
            lent = partner.people.all()
            people.remove_lent_person(
                person=get_visible_or_404(lent, pk=number_in(request.POST["remove"])), by=request.user
            )
            return redirect(partner)
        found = may_be_lent(partner)
        enrollment = get_visible_or_404(found, pk=number_in(request.POST.get("enrollment")))
        people.lend(partner=partner, enrollment=enrollment, by=request.user)
        messages.success(request, f"{enrollment.user} is asked on their own page whether {partner} may see it.")
        return redirect(partner)


class SponsoredAsk(CoordinatorRequiredMixin, View):
    """Ask everybody of a sponsorship's group whether the partner may see them."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        one = get_visible_or_404(Sponsorship.objects.editable_by(request.user), pk=pk)
        try:
            asked = people.ask_sponsored(sponsorship=one, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{asked} asked on their own page.")
        return redirect("partners:sponsorship", pk=pk)


class PersonAnswer(LoginRequiredMixin, View):
    """A person says whether a partner may see them."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = PartnerPerson.objects.filter(enrollment__user=request.user)
        person = get_visible_or_404(found, pk=pk)
        if not {"agree", "decline"} & request.POST.keys():
            raise Http404
        people.answer_shown(person=person, agree="agree" in request.POST, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Noted. You can change it at any time.")
        return redirect("partners:my-hours")


def may_be_lent(partner: Partner) -> Any:
    """Accepted mentors, experts and facilitators of the cohorts that the partner supports, and not said yet."""
    found = Enrollment.objects.filter(
        cohort__sponsorships__partner=partner, role__in=["mentor", "expert", "facilitator"]
    ).occupying_place()
    found = found.exclude(shown_to_partners__partner=partner).select_related("user", "cohort__programme")
    return found.distinct().order_by("cohort__starts_on", "user__full_name", "pk")


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
        return render(request, "partners/records/list.html", context)


class PartnerCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        form = PartnerForm(programmes=editable_programmes(request))
        return render(request, "partners/records/form.html", {"form": form, "partner": None})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PartnerForm(request.POST, programmes=editable_programmes(request))
        if not form.is_valid():
            return render(request, "partners/records/form.html", {"form": form, "partner": None}, status=422)
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
        return render(request, "partners/records/detail.html", context)


class PartnerEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        form = PartnerForm(instance=partner, programmes=None)
        return render(request, "partners/records/form.html", {"form": form, "partner": partner})

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner, edited = editable_partner(request, slug), editable_partner(request, slug)
        form = PartnerForm(request.POST, instance=edited, programmes=None)
        if not form.is_valid():
            return render(request, "partners/records/form.html", {"form": form, "partner": partner}, status=422)
        save_partner(partner=form.save(commit=False), by=request.user)
        messages.success(request, "Saved.")
        return redirect(partner)


class ContactInvite(CoordinatorRequiredMixin, View):
    """Let a person of the partner sign in."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        context = {"form": ContactForm(), "partner": editable_partner(request, slug)}
        return render(request, "partners/records/contact_form.html", context)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        form = ContactForm(request.POST)
        if not form.is_valid():
            return render(request, "partners/records/contact_form.html", {"form": form, "partner": partner}, status=422)
        contact = invite_contact(partner=partner, by=request.user, **form.cleaned_data)
        messages.success(request, f"{contact.user} may sign in; a mail says how.")
        return redirect(partner)


class ContactRemove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        partner = editable_partner(request, slug)
        contact = get_visible_or_404(partner.contacts.select_related("user", "partner"), pk=pk)
        remove_contact(contact=contact, by=request.user)
        messages.success(request, f"{contact.user} does not see {partner} any more.")
        return redirect(partner)
