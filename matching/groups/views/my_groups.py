"""Choose goal groups, and see one's own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort, Enrollment
from matching.groups import introduced
from matching.groups import services as groups_services
from matching.groups.forms import GroupChoicesForm
from matching.groups.links import CHOICE_LINK
from matching.groups.mails import addresses_of_members, group_meeting_times, group_zones
from matching.groups.services import MENTEE, MENTOR
from matching.models import GoalGroup
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError


class GroupChoicePage(View):
    """A participant and the goals of their cohort."""

    def found(self, request: HttpRequest, **kwargs: Any) -> Enrollment | None:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrollment = self.found(request, **kwargs)
        if enrollment is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        return self._page(request, enrollment, None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrollment = self.found(request, **kwargs)
        if enrollment is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        groups = list(enrollment.cohort.goal_groups.filter(intro=None))
        form = GroupChoicesForm(request.POST, groups=groups, chosen=[])
        if not form.is_valid():
            return self._page(request, enrollment, form, status=422)
        by = request.user if isinstance(request.user, User) else enrollment.user
        if "leave" in request.POST:
            return self._leave(request, enrollment, by)
        try:
            groups_services.choose_groups(enrollment=enrollment, group_ids=form.group_ids, by=by)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Thank you, we have your choice. You can change it until the groups are made.")
        return redirect(request.path)

    @staticmethod
    def _leave(request: HttpRequest, enrollment: Enrollment, by: User) -> HttpResponse:
        try:
            introduced.leave_group(enrollment=enrollment, by=by)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "You left the group. One mail tells the others; nobody has to explain.")
        return redirect(request.path)

    @staticmethod
    def _page(
        request: HttpRequest, enrollment: Enrollment, form: GroupChoicesForm | None, status: int = 200
    ) -> HttpResponse:
        cohort = enrollment.cohort
        groups = list(cohort.goal_groups.filter(intro=None))
        own = cohort.goal_groups.filter(intro__isnull=False, places__enrollment=enrollment).first()
        chosen = list(enrollment.goal_choices.order_by("rank").values_list("group_id", flat=True))
        context = {
            "cohort": cohort,
            "enrollment": enrollment,
            "own": own,
            "groups": groups,
            "form": form or GroupChoicesForm(groups=groups, chosen=chosen),
            **(_own_group(own, cohort) if own else {}),
        }
        return render(request, "matching/groups/my_groups.html", context, status=status)


def _own_group(group: GoalGroup, cohort: Cohort) -> dict[str, Any]:
    """The people of a group and when they could meet."""
    people = groups_services.group_mail_of(group, cohort)
    zones = group_zones(people.members)
    times = group_meeting_times(cohort, zones) if not group.finished_at else []
    shared = [e for e in people.members if e.shares_address]
    return {
        "people": people,
        "times": [(time, time.on_clocks(zones)) for time in times],
        "addresses": addresses_of_members(shared),
    }


class MyGroup(LoginRequiredMixin, View):
    """The address that the mails of a group give: it leads to the reader's own page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = (
            Enrollment.objects.of_person(request.user)
            .occupying_place()
            .filter(goal_place__group=pk)
            .order_by("pk")
            .first()
        )
        if own is None:
            raise Http404
        return redirect("matching:my-groups", pk=own.pk)


class GroupChoiceByLink(GroupChoicePage):
    """By the signed link of a mail."""

    def found(self, request: HttpRequest, token: str) -> Enrollment | None:  # type: ignore[override]
        try:
            pk = CHOICE_LINK.read_one(token)
        except LinkError:
            return None
        enrollments = Enrollment.objects.occupying_place().filter(role__in=(MENTOR, MENTEE))
        return enrollments.select_related("user", "cohort__programme").filter(pk=pk).first()


class MyGroups(LoginRequiredMixin, GroupChoicePage):
    """By the person who is signed in, for one of their enrollments."""

    def found(self, request: HttpRequest, pk: int) -> Enrollment | None:  # type: ignore[override]
        own = Enrollment.objects.of_person(request.user).occupying_place().filter(role__in=(MENTOR, MENTEE))
        return get_visible_or_404(own.select_related("user", "cohort__programme"), pk=pk)
