"""For whom a session is open, and the other side's yes or no."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, workspaces_of
from training import links
from training.forms import ShareForm
from training.models import GuestOrganisation, SeatHold, TrainingSession
from training.services import (
    TrainingError,
    add_organisation,
    answer_share,
    renew_organisation_link,
    share_session,
    stop_sharing,
)
from training.views.sessions import session_or_404


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
        organisations = [(h.guest, links.organisation_link(h.guest.pk, h.guest.link_number)) for h in holds if h.guest]
        context = {
            "cohort": session.cohort,
            "session": session,
            "form": form,
            "holds": holds,
            "organisations": organisations,
        }
        return render(request, "training/share.html", context, status=status)


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
