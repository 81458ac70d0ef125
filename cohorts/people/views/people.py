"""The people of a cohort: the list, one enrollment, and decisions about them."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.enrollment.lead import change_lead
from cohorts.enrollment.services import save_note, set_enrollment_status, set_group
from cohorts.models import Enrollment
from cohorts.people.columns import LISTED, listed_columns
from cohorts.people.export import people_rows
from cohorts.people.extensions import ENROLLMENT_FACTS
from cohorts.people.filters import PEOPLE_FILTERS, filter_enrollments, split_filters
from cohorts.people.forms import DecisionForm, NoteForm
from cohorts.people.history import participation_of
from cohorts.people.named_people import named_by
from cohorts.people.views.bulk import decisions_for, ids_with_something_running, undo_in
from cohorts.signup_form.answers import shown_answers
from cohorts.signup_form.confidential import record_needs_read
from mentorship.core.accounts.field_access import Audience, readable
from mentorship.core.audit.models import ReadEntry
from mentorship.core.errors import ServiceError
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.facts import facts_of
from mentorship.core.ui.requests import note_unknown, number_in, page_of
from mentorship.core.views import Ask, FormPage, errors_as_messages

SORTS = {
    "newest": ("-created_at", "-pk"),
    "oldest": ("created_at", "pk"),
    "name": ("user__full_name", "user__email", "pk"),
    "title": ("title", "pk"),
}
# These filters are in the toolbar; the others are behind a button.
MAIN_FILTERS = {"q", "role", "status"}


class PeopleList(CohortView):
    """The list of all sign-ups: search, filters in the address, bulk decisions."""

    template_name = "cohorts/people/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort, sort = self.cohort, request.GET.get("sort", "")
        given, unknown = split_filters(cohort, request.GET)
        for one in unknown:
            note_unknown(request, one.name, one.value, one.label)
        found = filter_enrollments(cohort, given).order_by(*SORTS.get(sort, SORTS["newest"]))
        if wants_export(request):
            if self.reads(Audience.PRIVATE):
                ids = found.order_by().values("pk")
                record_needs_read(ids, way=ReadEntry.Way.FILE, by=self.user, workspace_id=self.workspace_id)
            rows = people_rows(found, cohort, reader=self.reader)
            return export(request, f"{cohort.slug}-people", next(rows), rows)
        counts = _counts(cohort.enrollments.all())
        more = [
            (name, one.label, one.choices_for(cohort), given.get(name, ""))
            for name, one in PEOPLE_FILTERS.items()
            if name not in MAIN_FILTERS
        ]
        return self.page(
            page_obj=page_of(request, found.with_people(), count=None if given else counts.total()),
            total=counts.total(),
            status_counts=_counted(Enrollment.Status.choices, counts, 0),
            role_counts=_counted(PEOPLE_FILTERS["role"].choices_for(self.cohort), counts, 1),
            more=more,
            more_on=len(given.keys() - MAIN_FILTERS),
            undo=undo_in(request, cohort),
            groups=next(choices for name, _, choices, _ in more if name == "group")[:-1],
            decisions=DecisionForm.base_fields["to"].choices,  # type: ignore[attr-defined]
            sorts=SORTS,
            columns=listed_columns(request.GET.getlist("column")),
            every_column=LISTED,
            columns_chosen="column" in request.GET,
        )

    def get_context(self) -> dict[str, Any]:
        chosen = {name: self.request.GET.get(name, "") for name in (*MAIN_FILTERS, "sort")}
        return {**super().get_context(), **chosen}


class EnrollmentView(CohortObjectView[Enrollment]):
    """A page about one enrollment of a cohort."""

    def get_rows(self) -> QuerySet[Enrollment]:
        return Enrollment.objects.filter(cohort=self.cohort).with_people()


class EnrollmentDetail(FormPage, EnrollmentView):
    """One application with all its answers, the note and its history."""

    template_name = "cohorts/people/detail.html"

    def look_up(self) -> None:
        super().look_up()
        if self.reads(Audience.PRIVATE):
            record_needs_read([self.object.pk], way=ReadEntry.Way.PAGE, by=self.user, workspace_id=self.workspace_id)

    def get_form(self, *data: Any) -> NoteForm:
        return NoteForm(*data, initial={"note": self.object.note})

    def save(self, form: NoteForm) -> HttpResponse:
        save_note(enrollment=self.object, note=form.cleaned_data["note"], by=self.user)
        messages.success(self.request, "Note saved.")
        return redirect(self.object)

    def get_context(self) -> dict[str, Any]:
        enrollment = self.object
        others = Enrollment.objects.visible_to(self.user).filter(user=enrollment.user).exclude(pk=enrollment.pk)
        past = participation_of([enrollment.user_id], self.cohort)[enrollment.user_id]
        return {
            **super().get_context(),
            "enrollment": enrollment,
            "own_answers": shown_answers(enrollment, readable(self.reader)),
            "named_people": named_by(enrollment, readable(self.reader)),
            "groups": self.cohort.groups.all(),
            "past": past,
            "is_first_time": past.first_time(enrollment.role),
            "others": others.select_related("cohort", "user"),
            "facts": facts_of(ENROLLMENT_FACTS, [enrollment.pk])[enrollment.pk],
            "has_running": (has_running := bool(ids_with_something_running([enrollment]))),
            "decisions": decisions_for(enrollment, has_running),
            "departures": enrollment.departures.select_related("user"),
        }


class SetGroup(EnrollmentView):
    """Move an enrollment to a group of the cohort, or out of it."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        enrollment, slug = self.object, request.POST.get("group", "")
        group = self.cohort.groups.filter(slug=slug).first() if slug else None
        with errors_as_messages(request):
            if slug and group is None:
                raise ServiceError("This group is not there any more. Nothing was changed.")
            set_group(enrollment=enrollment, group=group, by=self.user)
            messages.success(request, f"{enrollment} is in {group}." if group else f"{enrollment} is in no group.")
        return redirect(enrollment)


class ChangeLead(EnrollmentView):
    """Make a member the lead of their team, and tell everybody in it."""

    asks = {
        "": Ask(
            "Make them the lead?",
            "Make lead",
            "From now on they act for the team. The current lead stays a member and can leave alone. We email "
            "everybody in the team.",
            danger=False,
        ),
    }

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        enrollment, number = self.object, number_in(request.POST.get("person", ""))
        person = next((one for one in enrollment.people if one.pk == number), None)
        if person is None:
            messages.error(request, "They are not in this team any more.")
            return redirect(enrollment)
        with errors_as_messages(request):
            change_lead(enrollment=enrollment, to=person, by=self.user)
            messages.success(request, f"{person} leads the team now. Everybody in it has been emailed.")
        return redirect(enrollment)


class PutBack(EnrollmentView):
    """Undo a decision: the enrollment is under review again. Sends no mail."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            set_enrollment_status(enrollment=self.object, to=Enrollment.Status.APPLIED, by=self.user)
            messages.success(request, f"{self.object} is under review again. No email was sent.")
        return redirect(self.object)


def _counts(everyone: QuerySet[Enrollment]) -> Counter[tuple[str, str]]:
    """How many there are of each status and role. One query."""
    counted = everyone.order_by().values_list("status", "role").annotate(Count("pk"))
    return Counter({(status, role): number for status, role, number in counted})


def _counted(choices: Any, counts: Counter[tuple[str, str]], part: int) -> list[tuple[str, str, int]]:
    """The choices that occur, with their numbers; `part` is 0 for statuses and 1 for roles."""
    numbers: Counter[str] = Counter()
    for key, number in counts.items():
        numbers[key[part]] += number
    return [(value, label, numbers[value]) for value, label in choices if value in numbers]
