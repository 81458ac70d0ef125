"""The page on which a person stays in touch, takes a break or joins the next round."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.alumni import services
from checkins.alumni.forms import StayForm
from checkins.alumni.links import read_stay_link
from checkins.models import AlumniConsent, HelperBreak
from checkins.waves.forms import PauseUntilForm
from cohorts.invitations import links as invitations_links
from cohorts.models import Enrollment, OptOut, Programme
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError


class AlumniConsentPage(View):
    """By the signed link of a mail, with no login. Looking changes nothing."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = _by_token(token)
        if found is None:
            return render(request, "checkins/bad_link.html", status=404)
        return self._page(request, token, *found)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = _by_token(token)
        if found is None:
            return render(request, "checkins/bad_link.html", status=404)
        programme, user = found
        forms: dict[str, Any] = {}
        try:
            match request.POST.get("do"):
                case "join":
                    return redirect(self._way_in(request, programme, user))
                case "break":
                    form = forms["break_form"] = PauseUntilForm(request.POST)
                    if not form.is_valid():
                        return self._page(request, token, programme, user, status=422, **forms)
                    services.take_break(programme=programme, user=user, until=form.cleaned_data["until"])
                    messages.success(request, "Enjoy your break. Nobody asks you until then.")
                case "back":
                    services.end_break(programme=programme, user=user)
                    messages.success(request, "Welcome back.")
                case _:
                    stay = forms["stay_form"] = StayForm(request.POST)
                    if not stay.is_valid():
                        return self._page(request, token, programme, user, status=422, **forms)
                    stays = stay.cleaned_data["stays"] == "yes"
                    roles = stay.cleaned_data["roles"]
                    services.save_consent(programme=programme, user=user, stays=stays, roles=roles)
                    messages.success(
                        request, "Thank you, we stay in touch." if stays else "You hear from us no longer."
                    )
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("checkins:stay", token=token)

    @staticmethod
    def _way_in(request: HttpRequest, programme: Programme, user: User) -> str:
        """The form of a round that is open, filled in with what they said last time. Raises ServiceError."""
        wanted = (request.POST.get("cohort"), request.POST.get("role"))
        for one in services.next_rounds(programme, user, list(AlumniConsent.RETURNS_AS)):
            for role, _words, form_role in one.roles:
                if (one.cohort.slug, role) == wanted:
                    address = invitations_links.invite_link(
                        invitations_links.Invitation(one.cohort.pk, form_role, user.email)
                    )
                    return address.removeprefix(settings.SITE_URL)
        raise ServiceError("Its sign-up is not open any more.")

    @staticmethod
    def _page(
        request: HttpRequest, token: str, programme: Programme, user: User, status: int = 200, **forms: Any
    ) -> HttpResponse:
        consent = AlumniConsent.objects.filter(programme=programme, user=user).first()
        stays = consent is not None and consent.left_at is None
        given = {"stays": "yes" if stays else "no" if consent else "", "roles": consent.roles if consent else []}
        rest = HelperBreak.objects.filter(programme=programme, user=user).first()
        today = timezone.localdate()
        open_now = programme.opportunities.filter(status__in=["approved", "sent"]).exclude(closes_on__lt=today)
        context = {
            "programme": programme,
            "person": user,
            "token": token,
            "stays": stays,
            "eligible": services.past_participants(programme).filter(pk=user.pk).exists(),
            "opted_out": OptOut.objects.filter(workspace=programme.workspace_id, user=user).exists(),
            "rest": rest if rest and (rest.until is None or rest.until > today) else None,
            "helped": Enrollment.objects.filter(user=user, cohort__programme=programme)
            .exclude(role="mentee")
            .occupying_place()
            .exists(),
            "rounds": services.next_rounds(programme, user, list(AlumniConsent.RETURNS_AS)),
            "opportunities": open_now[:20] if stays else [],
            "stay_form": StayForm(initial=given),
            "break_form": PauseUntilForm(),
            **forms,
        }
        return render(request, "checkins/alumni/consent.html", context, status=status)


def _by_token(token: str) -> tuple[Programme, User] | None:
    ids = read_stay_link(token)
    if ids is None:
        return None
    programme = Programme.objects.filter(pk=ids[0]).select_related("workspace").first()
    user = User.objects.filter(pk=ids[1], is_active=True).first()
    return (programme, user) if programme and user else None
