"""Invite people of earlier cohorts, and people who do not meet the eligibility rules."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cohorts.bulk_actions.views import answer_for_many
from cohorts.cohort_view import CohortView
from cohorts.invitations.forms import INVITED_AS, InviteForm
from cohorts.invitations.services import (
    ReturningPerson,
    invitation_key,
    invitation_messages,
    invite_past_rules,
    preview_invitation,
    returning_people,
    send_signup_invitations,
)
from cohorts.signup_form.forms import EligibilityOverrideForm
from cohorts.signup_form.views import FormEdit
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.views import Question


class InviteBack(CohortView):
    """People who might return, and the mail that invites them."""

    template_name = "cohorts/invitations/invite.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._list(InviteForm(initial={"role": "mentor"}))

    def ask_first(self) -> Question | None:
        """Ask before many people get a mail."""
        form, chosen = InviteForm(self.request.POST), self._chosen()
        if "preview" in self.request.POST or not (chosen and form.is_valid() and self.cohort.accepts_signups()):
            return None
        return ask_before_mails(
            lambda: self._send(form, chosen),
            people=self._not_invited(form, chosen),
            title="Invite them to sign up?",
            text="Whoever was invited before gets no second email.",
            button="Send the invitations",
            back=self.request.path,
        )

    def _chosen(self) -> list[ReturningPerson]:
        """The people whose rows are ticked."""
        ticked = self.request.POST.getlist("pk")
        return [one for one in returning_people(self.cohort) if str(one.user.pk) in ticked]

    def _not_invited(self, form: InviteForm, chosen: Sequence[ReturningPerson]) -> int:
        """How many of them may get such an email, and had none."""
        emails, role = {one.user.email for one in chosen}, form.cleaned_data["role"]
        out = who_is_left_out(self.cohort.workspace_id, emails, necessary=False)
        invited = set(invitation_messages(self.cohort).values_list("key", flat=True))
        return sum(invitation_key(self.cohort, role, email) not in invited for email in emails - out.keys())

    def _send(self, form: InviteForm, chosen: Sequence[ReturningPerson]) -> int:
        role, message = form.cleaned_data["role"], form.cleaned_data["message"]
        emails = [one.user.email for one in chosen]
        return send_signup_invitations(cohort=self.cohort, role=role, emails=emails, by=self.user, message=message)

    def post(self, request: HttpRequest) -> HttpResponse:
        form, chosen = InviteForm(request.POST), self._chosen()
        if not chosen:
            form.add_error(None, "Choose the people to ask first.")
        if not self.cohort.accepts_signups():
            form.add_error(None, "Open the sign-up first: the link in the email leads to its form.")
        if not form.is_valid() or "preview" in request.POST:
            ticked = {one.user.pk for one in chosen}
            return self._list(form, ticked=ticked, status=422 if form.errors else 200)
        role, message = form.cleaned_data["role"], form.cleaned_data["message"]
        return answer_for_many(
            self,
            "signup-invitations",
            [one.user.pk for one in chosen],
            about=role,
            given={"role": role, "message": message},
            back=reverse("cohorts:invitation-create", args=[self.cohort.slug]),
        )

    def _list(self, form: InviteForm, ticked: set[int] | None = None, status: int = 200) -> HttpResponse:
        cohort, people = self.cohort, returning_people(self.cohort)
        invited = set(invitation_messages(cohort).values_list("key", flat=True))
        left_out = who_is_left_out(cohort.workspace_id, [one.user.email for one in people], necessary=False)
        rows = [
            (
                one,
                any(invitation_key(cohort, role, one.user.email) in invited for role, _ in INVITED_AS),
                left_out.get(one.user.email, ""),
            )
            for one in people
        ]
        mail = None
        if ticked and form.is_valid():
            person = next(one.user for one in people if one.user.pk in ticked)
            mail = preview_invitation(cohort=cohort, person=person, **form.cleaned_data)
        return self.page(
            status=status, people=rows, form=form, ticked=ticked or set(), mail=mail, open=cohort.accepts_signups()
        )


class InvitePastRules(FormEdit):
    """Send somebody a link to the form although they don't meet the eligibility rules."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EligibilityOverrideForm(request.POST, prefix="override")
        if not form.is_valid():
            return self.page(status=422, override=form)
        invite_past_rules(cohort=self.cohort, role=self.role, by=self.user, **form.cleaned_data)
        messages.success(request, f"{form.cleaned_data['email']} gets an email with a link past the rules.")
        return self.back()
