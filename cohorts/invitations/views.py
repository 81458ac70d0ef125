"""Invite people of earlier cohorts back."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.invitations.forms import INVITED_AS, InviteForm
from cohorts.invitations.services import invitation_messages, returning_people, send_signup_invitations
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.outbox.mail_templates.rendering import render_mail


class InviteBack(CoordinatorRequiredMixin, View):
    """Who might come back, and the mail that asks them."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, InviteForm(initial={"role": "mentor"}))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = InviteForm(request.POST)
        chosen = [one for one in returning_people(cohort) if str(one.user.pk) in request.POST.getlist("pk")]
        if not chosen:
            form.add_error(None, "Choose the people to ask first.")
        if not cohort.accepts_signups():
            form.add_error(None, "Open the sign-up first: the link in the mail leads to its form.")
        if not form.is_valid() or "preview" in request.POST:
            ticked = {one.user.pk for one in chosen}
            return self._page(request, cohort, form, ticked=ticked, status=422 if form.errors else 200)
        role, message = form.cleaned_data["role"], form.cleaned_data["message"]
        emails = [one.user.email for one in chosen]
        sent = send_signup_invitations(cohort=cohort, role=role, emails=emails, by=request.user, message=message)
        again = f" {len(emails) - sent} had been asked before, or get no such mails." if sent < len(emails) else ""
        messages.success(request, f"{sent} invitation{'' if sent == 1 else 's'} on the way.{again}")
        return redirect("cohorts:invite-back", cohort_slug=cohort.slug)

    @staticmethod
    def _page(
        request: HttpRequest, cohort: Cohort, form: InviteForm, ticked: set[int] | None = None, status: int = 200
    ) -> HttpResponse:
        people = returning_people(cohort)
        asked = set(invitation_messages(cohort).values_list("key", flat=True))
        mail = None
        if ticked and form.is_valid():
            person = next(one.user for one in people if one.user.pk in ticked)
            role = form.cleaned_data["role"]
            mail = render_mail(
                "cohorts/signup_invitation",
                {
                    "name": person.short_name,
                    "cohort": cohort,
                    "programme": cohort.programme,
                    "role": cohort.programme.label_of(role),
                    "message": form.cleaned_data["message"].strip(),
                    "known": True,
                    # The real link signs for this person; nobody else gets to see it.
                    "link": settings.SITE_URL + "/join/invited/…/",
                    "stop": settings.SITE_URL + "/necessary-mails-only/…/",
                },
                workspace_id=cohort.workspace_id,
                scope=cohort.scope,
            )
        left_out = who_is_left_out(cohort.workspace_id, [one.user.email for one in people], necessary=False)
        context = {
            "cohort": cohort,
            "people": [
                (
                    one,
                    any(f"signup-invite:{cohort.pk}:{r}:{one.user.email}" in asked for r, _ in INVITED_AS),
                    left_out.get(one.user.email, ""),
                )
                for one in people
            ],
            "form": form,
            "ticked": ticked or set(),
            "mail": mail,
            "open": cohort.accepts_signups(),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "cohorts/invitations/invite.html", context, status=status)
