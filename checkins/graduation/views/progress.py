"""Pages for graduation criteria and each person's progress."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from checkins.graduation import services
from checkins.graduation.evidence import evidence_of
from checkins.graduation.forms import CriterionForm, SuggestedCriteriaForm
from checkins.graduation.progress import (
    GRADUATION_STATES,
    GraduationProgress,
    graduation_progress,
    progress_of,
    states_of_everybody,
)
from checkins.graduation.views.certificates import parts_for
from checkins.models import GraduationCriterion
from cohorts.bulk_actions.views import answer_for_many
from cohorts.cohort_view import CohortObjectView, CohortView
from mentorship.core.accounts.field_access import Audience
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.ui.search import has_every_word
from mentorship.core.views import Ask, FormPage, Question, errors_as_messages


class GraduationList(CohortView):
    """The people who can graduate, with the criteria that each still misses."""

    template_name = "checkins/graduation/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        evidence = evidence_of(self.cohort, timezone.now())
        everybody, criteria = states_of_everybody(self.cohort, evidence), evidence.criteria
        state, text = choice_in(request, "state", GRADUATION_STATES), request.GET.get("q", "")
        found: Any = [one for one in everybody if not state or one.state == state]
        if text.strip():
            searched = progress_of(evidence, found)
            keys = {(p.enrollment.pk, p.user.pk) for p in searched if has_every_word(f"{p.enrollment} {p.user}", text)}
            found = [one for one in found if (one.enrollment_id, one.user_id) in keys]
        if wants_export(request):
            return self._export(criteria, progress_of(evidence, found))
        page = page_of(request, found)
        page.object_list = [(p, p.state) for p in progress_of(evidence, page.object_list)]
        graduates = [one for one in everybody if one.state == "graduated"]
        return self.page(
            criteria=criteria,
            suggestions=SuggestedCriteriaForm(),
            page_obj=page,
            counts=[(key, label, sum(1 for p in everybody if p.state == key)) for key, label in GRADUATION_STATES],
            states=GRADUATION_STATES,
            state=state,
            q=text,
            total=len(everybody),
            to_issue=sum(not one.issued for one in graduates),
            graduates=len(graduates),
            parts=parts_for(len(graduates)),
            undecided=any(one.state in ("ready", "missing") for one in found),
            asks_mentors=any(c.kind == GraduationCriterion.Kind.MENTOR for c in criteria),
        )

    def ask_first(self) -> Question | None:
        """Ask before many people get a mail, or graduate."""
        back = reverse("checkins:graduation-list", args=[self.cohort.slug])
        mentors = f"{self.cohort.programme.label_of('mentor')}s"
        match self.request.POST.get("do"):
            case "ask":
                to_ask = services.matches_to_ask(self.cohort, timezone.now()).values()
                return ask_before_mails(
                    lambda: services.ask_mentors(cohort=self.cohort, by=self.user),
                    people=len({match.mentor.user_id for match in to_ask}),
                    title=f"Ask the {mentors}?",
                    text="They are asked about each pair of which nothing has been said yet.",
                    button=f"Ask the {mentors}",
                    back=back,
                )
            case "issue":
                to_issue = services.without_certificate(self.cohort)
                return ask_before_mails(
                    lambda: services.issue_certificates(cohort=self.cohort, by=self.user),
                    people=to_issue.order_by().values("user").distinct().count(),
                    title="Send the certificates?",
                    text="They are the graduates who have none yet, and get a link to it.",
                    button="Send certificates",
                    back=back,
                )
            case "graduate" if (people := self._chosen()) and not any(p.missing for p in people):
                number = counted(len(people), "person,people")
                return Question(
                    title=f"Let {number} graduate?",
                    text=["A pair ends once everybody in its project has graduated. Nobody gets an email yet."],
                    button=f"Let {number} graduate",
                    back=back,
                )
        return None

    def _chosen(self) -> list[GraduationProgress]:
        """The people whose rows are ticked."""
        chosen = set(self.request.POST.getlist("ids"))
        return [p for p in graduation_progress(self.cohort) if p.key in chosen]

    def post(self, request: HttpRequest) -> HttpResponse:
        back = reverse("checkins:graduation-list", args=[self.cohort.slug])
        with errors_as_messages(request):
            match request.POST.get("do", ""):
                case "ask":
                    ids = [match.pk for match in services.matches_to_ask(self.cohort, timezone.now()).values()]
                    return answer_for_many(self, "mentors-ask", ids, back=back)
                case "issue":
                    waiting = services.without_certificate(self.cohort).order_by("pk").values_list("pk", flat=True)
                    return answer_for_many(self, "certificates", [str(pk) for pk in waiting], back=back)
                case act:
                    self._act(act)
        return redirect(back)

    def _act(self, act: str) -> None:
        """Do what a button says. Raises ServiceError."""
        if act == "suggest":
            form = SuggestedCriteriaForm(self.request.POST)
            if not form.is_valid():
                raise ServiceError("Choose a set of criteria first.")
            name = form.cleaned_data["suggested"]
            number = services.add_suggested_criteria(cohort=self.cohort, name=name, by=self.user)
            messages.success(self.request, f"{counted(number, 'criterion,criteria')} added. Pairs see them.")
        elif act != "graduate":
            raise ServiceError("We did not understand that. Choose one of the buttons.")
        else:
            people = self._chosen()
            if not people:
                messages.warning(self.request, "Choose somebody first.")
                return
            services.graduate_all(people=people, by=self.user)
            messages.success(self.request, f"{len(people)} graduated.")

    def _export(self, criteria: list[GraduationCriterion], found: list[GraduationProgress]) -> HttpResponse:
        head = ["person", "project", "state", *(c.name for c in criteria), "reason", "certificate"]
        lines = (
            [
                p.user,
                p.enrollment,
                p.state,
                *("yes" if one.met else "no" for one in p.standings),
                p.graduation.reason if p.graduation and self.reads(Audience.COORDINATORS) else "",
                p.graduation.pk if p.graduation else "",
            ]
            for p in found
        )
        return export(self.request, f"{self.cohort.slug}-graduation", head, lines)


class GraduationDetail(CohortView):
    """One person: every criterion, computed and set by hand, and the outcome."""

    asks = {
        "do=back": Ask(
            "Undo this decision?",
            "Undo the decision",
            "A certificate that was sent is no longer valid. The status of the pair and the project stays; change"
            " it by hand.",
        ),
    }

    template_name = "checkins/graduation/detail.html"

    def look_up(self) -> None:
        super().look_up()
        self.enrollment = get_visible_or_404(self.cohort.enrollments.all(), pk=self.kwargs["enrollment_pk"])

    @property
    def progress(self) -> GraduationProgress:
        """The person's current progress."""
        for one in graduation_progress(self.cohort, enrollment=self.enrollment):
            if one.user.pk == self.kwargs["user_pk"]:
                return one
        raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            self._act(self.progress)
        except ServiceError as error:
            return self.page(status=422, error=str(error))
        return redirect(request.path)

    def _act(self, one: GraduationProgress) -> None:
        """Do what a button says. Raises ServiceError."""
        data, who = self.request.POST, {"enrollment": one.enrollment, "user": one.user}
        if text := data.get("criterion"):
            criterion = get_visible_or_404(self.cohort.graduation_criteria.all(), pk=number_in(text))
            services.set_criterion_met(criterion=criterion, met=data.get("met") == "yes", by=self.user, **who)
        elif data.get("do") == "graduate":
            services.graduate(by=self.user, anyway=True, **who)
        elif data.get("do") == "end":
            services.end_early(reason=data.get("reason", "").replace("\0", ""), by=self.user, **who)
        elif data.get("do") == "back" and one.graduation:
            services.revoke_graduation(graduation=one.graduation, by=self.user)

    def get_context(self) -> dict[str, Any]:
        one = self.progress
        reason = self.request.POST.get("reason", "")
        return {**super().get_context(), "one": one, "state": one.state, "error": "", "reason": reason}


class CriterionEdit(FormPage, CohortObjectView[GraduationCriterion]):
    """One graduation criterion; without `pk` a new one."""

    asks = {
        "delete": Ask("Delete this criterion?", "Delete the criterion", "What was said about it is lost."),
    }

    template_name = "checkins/graduation/criterion_form.html"
    for_editors = True

    def get_rows(self) -> QuerySet[GraduationCriterion]:
        return self.cohort.graduation_criteria.select_related("cohort__programme")

    def make_new(self) -> GraduationCriterion:
        return GraduationCriterion(cohort=self.cohort)

    def get_form(self, *data: Any) -> CriterionForm:
        return CriterionForm(*data, instance=self.object)

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.object.pk and "delete" in request.POST:
            services.delete_criterion(criterion=self.object, by=self.user)
            return redirect("checkins:graduation-list", cohort_slug=self.cohort.slug)
        return super().post(request)

    def save(self, form: CriterionForm) -> HttpResponse:
        services.save_criterion(criterion=form.save(commit=False), by=self.user)
        return redirect("checkins:graduation-list", cohort_slug=self.cohort.slug)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "criterion": self.object}
