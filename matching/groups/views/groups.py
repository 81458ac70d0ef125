"""Create, fill and introduce goal groups."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cohorts.bulk_actions.views import answer_for_many
from cohorts.cohort_view import CohortObjectView, CohortView
from matching.groups import introduced, services
from matching.groups.forms import FinishGroupForm, GoalGroupForm
from matching.groups.services import MENTEE, MENTOR, GroupsState
from matching.models import GoalGroup
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import number_in
from mentorship.core.ui.search import has_every_word
from mentorship.core.views import Ask, FormPage, Question, errors_as_messages

EXPORT_HEAD = ["group", "name", "email", "role", "first choice", "second choice", "third choice"]
LEFT_SHOWN = 200


class GroupList(CohortView):
    """Every group with its people and gaps, and people without a group."""

    template_name = "matching/groups/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        state = services.read_groups_state(self.cohort)
        if wants_export(request):
            return export(request, f"{self.cohort.slug}-groups", EXPORT_HEAD, _export_rows(state))
        text = request.GET.get("q", "")
        weak = {gap.key: gap for gap in state.weaknesses()}
        left = [e for e in state.unplaced if has_every_word(f"{e.user} {e.user.email} {e.title}", text)]
        names = {group.pk: group.name for group in state.groups}
        return self.page(
            groups=_shown_groups(state, weak),
            weak=len(weak),
            left=[(e, [names[pk] for pk in state.choices[e.pk]], state.groups_with_room(e)) for e in left[:LEFT_SHOWN]],
            left_count=len(left),
            unplaced=len(state.unplaced),
            chose=len(state.choices),
            silent=state.silent,
            open_groups=[group for group in state.groups if not group.confirmed],
            recruits=self.cohort.accepts_signups(),
            by_hand={pk for pk, place in state.places.items() if place.by_hand},
            placed=len(state.places),
            q=text,
        )

    def ask_first(self) -> Question | None:
        """Ask before many people get a mail."""
        back = reverse("matching:group-list", args=[self.cohort.slug])
        match self.request.POST.get("do"):
            case "ask":
                return ask_before_mails(
                    lambda: services.invite_to_choose_groups(cohort=self.cohort, by=self.user),
                    people=len({p for e in services.people_to_ask(self.cohort).values() for p in e.people}),
                    title="Ask people to choose a group?",
                    text="They are those who have neither chosen nor been asked.",
                    button="Ask them",
                    back=back,
                )
            case "move":
                return ask_before_mails(
                    lambda: self._act(self.request.POST),
                    title="Change a group that was introduced?",
                    text="It tells everybody in the group who joined or left.",
                    button="Change it and send",
                    back=back,
                )
        return None

    def post(self, request: HttpRequest) -> HttpResponse:
        back = reverse("matching:group-list", args=[self.cohort.slug])
        with errors_as_messages(request):
            if request.POST.get("do") == "ask":
                ids = [e.pk for e in services.people_to_ask(self.cohort).values()]
                return answer_for_many(self, "group-questions", ids, back=back)
            messages.success(request, self._act(request.POST))
        return redirect(back)

    def _act(self, post: Any) -> str:
        match post.get("do"):
            case "fill":
                state = services.fill_goal_groups(cohort=self.cohort, by=self.user)
                return f"{len(state.places)} people are in groups, {len(state.unplaced)} who chose are in none."
            case "move":
                return self._move(number_in(post.get("who")), post.get("to", ""))
        raise Http404

    def _move(self, who: int, to: str) -> str:
        enrollment = get_visible_or_404(self.cohort.enrollments.select_related("user", "cohort"), pk=who)
        group = get_visible_or_404(self.cohort.goal_groups.all(), pk=number_in(to)) if to else None
        introduced.place_in_group(enrollment=enrollment, to=group, by=self.user)
        return f"{enrollment.user} {f'is in “{group}” now' if group else 'is in no group now'}."


def _shown_groups(state: GroupsState, weak: dict[int, Any]) -> list[dict[str, Any]]:
    wanted = [pk for wish in state.choices.values() for pk in wish[:1]]
    return [
        {
            "group": group,
            "mentors": state.in_group(group, MENTOR),
            "mentees": state.in_group(group, MENTEE),
            "weak": weak.get(group.pk),
            "wanted": wanted.count(group.pk),
        }
        for group in state.groups
    ]


def _export_rows(state: GroupsState) -> list[list[str]]:
    names = {group.pk: group.name for group in state.groups}
    rows = []
    for pk, enrollment in state.people.items():
        if pk in state.places or pk in state.choices:
            wish = [names[key] for key in state.choices.get(pk, [])][:3]
            group = names[state.places[pk].group_id] if pk in state.places else ""
            user = enrollment.user
            rows.append([group, str(user), user.email, enrollment.role, *wish, *[""] * (3 - len(wish))])
    return sorted(rows, key=lambda row: (not row[0], row[0], row[3], row[1]))


class GoalGroupEdit(FormPage, CohortObjectView[GoalGroup]):
    """Edit a group that was not introduced yet, delete it, or create one if `pk` is missing."""

    asks = {
        "drop": Ask(
            "Delete this goal?", "Delete the goal", "Everybody who chose it or was placed in it can choose again."
        ),
    }

    template_name = "matching/groups/form.html"
    for_editors = True

    def get_rows(self) -> QuerySet[GoalGroup]:
        return self.cohort.goal_groups.filter(intro=None)

    def make_new(self) -> GoalGroup:
        return GoalGroup(cohort=self.cohort)

    @property
    def group(self) -> GoalGroup | None:
        """The group that is edited; None for a new one."""
        return self.object if self.object.pk else None

    def get_form(self, *data: Any) -> GoalGroupForm:
        # A copy takes the input, since the page shows the saved group.
        return GoalGroupForm(*data, instance=copy(self.object))

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "group": self.group}

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.group is None or "drop" not in request.POST:
            return super().post(request)
        with errors_as_messages(request):
            services.delete_goal_group(group=self.group, by=self.user)
            messages.success(request, f"“{self.group}” removed.")
        return redirect("matching:group-list", cohort_slug=self.cohort.slug)

    def save(self, form: GoalGroupForm) -> HttpResponse:
        services.save_goal_group(cohort=self.cohort, by=self.user, fields=form.cleaned_data, group=self.group)
        return redirect("matching:group-list", cohort_slug=self.cohort.slug)


class GroupConfirm(CohortObjectView[GoalGroup]):
    """The introductory mail as it will leave, and the button that sends it."""

    template_name = "matching/groups/introduce.html"
    for_editors = True

    def get_rows(self) -> QuerySet[GoalGroup]:
        return self.cohort.goal_groups.all()

    def get(self, request: HttpRequest) -> HttpResponse:
        mail = services.group_mail_of(self.object, self.cohort)
        ready = bool(mail.mentors and mail.mentees)
        subject, text, _ = mail.render() if ready else ("", "", "")
        return self.page(group=self.object, mail=mail, subject=subject, text=text, ready=ready)

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            services.introduce_group(group=self.object, by=self.user)
            messages.success(request, f"“{self.object}” is introduced: one email to everybody in it.")
        return redirect("matching:group-list", cohort_slug=self.cohort.slug)


class GroupFinish(FormPage, CohortObjectView[GoalGroup]):
    """Finish a group with a mail that thanks everybody in it, or reopen it."""

    template_name = "matching/groups/finish.html"
    for_editors = True

    def get_rows(self) -> QuerySet[GoalGroup]:
        return self.cohort.goal_groups.filter(intro__isnull=False)

    def get_form(self, *data: Any) -> FinishGroupForm:
        return FinishGroupForm(*data)

    def get_context(self) -> dict[str, Any]:
        mail = services.group_mail_of(self.object, self.cohort)
        return {**super().get_context(), "group": self.object, "mail": mail}

    def post(self, request: HttpRequest) -> HttpResponse:
        if "reopen" not in request.POST:
            return super().post(request)
        introduced.reopen_group(group=self.object, by=self.user)
        messages.success(request, f"“{self.object}” goes on. Nobody was emailed.")
        return redirect("matching:group-list", cohort_slug=self.cohort.slug)

    def save(self, form: FinishGroupForm) -> HttpResponse:
        introduced.finish_group(group=self.object, by=self.user, **form.cleaned_data)
        messages.success(self.request, f"“{self.object}” is finished: one email thanks everybody in it.")
        return redirect("matching:group-list", cohort_slug=self.cohort.slug)
