"""The logo of a partner, and the people who come from it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from cohorts.models import Enrollment
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.ui.requests import number_in
from partners.forms.records import LogoForm
from partners.models import Partner, PartnerPerson, Sponsorship
from partners.services import PartnerError, people, records
from partners.views.base import editable_partner, form_page, partner_crumbs


class LogoEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._page(request, editable_partner(request, slug), LogoForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        partner = editable_partner(request, slug)
        form = LogoForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, partner, form, status=422)
        saved = records.save_logo(partner=partner, content=form.cleaned_data["file"], by=request.user)
        shown = "It stands on reports." if saved.prints_logo else "By what they allow, it is shown to nobody else."
        messages.success(request, f"Saved. {shown}" if saved.logo_kind else "The logo is gone.")
        return redirect(partner)

    @staticmethod
    def _page(request: HttpRequest, partner: Partner, form: LogoForm, status: int = 200) -> HttpResponse:
        state = f"What they allow: {partner.get_naming_display()}."
        return form_page(
            request, form, heading="Logo", crumbs=partner_crumbs(partner), state=state, status=status, multipart=True
        )


class Logo(View):
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
            people.take_back(person=get_visible_or_404(lent, pk=number_in(request.POST["remove"])), by=request.user)
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
        except PartnerError as error:
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
    ).accepted()  # fmt: skip
    found = found.exclude(shown_to_partners__partner=partner).select_related("user", "cohort__programme")
    return found.distinct().order_by("cohort__starts_on", "user__full_name", "pk")
