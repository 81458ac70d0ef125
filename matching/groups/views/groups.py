"""Create, fill and introduce goal groups."""

from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort, Enrollment
from matching.groups import introduced
from matching.groups import services as groups_services
from matching.groups.forms import FinishGroupForm, GoalGroupForm
from matching.groups.services import MENTEE, MENTOR, GroupsState
from matching.models import GoalGroup, GoalPlace
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.search import has_every_word

EXPORT_HEAD = ["group", "name", "email", "role", "first choice", "second choice", "third choice"]


LEFT_SHOWN = 200


class GroupList(CoordinatorRequiredMixin, View):
    """Every group with its people and what it lacks, and who is in none."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        state = groups_services.read_groups_state(cohort)
        if wants_export(request):
            return export(request, f"{cohort.slug}-groups", EXPORT_HEAD, _rows(state))
        weak = {w.key: w for w in state.weaknesses()}
        wanted = [pk for wish in state.choices.values() for pk in wish[:1]]
        text = request.GET.get("q", "")
        left = [e for e in state.unplaced if has_every_word(f"{e.user} {e.user.email} {e.title}", text)]
        names = {group.pk: group.name for group in state.groups}
        taken = Counter((place.group_id, state.people[pk].role) for pk, place in state.places.items())
        context = {
            "cohort": cohort,
            "groups": [
                {
                    "group": group,
                    "mentors": state.in_group(group, MENTOR),
                    "mentees": state.in_group(group, MENTEE),
                    "weak": weak.get(group.pk),
                    "wanted": wanted.count(group.pk),
                }
                for group in state.groups
            ],
            "weak": len(weak),
            "left": [
                (e, [names[pk] for pk in state.choices[e.pk]], _with_room(state, e, taken)) for e in left[:LEFT_SHOWN]
            ],
            "left_count": len(left),
            "unplaced": len(state.unplaced),
            "chose": len(state.choices),
            "silent": state.silent,
            "open_groups": [group for group in state.groups if not group.confirmed],
            "recruits": cohort.accepts_signups(),
            "by_hand": {pk for pk, place in state.places.items() if place.by_hand},
            "placed": len(state.places),
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "q": request.GET.get("q", ""),
        }
        return render(request, "matching/groups/list.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        try:
            match request.POST.get("do"):
                case "ask":
                    number = groups_services.invite_to_choose_groups(cohort=cohort, by=request.user)
                    messages.success(request, f"{number} mail{'' if number == 1 else 's'} in the outbox.")
                case "fill":
                    state = groups_services.fill_goal_groups(cohort=cohort, by=request.user)
                    text = f"{len(state.places)} people are in groups, {len(state.unplaced)} who chose are in none."
                    messages.success(request, text)
                case "move":
                    self._move(request, cohort)
                case _:
                    raise Http404
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("matching:groups", cohort_slug=cohort.slug)

    @staticmethod
    def _move(request: HttpRequest, cohort: Cohort) -> None:
        who, to = request.POST.get("who", ""), request.POST.get("to", "")
        enrollment = get_visible_or_404(
            cohort.enrollments.select_related("user", "cohort"), pk=int(who) if who.isdecimal() else 0
        )
        group = get_visible_or_404(cohort.goal_groups.all(), pk=int(to) if to.isdecimal() else 0) if to else None
        if group and group.confirmed:
            introduced.join_introduced_group(group=group, enrollment=enrollment, by=request.user)
        elif group is None and GoalPlace.objects.filter(enrollment=enrollment, group__intro__isnull=False).exists():
            introduced.leave_group(enrollment=enrollment, by=request.user)
        else:
            groups_services.move_to_group(enrollment=enrollment, to=group, by=request.user)
        where = f"is in “{group}” now" if group else "is in no group now"
        messages.success(request, f"{enrollment.user} {where}.")


def _with_room(state: GroupsState, enrollment: Enrollment, taken: Counter[tuple[int, str]]) -> list[GoalGroup]:
    """The groups that could take somebody, those that they chose first; in one that is introduced they join later."""
    chosen = {pk: rank for rank, pk in enumerate(state.choices.get(enrollment.pk, []))}
    role = enrollment.role
    free = [
        group
        for group in state.groups
        if not group.finished_at
        and taken[group.pk, role] < (group.mentor_places if role == MENTOR else group.mentee_places)
    ]
    return sorted(free, key=lambda group: chosen.get(group.pk, len(chosen)))


def _rows(state: GroupsState) -> list[list[str]]:
    names = {group.pk: group.name for group in state.groups}
    rows = []
    for pk, enrollment in state.people.items():
        if pk in state.places or pk in state.choices:
            wish = [names[key] for key in state.choices.get(pk, [])][:3]
            group = names[state.places[pk].group_id] if pk in state.places else ""
            user = enrollment.user
            rows.append([group, str(user), user.email, enrollment.role, *wish, *[""] * (3 - len(wish))])
    return sorted(rows, key=lambda row: (not row[0], row[0], row[3], row[1]))


class GroupEdit(CoordinatorRequiredMixin, View):
    """A new goal, or an old one; `pk` is missing for a new one."""

    @staticmethod
    def _find(request: HttpRequest, cohort_slug: str, pk: int | None) -> tuple[Cohort, GoalGroup | None]:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        return cohort, get_visible_or_404(cohort.goal_groups.filter(intro=None), pk=pk) if pk else None

    def get(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, group = self._find(request, cohort_slug, pk)
        form = GoalGroupForm(instance=group or GoalGroup(cohort=cohort))
        return render(request, "matching/groups/form.html", {"cohort": cohort, "group": group, "form": form})

    def post(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, group = self._find(request, cohort_slug, pk)
        try:
            if group and "drop" in request.POST:
                groups_services.delete_group(group=group, by=request.user)
                messages.success(request, f"“{group}” is taken away.")
                return redirect("matching:groups", cohort_slug=cohort.slug)
            shown = get_visible_or_404(cohort.goal_groups.all(), pk=pk) if pk else GoalGroup(cohort=cohort)
            form = GoalGroupForm(request.POST, instance=shown)
            if not form.is_valid():
                context = {"cohort": cohort, "group": group, "form": form}
                return render(request, "matching/groups/form.html", context, status=422)
            groups_services.save_group(cohort=cohort, by=request.user, fields=form.cleaned_data, group=group)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("matching:groups", cohort_slug=cohort.slug)


class GroupConfirm(CoordinatorRequiredMixin, View):
    """The introductory mail as it will leave, and the button that sends it."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        group = get_visible_or_404(cohort.goal_groups.all(), pk=pk)
        mail = groups_services.group_mail_of(group, cohort)
        ready = bool(mail.mentors and mail.mentees)
        subject, text, _ = mail.render() if ready else ("", "", "")
        context = {"cohort": cohort, "group": group, "mail": mail, "subject": subject, "text": text, "ready": ready}
        return render(request, "matching/groups/introduce.html", context)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        group = get_visible_or_404(cohort.goal_groups.all(), pk=pk)
        try:
            groups_services.introduce_group(group=group, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"“{group}” is introduced: one mail to everybody in it.")
        return redirect("matching:groups", cohort_slug=cohort.slug)


class GroupFinish(CoordinatorRequiredMixin, View):
    """What became of a group, with a mail that thanks everybody in it; or that it goes on after all."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, self._find(request, cohort_slug, pk), FinishGroupForm())

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        group = self._find(request, cohort_slug, pk)
        if "reopen" in request.POST:
            introduced.reopen_group(group=group, by=request.user)
            messages.success(request, f"“{group}” goes on. Nobody was mailed.")
            return redirect("matching:groups", cohort_slug=cohort_slug)
        form = FinishGroupForm(request.POST)
        if not form.is_valid():
            return self._page(request, group, form, status=422)
        introduced.finish_group(group=group, by=request.user, **form.cleaned_data)
        messages.success(request, f"“{group}” is finished: one mail thanks everybody in it.")
        return redirect("matching:groups", cohort_slug=cohort_slug)

    @staticmethod
    def _find(request: HttpRequest, cohort_slug: str, pk: int) -> GoalGroup:
        groups = GoalGroup.objects.editable_by(request.user).filter(intro__isnull=False)
        return get_visible_or_404(groups, cohort__slug=cohort_slug, pk=pk)

    @staticmethod
    def _page(request: HttpRequest, group: GoalGroup, form: FinishGroupForm, status: int = 200) -> HttpResponse:
        mail = groups_services.group_mail_of(group, group.cohort)
        context = {"cohort": group.cohort, "group": group, "mail": mail, "form": form}
        return render(request, "matching/groups/finish.html", context, status=status)
