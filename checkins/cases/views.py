"""Pages for cases, conduct concerns and who reads them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.cases import services
from checkins.cases.forms import CaseForm, NewCaseForm
from checkins.cases.services import FIRST_STEPS
from checkins.models import Case, ConductReader
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit, roles_of
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in, page_of


class CaseList(CoordinatorRequiredMixin, View):
    """What somebody asked for, the most pressing first. Conduct concerns have a list of their own."""

    concerns = False

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        reads = services.reads_concerns(request.user, cohort.workspace_id)
        if self.concerns and not reads:
            raise Http404
        today = timezone.localdate(timezone=cohort.tz)
        mine = Case.objects.visible_to(request.user).filter(cohort=cohort)
        mine = mine.filter(kind="conduct") if self.concerns else mine.exclude(kind="conduct")
        found = _filtered(mine, request, today).with_people()
        if wants_export(request):
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
            return export(request, f"{cohort.slug}-{'concerns' if self.concerns else 'cases'}", head, rows)
        page = page_of(request, found)
        for case in page:
            case.late = case.is_late(today)  # type: ignore[attr-defined]
        context = {
            "cohort": cohort,
            "page_obj": page,
            "counts": services.case_counts(mine, request.user, today),
            "total": mine.count(),
            "concerns": self.concerns,
            "reads": reads,
            "kinds": [] if self.concerns else [kind for kind in Case.Kind.choices if kind[0] != "conduct"],
            "statuses": [("", "Not done"), ("late", "Late"), ("mine", "Mine"), *Case.Status.choices, ("all", "All")],
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "owns": _owns(request.user, cohort),
            **{name: request.GET.get(name, "") for name in ("q", "status", "kind")},
        }
        return render(request, "checkins/cases/list.html", context)


class ConcernList(CaseList):
    """Conduct concerns, for those named to read them; for everybody else there is no such page."""

    concerns = True


class CaseDetail(CoordinatorRequiredMixin, View):
    """One case: what was said, who does what by when, notes and history."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        case = get_visible_or_404(Case.objects.visible_to(request.user).with_people(), cohort__slug=cohort_slug, pk=pk)
        return self._page(request, case, CaseForm(instance=case))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        case = get_visible_or_404(Case.objects.editable_by(request.user).with_people(), cohort__slug=cohort_slug, pk=pk)
        form = CaseForm(request.POST, instance=case)
        if form.is_valid():
            try:
                services.save_case(case=form.save(commit=False), by=request.user, note=form.cleaned_data["note"])
            except ServiceError as error:
                form.add_error("owner", str(error))
            else:
                messages.success(request, "Saved.")
                return redirect(case)
        case.refresh_from_db(fields=form._meta.fields)  # the page around the form shows what is stored
        return self._page(request, case, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, case: Case, form: CaseForm, status: int = 200) -> HttpResponse:
        context = {
            "cohort": case.cohort,
            "case": case,
            "form": form,
            "late": case.is_late(timezone.localdate(timezone=case.cohort.tz)),
            "notes": case.notes.select_related("by"),
            "history": history_of(case)[:30],
            "may_edit": may_edit(request.user, case.cohort.workspace_id),
        }
        return render(request, "checkins/cases/detail.html", context, status=status)


class CaseCreate(CoordinatorRequiredMixin, View):
    """A case that a coordinator noticed."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        initial = {"next_step": FIRST_STEPS["other"][1], "due_on": timezone.localdate(timezone=cohort.tz)}
        return self._page(request, cohort, NewCaseForm(cohort=cohort, initial=initial))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = NewCaseForm(request.POST, cohort=cohort)
        if not form.is_valid():
            return self._page(request, cohort, form, status=422)
        return redirect(services.open_case(cohort=cohort, by=request.user, owner=request.user, **form.cleaned_data))

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: NewCaseForm, status: int = 200) -> HttpResponse:
        return render(request, "checkins/cases/create.html", {"cohort": cohort, "form": form}, status=status)


class ConductReaderList(CoordinatorRequiredMixin, View):
    """Who reads conduct concerns. Only the programme's owners name them; naming and dropping is on record."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        if not _owns(request.user, cohort):
            raise Http404
        readers = ConductReader.objects.filter(workspace=cohort.workspace_id).select_related("user")
        named = {reader.user_id for reader in readers}
        team = User.objects.filter(
            workspace_roles__workspace=cohort.workspace_id, workspace_roles__role__in=["owner", "coordinator"]
        )
        context = {
            "cohort": cohort,
            "readers": readers.order_by("user__full_name"),
            "team": [person for person in team.order_by("full_name") if person.pk not in named],
            "waiting": services.unread_concerns(cohort.workspace_id),
        }
        return render(request, "checkins/cases/conduct_readers.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        if not _owns(request.user, cohort):
            raise Http404
        team = User.objects.filter(workspace_roles__workspace=cohort.workspace_id)
        user = get_visible_or_404(team, pk=number_in(request.POST.get("user")))
        try:
            if request.POST.get("do") == "drop":
                services.remove_conduct_reader(cohort=cohort, user=user, by=request.user)
            else:
                services.add_conduct_reader(cohort=cohort, user=user, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("checkins:readers", cohort_slug=cohort.slug)


def _owns(user: Any, cohort: Cohort) -> bool:
    return roles_of(user).filter(workspace_id=cohort.workspace_id, role="owner").exists()


def _filtered(mine: Any, request: HttpRequest, today: Any) -> Any:
    found = mine.search(request.GET.get("q", ""))
    status = request.GET.get("status", "")
    if status in Case.Status.values:
        found = found.filter(status=status)
    elif status == "late":
        found = found.late(today)
    elif status == "mine":
        found = found.open().filter(owner=request.user)
    elif status != "all":
        found = found.open()
    if (kind := request.GET.get("kind")) in Case.Kind.values:
        found = found.filter(kind=kind)
    return found.order_by("due_on", "pk")
