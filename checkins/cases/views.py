"""Pages for cases, conduct concerns and their readers."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from checkins.cases import services
from checkins.cases.forms import CaseForm, NewCaseForm
from checkins.cases.services import FIRST_STEPS
from checkins.models import Case, ConductReader
from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import Cohort
from mentorship.core.accounts.models import User, WorkspaceRole
from mentorship.core.accounts.permissions import get_visible_or_404, has_role
from mentorship.core.audit.models import ReadEntry
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.views import Ask, FormPage, errors_as_messages

STATES = [("", "Not done"), ("late", "Late"), ("mine", "Mine"), *Case.Status.choices, ("all", "All")]


class CaseList(CohortView):
    """Cases of a cohort, the most urgent first. Conduct concerns have a separate list."""

    template_name = "checkins/cases/list.html"
    concerns = False

    def get(self, request: HttpRequest) -> HttpResponse:
        reads = services.reads_concerns(self.user, self.cohort.workspace_id)
        if self.concerns and not reads:
            raise Http404
        today = timezone.localdate(timezone=self.cohort.tz)
        mine = Case.objects.visible_to(self.user).filter(cohort=self.cohort)
        mine = mine.filter(kind="conduct") if self.concerns else mine.exclude(kind="conduct")
        found = _filtered(mine, request, today).with_people()
        if wants_export(request):
            services.record_concerns_read(found, way=ReadEntry.Way.FILE, by=self.user, workspace_id=self.workspace_id)
            return self._export(found)
        page = page_of(request, found)
        services.record_concerns_read(page, way=ReadEntry.Way.PAGE, by=self.user, workspace_id=self.workspace_id)
        for case in page:
            case.late = case.is_late(today)  # type: ignore[attr-defined]
        return self.page(
            page_obj=page,
            counts=services.case_counts(mine, self.user, today),
            total=mine.count(),
            concerns=self.concerns,
            reads=reads,
            kinds=[] if self.concerns else [kind for kind in Case.Kind.choices if kind[0] != "conduct"],
            statuses=STATES,
            owns=_owns(self.user, self.cohort),
        )

    def get_context(self) -> dict[str, Any]:
        filters = {
            "q": self.request.GET.get("q", ""),
            "status": choice_in(self.request, "status", STATES),
            "kind": choice_in(self.request, "kind", Case.Kind.values),
        }
        return {**super().get_context(), **filters}

    def _export(self, found: Any) -> HttpResponse:
        head = ["kind", "person", "pair", "status", "owner", "next step", "by", "opened"]
        rows = (
            [
                c.get_kind_display(),
                c.about or "",
                c.match or "",
                c.get_status_display(),
                c.owner or "",
                c.next_step,
                c.due_on,
                f"{c.created_at:%Y-%m-%d}",
            ]
            for c in found
        )
        return export(self.request, f"{self.cohort.slug}-{'concerns' if self.concerns else 'cases'}", head, rows)


class ConcernList(CaseList):
    """Conduct concerns, for named readers; everybody else gets 404."""

    concerns = True


class CaseDetail(FormPage, CohortObjectView[Case]):
    """One case: the facts, owner and next step, notes and history."""

    template_name = "checkins/cases/detail.html"
    error_field = "owner"

    def get_rows(self) -> QuerySet[Case]:
        return Case.objects.visible_to(self.user).filter(cohort=self.cohort).with_people()

    def look_up(self) -> None:
        super().look_up()
        services.record_concerns_read(
            [self.object], way=ReadEntry.Way.PAGE, by=self.user, workspace_id=self.workspace_id
        )

    def get_form(self, *data: Any) -> CaseForm:
        return CaseForm(*data, instance=self.object)

    def save(self, form: CaseForm) -> HttpResponse:
        services.save_case(case=form.save(commit=False), by=self.user, note=form.cleaned_data["note"])
        messages.success(self.request, "Saved.")
        return redirect(self.object)

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        if status != 200:
            self.object.refresh_from_db(fields=CaseForm._meta.fields)  # the page around the form shows stored values
        return super().page(status, **context)

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "case": self.object,
            "late": self.object.is_late(timezone.localdate(timezone=self.cohort.tz)),
            "notes": self.object.notes.select_related("by"),
        }


class CaseCreate(FormPage, CohortView):
    """Open a case that a coordinator noticed."""

    template_name = "checkins/cases/create.html"
    for_editors = True

    def get_form(self, *data: Any) -> NewCaseForm:
        initial = {"next_step": FIRST_STEPS["other"][1], "due_on": timezone.localdate(timezone=self.cohort.tz)}
        return NewCaseForm(*data, cohort=self.cohort, initial=initial)

    def save(self, form: NewCaseForm) -> HttpResponse:
        return redirect(services.open_case(cohort=self.cohort, by=self.user, owner=self.user, **form.cleaned_data))


class ConductReaderList(CohortView):
    """Readers of conduct concerns. Only the programme's owners name them; changes are recorded."""

    asks = {
        "do=drop": Ask(
            "Stop showing them conduct concerns?",
            "Remove the reader",
            "They no longer hear of concerns, and can’t read those that came in before.",
        ),
    }

    template_name = "checkins/cases/conduct_readers.html"

    def look_up(self) -> None:
        super().look_up()
        if not _owns(self.user, self.cohort):
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        readers = ConductReader.objects.filter(workspace=self.cohort.workspace_id).select_related("user")
        named = {reader.user_id for reader in readers}
        team = User.objects.filter(
            workspace_roles__workspace=self.cohort.workspace_id, workspace_roles__role__in=WorkspaceRole.EDITORS
        )
        return self.page(
            readers=readers.order_by("user__full_name"),
            team=[person for person in team.order_by("full_name") if person.pk not in named],
            waiting=services.unread_concerns(self.cohort.workspace_id).count(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        team = User.objects.filter(workspace_roles__workspace=self.cohort.workspace_id)
        user = get_visible_or_404(team, pk=number_in(request.POST.get("user")))
        with errors_as_messages(request):
            if request.POST.get("do") == "drop":
                services.remove_conduct_reader(cohort=self.cohort, user=user, by=self.user)
            else:
                services.add_conduct_reader(cohort=self.cohort, user=user, by=self.user)
        return redirect("checkins:conduct-reader-list", cohort_slug=self.cohort.slug)


def _owns(user: Any, cohort: Cohort) -> bool:
    return has_role(user, cohort.workspace_id, among=["owner"])


def _filtered(mine: Any, request: HttpRequest, today: Any) -> Any:
    found = mine.search(request.GET.get("q", ""))
    status = choice_in(request, "status", STATES)
    if status in Case.Status.values:
        found = found.filter(status=status)
    elif status == "late":
        found = found.late(today)
    elif status == "mine":
        found = found.open().filter(owner=request.user)
    elif status != "all":
        found = found.open()
    if kind := choice_in(request, "kind", Case.Kind.values):
        found = found.filter(kind=kind)
    return found.order_by("due_on", "pk")
