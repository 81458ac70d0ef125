"""The people of a cohort: list, one enrollment, decisions."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.enrollment.mails import decision_mails
from cohorts.enrollment.services import decide_enrollments, save_note, set_enrollment_status, set_group
from cohorts.models import Cohort, Enrollment
from cohorts.people.export import people_rows
from cohorts.people.extensions import ENROLLMENT_FACTS
from cohorts.people.filters import PEOPLE_FILTERS, filter_enrollments, read_filters
from cohorts.people.forms import DecisionForm, NoteForm
from cohorts.people.history import participation_of
from cohorts.questions.answers import shown_answers
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.facts import facts_of
from mentorship.core.ui.requests import numbers_in, page_of

SORTS = {
    "newest": ("-created_at", "-pk"),
    "oldest": ("created_at", "pk"),
    "name": ("user__full_name", "user__email", "pk"),
    "title": ("title", "pk"),
}


class PeopleList(CoordinatorRequiredMixin, View):
    """Everyone who signed up: search, filters in the address, bulk decisions."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        everyone = cohort.enrollments.all()
        found = filter_enrollments(cohort, request.GET).order_by(
            *SORTS.get(request.GET.get("sort", ""), SORTS["newest"])
        )
        editing = may_edit(request.user, cohort.workspace_id)
        if wants_export(request):
            head, *rows = people_rows(found, cohort, private=editing)
            return export(request, f"{cohort.slug}-people", head, rows)
        given = read_filters(cohort, request.GET)
        context = {
            "cohort": cohort,
            "page_obj": page_of(request, found.with_people()),
            "total": everyone.count(),
            "status_counts": _counts(everyone, "status", Enrollment.Status),
            "role_counts": _counts(everyone, "role", Enrollment.Role),
            "may_edit": editing,
            "more": [
                (name, one.label, one.choices_for(cohort), given.get(name, ""))
                for name, one in PEOPLE_FILTERS.items()
                if name not in ("q", "role", "status")
            ],
            "more_on": len(set(given) - {"q", "role", "status"}),
            "decisions": DecisionForm.base_fields["to"].choices,  # type: ignore[attr-defined]
            "sorts": SORTS,
            **{name: request.GET.get(name, "") for name in ("q", "role", "status", "sort")},
        }
        return render(request, "cohorts/people/list.html", context)


class EnrollmentDetail(CoordinatorRequiredMixin, View):
    """One application with everything said in it, the note, and what happened to it."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        enrollment = _enrollment_or_404(request, cohort_slug, pk)
        return render(request, "cohorts/people/detail.html", self._context(request, enrollment))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        enrollment = get_visible_or_404(
            Enrollment.objects.editable_by(request.user).with_people(), cohort__slug=cohort_slug, pk=pk
        )
        form = NoteForm(request.POST)
        if not form.is_valid():
            context = {**self._context(request, enrollment), "note_form": form}
            return render(request, "cohorts/people/detail.html", context, status=422)
        save_note(enrollment=enrollment, note=form.cleaned_data["note"], by=request.user)
        messages.success(request, "Note saved.")
        return redirect(enrollment)

    @staticmethod
    def _context(request: HttpRequest, enrollment: Enrollment) -> dict[str, Any]:
        others = (
            Enrollment.objects.visible_to(request.user)
            .filter(user=enrollment.user)
            .exclude(pk=enrollment.pk)
            .select_related("cohort", "user")
        )
        editing = may_edit(request.user, enrollment.cohort.workspace_id)
        past = participation_of([enrollment.user_id], enrollment.cohort)[enrollment.user_id]
        return {
            "enrollment": enrollment,
            "cohort": enrollment.cohort,
            "own_answers": shown_answers(enrollment, None if editing else ("match", "review")),
            "groups": enrollment.cohort.groups.all(),
            "past": past,
            "is_first_time": past.first_time(enrollment.role),
            "others": others,
            "facts": facts_of(ENROLLMENT_FACTS, [enrollment.pk])[enrollment.pk],
            "history": history_of(enrollment)[:20],
            "may_edit": editing,
            "decisions": [d for d in DecisionForm.base_fields["to"].choices if d[0] != enrollment.status],  # type: ignore[attr-defined]
            "note_form": NoteForm(initial={"note": enrollment.note}),
        }


class Decide(CoordinatorRequiredMixin, View):
    """Preview the mails of a decision, then decide. Nothing happens before the second step."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        chosen = _chosen(cohort, request.POST.getlist("pk"))
        form = DecisionForm(request.POST)
        if not chosen or "to" in form.errors:
            messages.error(request, "Choose people and a decision first.")
            return redirect("cohorts:people", cohort_slug=cohort.slug)
        if "preview" in request.POST or not form.is_valid():
            return self._preview(request, cohort, chosen, form)
        return self._decide(request, cohort, chosen, form.cleaned_data)

    def _preview(
        self, request: HttpRequest, cohort: Cohort, chosen: list[Enrollment], form: DecisionForm
    ) -> HttpResponse:
        to, message = form.cleaned_data["to"], form.cleaned_data.get("message", "")
        can = [e for e in chosen if to in Enrollment.TRANSITIONS[e.status]]
        if form.is_valid():
            # The list that one comes from asks nothing about mails: sending them is what is usual.
            mail = form.cleaned_data["mail"] or "message" not in request.POST
            form = DecisionForm(initial={"to": to, "message": message, "mail": mail})
        context = {
            "cohort": cohort,
            "to": to,
            "to_label": Enrollment.Status(to).label,
            "form": form,
            "enrollments": can,
            "left": [e for e in chosen if e not in can],
            "mails": decision_mails(enrollments=can, to=to, message=message),
        }
        return render(request, "cohorts/people/decide.html", context, status=422 if form.errors else 200)

    def _decide(
        self, request: HttpRequest, cohort: Cohort, chosen: list[Enrollment], cleaned: dict[str, Any]
    ) -> HttpResponse:
        decided, left = decide_enrollments(
            enrollments=chosen,
            to=cleaned["to"],
            by=request.user,  # type: ignore[arg-type]
            message=cleaned["message"],
            mail=cleaned["mail"],
        )
        if decided:
            sent = "their mails are on the way" if cleaned["mail"] else "no mail was sent"
            messages.success(request, f"{len(decided)} now {Enrollment.Status(cleaned['to']).label}; {sent}.")
        for _enrollment, reason in left:
            messages.warning(request, reason)
        return redirect("cohorts:people", cohort_slug=cohort.slug)


class SetGroup(CoordinatorRequiredMixin, View):
    """Move an enrollment to a group of the cohort, or out of it."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        enrollment = get_visible_or_404(
            Enrollment.objects.editable_by(request.user).select_related("cohort"), cohort__slug=cohort_slug, pk=pk
        )
        group = enrollment.cohort.groups.filter(slug=request.POST.get("group", "")).first()
        try:
            set_group(enrollment=enrollment, group=group, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{enrollment} is in {group}." if group else f"{enrollment} is in no group.")
        return redirect(enrollment)


class PutBack(CoordinatorRequiredMixin, View):
    """Undo a decision: the enrollment is under review again. Sends nothing."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        enrollment = get_visible_or_404(Enrollment.objects.editable_by(request.user), cohort__slug=cohort_slug, pk=pk)
        try:
            set_enrollment_status(enrollment=enrollment, to=Enrollment.Status.APPLIED, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{enrollment} is under review again. No mail was sent.")
        return redirect(enrollment)


def _counts(everyone: QuerySet[Enrollment], field: str, choices: Any) -> list[tuple[str, str, int]]:
    counted = dict(everyone.order_by().values_list(field).annotate(Count("pk")))
    return [(value, label, counted[value]) for value, label in choices.choices if value in counted]


def _enrollment_or_404(request: HttpRequest, cohort_slug: str, pk: int) -> Enrollment:
    return get_visible_or_404(
        Enrollment.objects.visible_to(request.user).with_people(), cohort__slug=cohort_slug, pk=pk
    )


def _chosen(cohort: Cohort, ids: list[str]) -> list[Enrollment]:
    numbers = numbers_in(ids)
    return list(Enrollment.objects.filter(cohort=cohort, pk__in=numbers).with_people().order_by("pk"))
