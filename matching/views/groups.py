"""Goal groups: coordinators name goals, fill, move and confirm; everybody else chooses."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.links import LinkError
from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError
from matching.events.group_mails import addresses, next_times, zones_of
from matching.events.links import read_groups
from matching.forms.events import ChoicesForm, FinishForm, GoalForm
from matching.models import GoalGroup, GoalPlace
from matching.services import goal_groups, group_life
from matching.services.goal_groups import MENTEE, MENTOR, State
from mentorship.accounts.models import User
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.ui.export import export, wants_export
from mentorship.ui.search import has_every_word

EXPORT_HEAD = ["group", "name", "email", "role", "first choice", "second choice", "third choice"]
LEFT_SHOWN = 200


class GroupList(CoordinatorRequiredMixin, View):
    """Every group with its people and what it lacks, and who is in none."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        state = goal_groups.read_state(cohort)
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
        return render(request, "matching/events/groups.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        try:
            match request.POST.get("do"):
                case "ask":
                    number = goal_groups.ask_everybody(cohort=cohort, by=request.user)
                    messages.success(request, f"{number} mail{'' if number == 1 else 's'} in the outbox.")
                case "fill":
                    state = goal_groups.fill(cohort=cohort, by=request.user)
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
            group_life.join_later(group=group, enrollment=enrollment, by=request.user)
        elif group is None and GoalPlace.objects.filter(enrollment=enrollment, group__intro__isnull=False).exists():
            group_life.leave(enrollment=enrollment, by=request.user)
        else:
            goal_groups.move(enrollment=enrollment, to=group, by=request.user)
        where = f"is in “{group}” now" if group else "is in no group now"
        messages.success(request, f"{enrollment.user} {where}.")


def _with_room(state: State, enrollment: Enrollment, taken: Counter[tuple[int, str]]) -> list[GoalGroup]:
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


def _rows(state: State) -> list[list[str]]:
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
        form = GoalForm(instance=group or GoalGroup(cohort=cohort))
        return render(request, "matching/events/group_form.html", {"cohort": cohort, "group": group, "form": form})

    def post(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, group = self._find(request, cohort_slug, pk)
        try:
            if group and "drop" in request.POST:
                goal_groups.drop_group(group=group, by=request.user)
                messages.success(request, f"“{group}” is taken away.")
                return redirect("matching:groups", cohort_slug=cohort.slug)
            shown = get_visible_or_404(cohort.goal_groups.all(), pk=pk) if pk else GoalGroup(cohort=cohort)
            form = GoalForm(request.POST, instance=shown)
            if not form.is_valid():
                context = {"cohort": cohort, "group": group, "form": form}
                return render(request, "matching/events/group_form.html", context, status=422)
            goal_groups.save_group(cohort=cohort, by=request.user, fields=form.cleaned_data, group=group)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("matching:groups", cohort_slug=cohort.slug)


class GroupConfirm(CoordinatorRequiredMixin, View):
    """The introductory mail as it will leave, and the button that sends it."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        group = get_visible_or_404(cohort.goal_groups.all(), pk=pk)
        mail = goal_groups.intro_of(group, cohort)
        ready = bool(mail.mentors and mail.mentees)
        subject, text, _ = mail.render() if ready else ("", "", "")
        context = {"cohort": cohort, "group": group, "mail": mail, "subject": subject, "text": text, "ready": ready}
        return render(request, "matching/events/group_confirm.html", context)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        group = get_visible_or_404(cohort.goal_groups.all(), pk=pk)
        try:
            goal_groups.confirm(group=group, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"“{group}” is introduced: one mail to everybody in it.")
        return redirect("matching:groups", cohort_slug=cohort.slug)


class GroupFinish(CoordinatorRequiredMixin, View):
    """What became of a group, with a mail that thanks everybody in it; or that it goes on after all."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, self._find(request, cohort_slug, pk), FinishForm())

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        group = self._find(request, cohort_slug, pk)
        if "reopen" in request.POST:
            group_life.reopen(group=group, by=request.user)
            messages.success(request, f"“{group}” goes on. Nobody was mailed.")
            return redirect("matching:groups", cohort_slug=cohort_slug)
        form = FinishForm(request.POST)
        if not form.is_valid():
            return self._page(request, group, form, status=422)
        group_life.finish(group=group, by=request.user, **form.cleaned_data)
        messages.success(request, f"“{group}” is finished: one mail thanks everybody in it.")
        return redirect("matching:groups", cohort_slug=cohort_slug)

    @staticmethod
    def _find(request: HttpRequest, cohort_slug: str, pk: int) -> GoalGroup:
        groups = GoalGroup.objects.editable_by(request.user).filter(intro__isnull=False)
        return get_visible_or_404(groups, cohort__slug=cohort_slug, pk=pk)

    @staticmethod
    def _page(request: HttpRequest, group: GoalGroup, form: FinishForm, status: int = 200) -> HttpResponse:
        mail = goal_groups.intro_of(group, group.cohort)
        context = {"cohort": group.cohort, "group": group, "mail": mail, "form": form}
        return render(request, "matching/events/group_finish.html", context, status=status)


class ChoosePage(View):
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
        form = ChoicesForm(request.POST, groups=groups, chosen=[])
        if not form.is_valid():
            return self._page(request, enrollment, form, status=422)
        by = request.user if isinstance(request.user, User) else enrollment.user
        if "leave" in request.POST:
            return self._leave(request, enrollment, by)
        try:
            goal_groups.choose(enrollment=enrollment, group_ids=form.group_ids, by=by)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Thank you, we have your choice. You can change it until the groups are made.")
        return redirect(request.path)

    @staticmethod
    def _leave(request: HttpRequest, enrollment: Enrollment, by: User) -> HttpResponse:
        try:
            group_life.leave(enrollment=enrollment, by=by)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "You left the group. One mail tells the others; nobody has to explain.")
        return redirect(request.path)

    @staticmethod
    def _page(
        request: HttpRequest, enrollment: Enrollment, form: ChoicesForm | None, status: int = 200
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
            "form": form or ChoicesForm(groups=groups, chosen=chosen),
            **(_own_group(own, cohort) if own else {}),
        }
        return render(request, "matching/events/my_groups.html", context, status=status)


def _own_group(group: GoalGroup, cohort: Cohort) -> dict[str, Any]:
    """The people of a group and when they could meet."""
    people = goal_groups.intro_of(group, cohort)
    zones = zones_of(people.members)
    times = next_times(cohort, zones) if not group.finished_at else []
    shared = [e for e in people.members if e.shares_address]
    return {
        "people": people,
        "times": [(time, time.on_clocks(zones)) for time in times],
        "addresses": addresses(shared),
    }


class MyGroup(LoginRequiredMixin, View):
    """The address that the mails of a group give: it leads to the reader's own page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = Enrollment.objects.of_person(request.user).accepted().filter(goal_place__group=pk).order_by("pk").first()
        if own is None:
            raise Http404
        return redirect("matching:my-groups", pk=own.pk)


class ChooseByLink(ChoosePage):
    """By the signed link of a mail."""

    def found(self, request: HttpRequest, token: str) -> Enrollment | None:  # type: ignore[override]
        try:
            pk = read_groups(token)
        except LinkError:
            return None
        enrollments = Enrollment.objects.accepted().filter(role__in=(MENTOR, MENTEE))
        return enrollments.select_related("user", "cohort__programme").filter(pk=pk).first()


class MyGroups(LoginRequiredMixin, ChoosePage):
    """By the person who is signed in, for one of their enrollments."""

    def found(self, request: HttpRequest, pk: int) -> Enrollment | None:  # type: ignore[override]
        own = Enrollment.objects.of_person(request.user).accepted().filter(role__in=(MENTOR, MENTEE))
        return get_visible_or_404(own.select_related("user", "cohort__programme"), pk=pk)
