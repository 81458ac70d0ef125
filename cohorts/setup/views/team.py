"""Pages on which owners change the team of a programme."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import ProgrammeView
from cohorts.setup.forms import TeamForm
from cohorts.setup.team import demand_second_factor, invite_to_team, is_owner, revoke_role
from mentorship.core.accounts.people.services import person_by_email
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.accounts.sign_in.second_factor import has_second_factor
from mentorship.core.text import join_names
from mentorship.core.views import Ask, FormPage, Question, errors_as_messages


class TeamView(ProgrammeView):
    """A page about the team of a programme, for its owners only."""

    for_editors = True
    needs_recent_sign_in = True

    def look_up(self) -> None:
        super().look_up()
        if not is_owner(self.user, self.programme):
            raise Http404


class TeamAdd(FormPage, TeamView):
    """Invite somebody into the team."""

    template_name = "cohorts/setup/team_form.html"
    error_field = "role"

    def get_form(self, *data: Any) -> TeamForm:
        return TeamForm(*data)

    def save(self, form: TeamForm) -> HttpResponse:
        person = person_by_email(email=form.cleaned_data["email"], full_name=form.cleaned_data["full_name"])
        invite_to_team(programme=self.programme, user=person, role=form.cleaned_data["role"], by=self.user)
        messages.success(self.request, f"{person} has an email that says how to sign in.")
        return redirect(self.programme)


class TeamSecondFactor(TeamView):
    """Demand a second factor of everybody in the team, or no longer."""

    http_method_names = ("post",)

    def ask_first(self) -> Question | None:
        """Ask with who has none yet, and until when they have time."""
        if self.request.POST.get("demand") != "yes":
            return None
        team = [role.user for role in self.programme.workspace.roles.select_related("user")]
        without = [str(user) for user in team if not has_second_factor(user)]
        days = settings.SECOND_FACTOR_GRACE_DAYS
        have = f"{join_names(without)} {'has' if len(without) == 1 else 'have'} none yet."
        return Question(
            title="Require a second factor?",
            text=[
                "Everybody in the team then signs in with their password or code and a second factor: an app on their "
                "phone, or a passkey.",
                f"{have} They’ll be told when they next sign in, and have {days} days to set one up. After that, they "
                "can’t use this site until they have."
                if without
                else "Everybody has one already.",
            ],
            button="Require a second factor",
            back=self.programme.get_absolute_url(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        demanded = request.POST.get("demand") == "yes"
        demand_second_factor(programme=self.programme, demanded=demanded, by=self.user)
        words = "The team now needs a second factor." if demanded else "The team no longer needs a second factor."
        messages.success(request, words)
        return redirect(self.programme)


class TeamRemove(TeamView):
    """Take somebody's role away."""

    asks = {
        "": Ask("End this person’s access?", "End access", "They can no longer open the pages of this programme."),
    }

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        roles = self.programme.workspace.roles.select_related("user", "workspace")
        role = get_visible_or_404(roles, pk=self.kwargs["role_id"])
        with errors_as_messages(request):
            revoke_role(role=role, by=self.user)
            messages.success(request, f"{role.user} has no access to {self.programme} any more.")
        return redirect(self.programme)
