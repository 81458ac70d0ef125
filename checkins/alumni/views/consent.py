"""The page on which a person stays in touch, takes a break or joins the next round."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from checkins.alumni import services
from checkins.alumni.forms import BreakForm, StayForm
from checkins.alumni.links import STAY
from checkins.models import AlumniConsent, HelperBreak
from cohorts.models import Enrollment, OptOut, Programme
from mentorship.core.accounts.models import User
from mentorship.core.links import LinkError
from mentorship.core.views import LookupView, errors_as_messages


class AlumniConsentPage(LookupView):
    """Access by the signed link of a mail, without signing in. Opening it changes nothing."""

    template_name = "checkins/alumni/consent.html"

    def look_up(self) -> None:
        programme_id, user_id = STAY.read(self.kwargs["token"])
        programme = Programme.objects.filter(pk=programme_id).select_related("workspace").first()
        person = User.objects.filter(pk=user_id, is_active=True).first()
        if programme is None or person is None:
            raise LinkError
        self.programme, self.person = programme, person

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        programme, person = self.programme, self.person
        match request.POST.get("do"):
            case "join":
                with errors_as_messages(request):
                    wanted = request.POST.get("cohort", ""), request.POST.get("role", "")
                    link = services.invitation_to_round(programme, person, *wanted)
                    return redirect(link.removeprefix(settings.SITE_URL))
            case "break":
                form = BreakForm(request.POST)
                if not form.is_valid():
                    return self.page(status=422, break_form=form)
                services.take_break(programme=programme, user=person, until=form.cleaned_data["until"])
                messages.success(request, "Enjoy your break. Nobody asks you until then.")
            case "back":
                services.end_break(programme=programme, user=person)
                messages.success(request, "Welcome back.")
            case "stay":
                stay_form = StayForm(request.POST, programme=programme)
                if not stay_form.is_valid():
                    return self.page(status=422, stay_form=stay_form)
                with errors_as_messages(request):
                    self._save_consent(stay_form)
            case _:
                messages.error(request, "Tick the box first, then choose the button.")
        return redirect("checkins:alumni-consent", token=self.kwargs["token"])

    def _save_consent(self, form: StayForm) -> None:
        stays, roles = form.cleaned_data["stays"] == "yes", form.cleaned_data["roles"]
        services.save_consent(programme=self.programme, user=self.person, stays=stays, roles=roles)
        messages.success(self.request, "Thank you, we stay in touch." if stays else "You hear from us no longer.")

    def get_context(self) -> dict[str, Any]:
        programme, person = self.programme, self.person
        consent = AlumniConsent.objects.filter(programme=programme, user=person).first()
        stays = consent is not None and consent.left_at is None
        given = {"stays": "yes" if stays else "no" if consent else "", "roles": consent.roles if consent else []}
        rest = HelperBreak.objects.filter(programme=programme, user=person).first()
        today = timezone.localdate()
        helped = Enrollment.objects.filter(user=person, cohort__programme=programme).exclude(role="mentee")
        open_now = programme.opportunities.filter(status__in=["approved", "sent"]).exclude(closes_on__lt=today)
        return {
            "programme": programme,
            "person": person,
            "token": self.kwargs["token"],
            "stays": stays,
            "eligible": services.past_participants(programme).filter(pk=person.pk).exists(),
            "opted_out": OptOut.objects.filter(workspace=programme.workspace_id, user=person).exists(),
            "rest": rest if rest and (rest.until is None or rest.until > today) else None,
            "helped": helped.occupying_place().exists(),
            "rounds": services.next_rounds(programme, person, list(AlumniConsent.FORM_OF)),
            "opportunities": open_now[:20] if stays else [],
            "stay_form": StayForm(initial=given, programme=programme),
            "break_form": BreakForm(),
        }
