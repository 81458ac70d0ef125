"""Pages for sharing a session, for the other programme's answer, and for guests."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, workspaces_of
from training.booking import links as booking_links
from training.booking.errors import TrainingError
from training.booking.lookup import session_or_404
from training.booking.slots import Booker, programme_of_organisation
from training.booking.views import SlotsView
from training.models import GuestOrganisation, SeatHold, TrainingGuest, TrainingSession
from training.sharing.forms import GuestForm, ShareForm
from training.sharing.services import (
    add_organisation,
    answer_share,
    ask_guest,
    confirm_guest,
    renew_organisation_link,
    share_session,
    stop_sharing,
)


class GuestChoose(SlotsView):
    """The same for somebody without an account."""

    def person(self, request: HttpRequest, token: str) -> Booker | None:  # type: ignore[override]
        try:
            (pk,) = booking_links.read("guest", token)
        except (booking_links.LinkError, ValueError):
            return None
        guest = TrainingGuest.objects.filter(pk=pk).select_related("organisation").first()
        return Booker(guest=guest) if guest else None


class OrganisationPage(View):
    """What a sister organisation passes on: its mentors see the slots and ask for a link of their own."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, self._organisation(token), GuestForm(initial={"time_zone": ""}))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        organisation = self._organisation(token)
        form = GuestForm(request.POST)
        if organisation is None or not form.is_valid():
            return self._page(request, organisation, form, status=422)
        ask_guest(organisation=organisation, **form.cleaned_data)
        context = {
            "organisation": organisation,
            "programme": programme_of_organisation(organisation),
            "email": form.cleaned_data["email"],
        }
        return render(request, "training/sharing/guest_sent.html", context)

    @staticmethod
    def _organisation(token: str) -> GuestOrganisation | None:
        try:
            pk, number = booking_links.read("organisation", token)
        except (booking_links.LinkError, ValueError):
            return None
        return GuestOrganisation.objects.filter(pk=pk, link_number=number).first()

    @staticmethod
    def _page(
        request: HttpRequest, organisation: GuestOrganisation | None, form: GuestForm, status: int = 200
    ) -> HttpResponse:
        if organisation is None:
            return render(request, "training/booking/bad_link.html", status=404)
        sessions = TrainingSession.objects.open_to_guests(organisation.pk).live().upcoming(timezone.now())
        context = {
            "organisation": organisation,
            "programme": programme_of_organisation(organisation),
            "sessions": sessions.select_related("training__provider"),
            "form": form,
        }
        return render(request, "training/sharing/organisation.html", context, status=status)


class GuestConfirm(View):
    """The address is proven by a button, so that no mail scanner confirms anything."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(request, token, confirm=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(request, token, confirm=True)

    @staticmethod
    def _answer(request: HttpRequest, token: str, *, confirm: bool) -> HttpResponse:
        try:
            pk, name, email, time_zone = booking_links.read_confirm(token)
        except booking_links.LinkError:
            return render(request, "training/booking/bad_link.html", status=404)
        organisation = GuestOrganisation.objects.filter(pk=pk).first()
        if organisation is None:
            return render(request, "training/booking/bad_link.html", status=404)
        if not confirm:
            context = {
                "organisation": organisation,
                "programme": programme_of_organisation(organisation),
                "name": name,
                "email": email,
            }
            return render(request, "training/sharing/guest_confirm.html", context)
        guest = confirm_guest(organisation=organisation, name=name, email=email, time_zone=time_zone)
        return redirect("training:guest", token=booking_links.sign("guest", guest.pk))


class Share(CoordinatorRequiredMixin, View):
    """Open a session to others; the link for a sister organisation stands here."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        return self._page(request, session, ShareForm(session=session))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        form = ShareForm(request.POST, session=session)
        if form.is_valid():
            try:
                self._share(request, session, form.cleaned_data)
            except TrainingError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "The session is open to them.")
                return redirect("training:share", cohort_slug=cohort_slug, pk=pk)
        return self._page(request, session, form, status=422)

    @staticmethod
    def _share(request: HttpRequest, session: TrainingSession, data: dict[str, Any]) -> None:
        to = data["cohort"] or data["programme"]
        if not to:
            to = add_organisation(
                cohort=session.cohort, name=data["guest"], contact_email=data["guest_email"], by=request.user
            )
        share_session(session=session, to=to, seats=data["seats"] or 0, until=data["until"], by=request.user)

    @staticmethod
    def _page(request: HttpRequest, session: TrainingSession, form: ShareForm, status: int = 200) -> HttpResponse:
        holds = session.holds.select_related("cohort", "programme", "guest")
        organisations = [
            (h.guest, booking_links.organisation_link(h.guest.pk, h.guest.link_number)) for h in holds if h.guest
        ]
        context = {
            "cohort": session.cohort,
            "session": session,
            "form": form,
            "holds": holds,
            "organisations": organisations,
        }
        return render(request, "training/sharing/share.html", context, status=status)


class StopSharing(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int, hold_pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        hold = get_visible_or_404(session.holds.all(), pk=hold_pk)
        try:
            stop_sharing(hold=hold, by=request.user)
        except TrainingError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"The session is closed to {hold}.")
        return redirect("training:share", cohort_slug=cohort_slug, pk=pk)


class RenewLink(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int, organisation_pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        mine = GuestOrganisation.objects.filter(workspace=session.cohort.workspace_id)
        renew_organisation_link(organisation=get_visible_or_404(mine, pk=organisation_pk), by=request.user)
        messages.success(request, "Here is a new link. The one before it does not work any more.")
        return redirect("training:share", cohort_slug=cohort_slug, pk=pk)


class AnswerShare(CoordinatorRequiredMixin, View):
    """Another programme offered seats; its coordinators say yes or no."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, hold_pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        asked = SeatHold.objects.filter(
            programme=cohort.programme_id, programme__workspace__in=workspaces_of(request.user, editing=True)
        )
        hold = get_visible_or_404(asked, pk=hold_pk)
        accept = request.POST.get("answer") == "yes"
        try:
            answer_share(hold=hold, accept=accept, by=request.user)
        except TrainingError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Your people can book it now." if accept else "Declined; the seats are theirs.")
        return redirect("training:sessions", cohort_slug=cohort.slug)
