"""Pages for graduation criteria and each person's progress."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.graduation import services
from checkins.graduation.certificates import CERTIFICATES_PER_PART
from checkins.graduation.forms import CriterionForm
from checkins.models import Graduation, GraduationCriterion
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import has_every_word

GRADUATION_STATES = [("ready", "ready"), ("missing", "not yet"), ("graduated", "graduated"), ("ended", "ended early")]


class GraduationList(CoordinatorRequiredMixin, View):
    """Everybody who can graduate, and what they lack."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        chosen = set(request.POST.getlist("ids"))
        people = [p for p in services.graduation_progress(cohort) if p.key in chosen]
        do = request.POST.get("do", "")
        try:
            if do == "ask":
                messages.success(request, f"{services.ask_mentors(cohort=cohort, by=request.user)} mentors are asked.")
            elif do == "issue":
                number = services.issue_certificates(cohort=cohort, by=request.user)
                messages.success(request, f"{number} certificates are on their way.")
            elif not people:
                messages.warning(request, "Choose somebody first.")
            else:
                messages.success(request, _decide(request, do, people))
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("checkins:graduation", cohort_slug=cohort.slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort) -> HttpResponse:
        everybody = services.graduation_progress(cohort)
        rows = [(p, _state(p)) for p in everybody]
        state, text = request.GET.get("state", ""), request.GET.get("q", "")
        found = [
            (p, s) for p, s in rows if (not state or s == state) and has_every_word(f"{p.enrollment} {p.user}", text)
        ]
        criteria = list(cohort.graduation_criteria.select_related("wave"))
        if wants_export(request):
            head = ["person", "project", "state", *(c.name for c in criteria), "reason", "certificate"]
            lines = (
                [
                    p.user,
                    p.enrollment,
                    s,
                    *("yes" if one.met else "no" for one in p.standings),
                    p.graduation.reason if p.graduation else "",
                    p.graduation.pk if p.graduation else "",
                ]
                for p, s in found
            )
            return export(request, f"{cohort.slug}-graduation", head, lines)
        context = {
            "cohort": cohort,
            "criteria": criteria,
            "page_obj": page_of(request, found),
            "counts": [(key, label, sum(1 for _, s in rows if s == key)) for key, label in GRADUATION_STATES],
            "state": state,
            "q": text,
            "total": len(rows),
            "to_issue": sum(
                1 for p in everybody if p.graduation and _state(p) == "graduated" and not p.graduation.issued_at
            ),
            "graduates": sum(1 for _, s in rows if s == "graduated"),
            "parts": range(1, -(-sum(1 for _, s in rows if s == "graduated") // CERTIFICATES_PER_PART) + 1),
            "undecided": any(p.graduation is None for p, _ in found),
            "asks_mentors": any(c.kind == GraduationCriterion.Kind.MENTOR for c in criteria),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/graduation/list.html", context)


class GraduationDetail(CoordinatorRequiredMixin, View):
    """One person: every criterion, what was worked out and what was said, and how it ended."""

    def get(self, request: HttpRequest, cohort_slug: str, enrollment_pk: int, user_pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, enrollment_pk, user_pk)

    def post(self, request: HttpRequest, cohort_slug: str, enrollment_pk: int, user_pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        one = _person(cohort, enrollment_pk, user_pk)
        text = request.POST.get("criterion", "")
        try:
            if text:
                criterion = get_visible_or_404(cohort.graduation_criteria.all(), pk=number_in(text))
                met = request.POST.get("met") == "yes"
                services.set_criterion_met(
                    criterion=criterion, enrollment=one.enrollment, user=one.user, met=met, by=request.user
                )
            elif request.POST.get("do") == "graduate":
                services.graduate(enrollment=one.enrollment, user=one.user, by=request.user, anyway=True)
            elif request.POST.get("do") == "end":
                reason = request.POST.get("reason", "").replace("\0", "")
                services.end_early(enrollment=one.enrollment, user=one.user, reason=reason, by=request.user)
            elif request.POST.get("do") == "back" and one.graduation:
                services.revoke_graduation(graduation=one.graduation, by=request.user)
        except ServiceError as error:
            return self._page(request, cohort, enrollment_pk, user_pk, error=str(error), status=422)
        return redirect(request.path)

    @staticmethod
    def _page(
        request: HttpRequest, cohort: Cohort, enrollment_pk: int, user_pk: int, error: str = "", status: int = 200
    ) -> HttpResponse:
        one = _person(cohort, enrollment_pk, user_pk)
        context = {
            "cohort": cohort,
            "one": one,
            "state": _state(one),
            "error": error,
            "reason": request.POST.get("reason", ""),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/graduation/detail.html", context, status=status)


class CriterionEdit(CoordinatorRequiredMixin, View):
    """One thing that it takes; without `pk` a new one."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, criterion = self._criterion(request, cohort_slug, pk)
        return self._page(request, cohort, CriterionForm(instance=criterion))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, criterion = self._criterion(request, cohort_slug, pk)
        if pk and "delete" in request.POST:
            services.delete_criterion(criterion=criterion, by=request.user)
            return redirect("checkins:graduation", cohort_slug=cohort_slug)
        form = CriterionForm(request.POST, instance=criterion)
        if not form.is_valid():
            return self._page(request, cohort, form, status=422)
        services.save_criterion(criterion=form.save(commit=False), by=request.user)
        return redirect("checkins:graduation", cohort_slug=cohort_slug)

    @staticmethod
    def _criterion(request: HttpRequest, slug: str, pk: int | None) -> tuple[Cohort, GraduationCriterion]:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=slug)
        if pk is None:
            return cohort, GraduationCriterion(cohort=cohort)
        return cohort, get_visible_or_404(cohort.graduation_criteria.select_related("cohort__programme"), pk=pk)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: CriterionForm, status: int = 200) -> HttpResponse:
        context = {"cohort": cohort, "criterion": form.instance, "form": form}
        return render(request, "checkins/graduation/criterion_form.html", context, status=status)


def _decide(request: HttpRequest, do: str, people: list[services.Progress]) -> str:
    if do == "graduate":
        for p in people:
            services.graduate(enrollment=p.enrollment, user=p.user, by=request.user)  # type: ignore[arg-type]
        return f"{len(people)} graduated."
    raise ServiceError("We did not understand that. Choose one of the buttons.")


def _state(one: services.Progress) -> str:
    if one.graduation:
        return "graduated" if one.graduation.status == Graduation.Status.GRADUATED else "ended"
    return "ready" if one.ready else "missing"


def _person(cohort: Cohort, enrollment_pk: int, user_pk: int) -> Any:
    enrollment = get_visible_or_404(cohort.enrollments.all(), pk=enrollment_pk)
    found = [p for p in services.graduation_progress(cohort, enrollment=enrollment) if p.user.pk == user_pk]
    return found[0] if found else get_visible_or_404(cohort.enrollments.none(), pk=0)
