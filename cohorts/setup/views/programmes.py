"""Pages about programmes and their teams."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Enrollment, Programme
from cohorts.setup.forms import ProgrammeForm, TeamForm
from cohorts.setup.services import create_programme, save_programme
from cohorts.setup.team import invite_to_team, revoke_role
from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.accounts.services import person_by_email
from mentorship.core.errors import ServiceError


class ProgrammeList(CoordinatorRequiredMixin, View):
    """Every programme of the reader, with its cohorts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        programmes = Programme.objects.visible_to(request.user).prefetch_related("cohorts")
        return render(request, "cohorts/setup/programme_list.html", {"programmes": programmes})


class ProgrammeDetail(CoordinatorRequiredMixin, View):
    """Facts, cohorts and team of one programme."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.visible_to(request.user), slug=programme_slug)
        cohorts = programme.cohorts.annotate(
            signups=Count("enrollments"),
            in_it=Count("enrollments", filter=Q(enrollments__status__in=Enrollment.OCCUPYING_PLACE)),
        )
        context = {
            "programme": programme,
            "cohorts": cohorts,
            "team": programme.workspace.roles.select_related("user").order_by("role", "user__full_name"),
            "may_edit": may_edit(request.user, programme.workspace_id),
            "is_owner": _owns(request, programme),
        }
        return render(request, "cohorts/setup/programme.html", context)


class ProgrammeCreate(CoordinatorRequiredMixin, View):
    """Start a programme; whoever does owns it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "cohorts/setup/programme_form.html", {"form": ProgrammeForm(), "programme": None})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProgrammeForm(request.POST)
        if not form.is_valid():
            return render(request, "cohorts/setup/programme_form.html", {"form": form, "programme": None}, status=422)
        programme = create_programme(**form.cleaned_data, by=request.user)
        messages.success(request, f"{programme} is set up. Its first cohort comes next.")
        return redirect(programme)


class ProgrammeEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.editable_by(request.user), slug=programme_slug)
        context = {"form": ProgrammeForm(instance=programme), "programme": programme}
        return render(request, "cohorts/setup/programme_form.html", context)

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.editable_by(request.user), slug=programme_slug)
        form = ProgrammeForm(request.POST, instance=programme)
        if not form.is_valid():
            return render(
                request, "cohorts/setup/programme_form.html", {"form": form, "programme": programme}, status=422
            )
        save_programme(programme=form.save(commit=False), by=request.user)
        messages.success(request, "Saved.")
        return redirect(programme)


class TeamAdd(CoordinatorRequiredMixin, View):
    """Owners invite people into the team."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _owned_or_404(request, programme_slug)
        return render(request, "cohorts/setup/team_form.html", {"form": TeamForm(), "programme": programme})

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = _owned_or_404(request, programme_slug)
        form = TeamForm(request.POST)
        if form.is_valid():
            person = person_by_email(email=form.cleaned_data["email"], full_name=form.cleaned_data["full_name"])
            try:
                invite_to_team(programme=programme, user=person, role=form.cleaned_data["role"], by=request.user)
            except ServiceError as error:
                form.add_error("role", str(error))
            else:
                messages.success(request, f"{person} has a mail that says how to sign in.")
                return redirect(programme)
        return render(request, "cohorts/setup/team_form.html", {"form": form, "programme": programme}, status=422)


class TeamRemove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, programme_slug: str, role_id: int) -> HttpResponse:
        programme = _owned_or_404(request, programme_slug)
        role = get_visible_or_404(programme.workspace.roles.select_related("user", "workspace"), pk=role_id)
        try:
            revoke_role(role=role, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{role.user} has no access to {programme} any more.")
        return redirect(programme)


def _owns(request: HttpRequest, programme: Programme) -> bool:
    return programme.workspace.roles.filter(user=request.user, role=WorkspaceRole.Role.OWNER).exists()


def _owned_or_404(request: HttpRequest, programme_slug: str) -> Programme:
    owned = Programme.objects.filter(
        workspace__roles__user=request.user, workspace__roles__role=WorkspaceRole.Role.OWNER
    )
    return get_visible_or_404(owned, slug=programme_slug)
