"""What people see of their own: what they are asked, certificates, honoraria, tasks; and whether they stay in touch."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.forms.after import BreakForm, StayForm
from checkins.links import checkin_link, honorarium_link, read_stay, stay_link
from checkins.models import AlumniConsent, CheckIn, Graduation, HelperBreak, Honorarium, ServiceCertificate
from checkins.services import alumni as services
from checkins.services.answering import is_open, open_until
from checkins.services.errors import CheckInError
from checkins.services.helping import tick_own_task
from cohorts import links
from cohorts.models import ChecklistItem, Enrollment, OptOut, Programme
from mentorship.accounts.models import User
from mentorship.accounts.permissions import get_visible_or_404, pk_of


class Stay(View):
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
                    form = forms["break_form"] = BreakForm(request.POST)
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
                    services.stay_in_touch(programme=programme, user=user, stays=stays, roles=roles)
                    messages.success(
                        request, "Thank you, we stay in touch." if stays else "You hear from us no longer."
                    )
        except CheckInError as error:
            messages.error(request, str(error))
        return redirect("checkins:stay", token=token)

    @staticmethod
    def _way_in(request: HttpRequest, programme: Programme, user: User) -> str:
        """The form of a round that is open, filled in with what they said last time. Raises CheckInError."""
        wanted = (request.POST.get("cohort"), request.POST.get("role"))
        for one in services.next_rounds(programme, user, list(AlumniConsent.RETURNS_AS)):
            for role, _words, form_role in one.roles:
                if (one.cohort.slug, role) == wanted:
                    address = links.invite_link(links.Invitation(one.cohort.pk, form_role, user.email))
                    return address.removeprefix(settings.SITE_URL)
        raise CheckInError("Its sign-up is not open any more.")

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
            "eligible": services.went_through(programme).filter(pk=user.pk).exists(),
            "opted_out": OptOut.objects.filter(workspace=programme.workspace_id, user=user).exists(),
            "rest": rest if rest and (rest.until is None or rest.until > today) else None,
            "helped": Enrollment.objects.filter(user=user, cohort__programme=programme)
            .exclude(role="mentee").accepted().exists(),
            "rounds": services.next_rounds(programme, user, list(AlumniConsent.RETURNS_AS)),
            "opportunities": open_now[:20] if stays else [],
            "stay_form": StayForm(initial=given),
            "break_form": BreakForm(),
            **forms,
        }  # fmt: skip
        return render(request, "checkins/stay.html", context, status=status)


class Mine(LoginRequiredMixin, View):
    """Everything of this room that is a signed-in person's own."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user, now = request.user, timezone.now()
        asked = CheckIn.objects.filter(user=user, mails_sent__gt=0).exclude(status="cancelled")
        checkins = asked.select_related(
            "wave__survey", "wave__cohort", "match__mentee__user", "match__mentor__user"
        ).order_by("-due_at", "-pk")[:50]
        took_part = Programme.objects.filter(
            Q(cohorts__enrollments__user=user) | Q(cohorts__enrollments__members__user=user)
        ).distinct()
        honoraria = Honorarium.objects.filter(user=user).exclude(status="cancelled").select_related("cohort")
        context = {
            "checkins": [(c, checkin_link(c) if is_open(c, now) else "", open_until(c)) for c in checkins],
            "graduations": Graduation.objects.graduated().with_people().filter(user=user),
            "services": ServiceCertificate.objects.filter(enrollment__user=user).select_related("enrollment__cohort"),
            "honoraria": [(h, honorarium_link(h) if h.status in h.ANSWERABLE else "") for h in honoraria],
            "tasks": ChecklistItem.objects.filter(owner=user, cohort__enrollments__user=user,
                                                  cohort__enrollments__role="facilitator")
            .select_related("cohort").order_by("done_at", "due_on", "pk").distinct(),
            "programmes": [
                (p, stay_link(p.pk, user.pk), p.pk in _alumna_of(user)) for p in took_part.order_by("name")
            ],
            "today": timezone.localdate(),
        }  # fmt: skip
        return render(request, "checkins/mine.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        pk = request.POST.get("item", "")
        mine = ChecklistItem.objects.filter(owner=request.user)
        item = get_visible_or_404(mine, pk=pk_of(pk))
        tick_own_task(item=item, done=request.POST.get("done") == "yes", by=request.user)  # type: ignore[arg-type]
        return redirect("checkins:mine")


def _alumna_of(user: Any) -> set[int]:
    return set(AlumniConsent.objects.filter(user=user, left_at=None).values_list("programme", flat=True))


def _by_token(token: str) -> tuple[Programme, User] | None:
    ids = read_stay(token)
    if ids is None:
        return None
    programme = Programme.objects.filter(pk=ids[0]).select_related("workspace").first()
    user = User.objects.filter(pk=ids[1], is_active=True).first()
    return (programme, user) if programme and user else None
