"""Pages for sharing a session, for the other programme's answer, and for guests."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cohorts.cohort_view import CohortObjectView
from cohorts.signup.sign_up_limits import WHY_TOO_OFTEN, spend_sign_up
from mentorship.core.accounts.permissions import get_visible_or_404, workspaces_of
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.submissions.services import answered_by_page
from mentorship.core.views import Ask, FormPage, LookupView, errors_as_messages
from mentorship.core.web.limits import LimitError
from training.booking import links
from training.booking.lookup import SessionView
from training.booking.slots import Booker
from training.booking.views import SlotsView
from training.models import GuestOrganisation, SeatHold, TrainingGuest, TrainingSession
from training.sharing.forms import GuestForm, ShareForm
from training.sharing.services import (
    answer_share,
    ask_guest,
    confirm_guest,
    renew_organisation_link,
    share_session,
    share_with_organisation,
    stop_sharing,
)


class GuestChoose(SlotsView):
    """The slots of somebody without an account."""

    def get_booker(self) -> Booker:
        pk = links.GUEST.read_one(self.kwargs["token"])
        guest = TrainingGuest.objects.filter(pk=pk).select_related("organisation").first()
        if guest is None:
            raise LinkError
        return Booker(guest=guest)


class OrganisationPage(FormPage):
    """The page behind a sister organisation's link: its mentors see the slots and request their own link."""

    template_name = "training/sharing/organisation.html"

    def look_up(self) -> None:
        pk, number = links.ORGANISATION.read(self.kwargs["token"])
        self.organisation = _organisation(pk=pk, link_number=number)

    def get_form(self, *data: Any) -> GuestForm:
        return GuestForm(*data, initial={"time_zone": ""})

    def save(self, form: GuestForm) -> HttpResponse:
        try:
            spend_sign_up(self.request, form.cleaned_data, proven=False)
        except LimitError as error:
            raise ServiceError(WHY_TOO_OFTEN[error.name].format(wait=error.wait)) from error
        ask_guest(organisation=self.organisation, **form.cleaned_data)
        context = {
            "organisation": self.organisation,
            "programme": self.organisation.programme,
            "email": form.cleaned_data["email"],
        }
        return answered_by_page(render(self.request, "training/sharing/guest_sent.html", context))

    def get_context(self) -> dict[str, Any]:
        sessions = TrainingSession.objects.open_to_guests(self.organisation.pk).not_cancelled()
        return {
            "organisation": self.organisation,
            "programme": self.organisation.programme,
            "sessions": sessions.upcoming(timezone.now()).select_related("training__provider"),
        }


class GuestConfirm(LookupView):
    """Confirm a guest's address. It takes a tick and a button: mail scanners press buttons, too."""

    template_name = "training/sharing/guest_confirm.html"

    def look_up(self) -> None:
        pk, self.name, self.email, self.time_zone = links.GUEST_CONFIRM.read(self.kwargs["token"])
        self.organisation = _organisation(pk=pk)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(
            organisation=self.organisation, programme=self.organisation.programme, name=self.name, email=self.email
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("me") != "yes":
            messages.error(request, "Tick the box if this is you, then choose the button.")
            return redirect(request.path)
        guest = confirm_guest(
            organisation=self.organisation, name=self.name, email=self.email, time_zone=self.time_zone
        )
        return redirect("training:guest-slot-list", token=links.GUEST.sign(guest.pk))


class Share(FormPage, SessionView):
    """Share a session, and see with whom it is shared. The link for a sister organisation is here, too."""

    template_name = "training/sharing/share.html"
    for_editors = True

    def get_form(self, *data: Any) -> ShareForm:
        return ShareForm(*data, session=self.session)

    def save(self, form: ShareForm) -> HttpResponse:
        data = form.cleaned_data
        hold: dict[str, Any] = {"seats": data["seats"] or 0, "until": data["until"], "by": self.user}
        if to := data["cohort"] or data["programme"]:
            share_session(session=self.session, to=to, **hold)
        else:
            name, address = data["guest"], data["guest_email"]
            share_with_organisation(session=self.session, name=name, contact_email=address, **hold)
        messages.success(self.request, "The session is open to them.")
        return redirect("training:share-list", cohort_slug=self.cohort.slug, pk=self.session.pk)

    def get_context(self) -> dict[str, Any]:
        holds = self.session.holds.select_related("cohort", "programme", "guest")
        return {
            **super().get_context(),
            "holds": holds,
            "organisations": [
                (h.guest, links.ORGANISATION.url(h.guest.pk, h.guest.link_number)) for h in holds if h.guest
            ],
        }


class StopSharing(SessionView):
    """Close a session to others again."""

    asks = {
        "": Ask("Stop sharing this session?", "Stop sharing", "Seats that are still free are no longer open to them."),
    }

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        hold = get_visible_or_404(self.session.holds.all(), pk=self.kwargs["hold_pk"])
        with errors_as_messages(request):
            stop_sharing(hold=hold, by=self.user)
            messages.success(request, f"The session is closed to {hold}.")
        return redirect("training:share-list", cohort_slug=self.cohort.slug, pk=self.session.pk)


class RenewLink(SessionView):
    """Replace the link of a sister organisation."""

    asks = {
        "": Ask(
            "Replace this link?",
            "Make a new link",
            "The old link stops working straight away. Everybody who has booked keeps their seat.",
        ),
    }

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = GuestOrganisation.objects.filter(workspace=self.workspace_id)
        organisation = get_visible_or_404(mine, pk=self.kwargs["organisation_pk"])
        renew_organisation_link(organisation=organisation, by=self.user)
        messages.success(request, "Here is a new link. The one before it does not work any more.")
        return redirect("training:share-list", cohort_slug=self.cohort.slug, pk=self.session.pk)


class AnswerShare(CohortObjectView[SeatHold]):
    """Accept or decline seats that another programme offers."""

    http_method_names = ("post",)

    def get_rows(self) -> QuerySet[SeatHold]:
        mine = workspaces_of(self.user, editing=True)
        found = SeatHold.objects.filter(programme=self.cohort.programme_id, programme__workspace__in=mine)
        return found.select_related("session")

    def post(self, request: HttpRequest) -> HttpResponse:
        answer = request.POST.get("answer")
        accept = answer == "yes"
        with errors_as_messages(request):
            if answer not in ("yes", "no"):  # who declines has no second choice
                raise ServiceError("Choose an answer first.")
            answer_share(hold=self.object, accept=accept, by=self.user)
            if not accept:
                messages.success(request, "Declined. The other programme keeps its seats.")
            else:
                messages.success(request, "Accepted. Your people can book it now; nobody has been emailed yet.")
                training = self.object.session.training_id
                return redirect("training:training-invite", cohort_slug=self.cohort.slug, pk=training)
        return redirect("training:session-list", cohort_slug=self.cohort.slug)


def _organisation(**which: Any) -> GuestOrganisation:
    found = GuestOrganisation.objects.filter(**which).first()
    if found is None:
        raise LinkError
    return found
