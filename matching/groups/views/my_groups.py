"""Choose goal groups, and see one's own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from cohorts.enrollment.lead import lead_to_ask
from cohorts.enrollment.links import end_with_cohort
from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet
from matching.groups import introduced, services
from matching.groups.forms import GroupChoicesForm
from matching.groups.links import CHOICE_LINK
from matching.groups.mails import group_clocks, group_meeting_times, group_zones
from matching.groups.services import MENTEE, MENTOR
from matching.models import GoalGroup
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.links import LinkError
from mentorship.core.views import LookupView, errors_as_messages


class GroupChoicePage(LookupView):
    """A participant's page about the goal groups of their cohort."""

    template_name = "matching/groups/my_groups.html"
    enrollment: Enrollment

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = list(self.enrollment.goal_choices.order_by("rank").values_list("group_id", flat=True))
        return self.page(form=GroupChoicesForm(groups=self._open_groups(), chosen=chosen))

    def post(self, request: HttpRequest) -> HttpResponse:
        if lead := lead_to_ask(self.enrollment, request.user):
            messages.error(request, f"Only {self.enrollment.name_of(lead)} can answer for your team.")
            return redirect(request.path)
        if request.POST.get("do") == "leave" and "leave" not in request.POST:
            messages.error(request, "Tick the box first, then choose “Leave the group”.")
            return redirect(request.path)
        form = GroupChoicesForm(request.POST, groups=self._open_groups(), chosen=[])
        if not form.is_valid():
            return self.page(form=form, status=422)
        by = request.user if isinstance(request.user, User) else self.enrollment.user
        with errors_as_messages(request):
            if "leave" in request.POST:
                introduced.leave_group(enrollment=self.enrollment, by=by)
                messages.success(request, "You left the group. One email tells the others; nobody has to explain.")
            else:
                services.choose_groups(enrollment=self.enrollment, group_ids=form.group_ids, by=by)
                text = "Thank you, we have your choice. You can change it until the groups are made."
                messages.success(request, text)
        return redirect(request.path)

    def get_context(self) -> dict[str, Any]:
        enrollment, cohort = self.enrollment, self.enrollment.cohort
        own = cohort.goal_groups.filter(intro__isnull=False, places__enrollment=enrollment).first()
        return {
            "lead": lead_to_ask(enrollment, self.request.user),
            "cohort": cohort,
            "enrollment": enrollment,
            "own": own,
            "groups": self._open_groups(),
            **(_own_group(own, cohort) if own else {}),
        }

    def _open_groups(self) -> list[GoalGroup]:
        return list(self.enrollment.cohort.goal_groups.filter(intro=None))


def _own_group(group: GoalGroup, cohort: Cohort) -> dict[str, Any]:
    """The people of a group and when they could meet."""
    people = services.group_mail_of(group, cohort)
    zones = group_zones(people.members)
    times = group_meeting_times(cohort, group_clocks(people.members)) if not group.finished_at else []
    return {
        "people": people,
        "times": [(time, time.on_clocks(zones)) for time in times],
        "addresses": [person.email for person in people.addressing().shown],
    }


class MyGroup(LoginRequiredMixin, View):
    """The address in the mails of a group: it redirects to the reader's own page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = Enrollment.objects.of_person(request.user).occupying_place().filter(goal_place__group=pk)
        enrollment = own.order_by("pk").first()
        if enrollment is None:
            raise Http404
        return redirect("matching:my-groups", pk=enrollment.pk)


class GroupChoiceByLink(GroupChoicePage):
    """The page behind the signed link of a mail."""

    def look_up(self) -> None:
        pk = CHOICE_LINK.read_one(self.kwargs["token"])
        enrollment = _participants(Enrollment.objects.filter(user__is_active=True)).filter(pk=pk).first()
        if enrollment is None:
            raise LinkError
        end_with_cohort(enrollment.cohort)
        self.enrollment = enrollment


class MyGroups(LoginRequiredMixin, GroupChoicePage):
    """The page of a signed-in person, for one of their enrollments."""

    def look_up(self) -> None:
        own = _participants(Enrollment.objects.of_person(self.user))
        self.enrollment = get_visible_or_404(own, pk=self.kwargs["pk"])


def _participants(enrollments: EnrollmentQuerySet) -> EnrollmentQuerySet:
    found = enrollments.occupying_place().filter(role__in=(MENTOR, MENTEE))
    return found.select_related("user", "cohort__programme")
