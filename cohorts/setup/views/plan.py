"""The plan of a cohort: dates, checklist and groups; and the timeline of a programme."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import ChecklistItem, Cohort, CohortDate, Group, Programme
from cohorts.setup import plan
from cohorts.setup.forms import ChecklistItemForm, CohortDateForm, GroupForm, TimelineFormSet
from cohorts.setup.services import delete_group, save_group
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError


class PlanDetail(CoordinatorRequiredMixin, View):
    """Dates and checklist side by side, with a form below each."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self.page(request, cohort)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        """Add a date or a line of the checklist."""
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        if "add-date" in request.POST:
            dates = CohortDateForm(request.POST, instance=CohortDate(cohort=cohort), prefix="date")
            if not dates.is_valid():
                return self.page(request, cohort, status=422, date_form=dates)
            plan.save_cohort_date(date=dates.save(commit=False), by=request.user)
        else:
            items = ChecklistItemForm(request.POST, instance=ChecklistItem(cohort=cohort), cohort=cohort, prefix="item")
            if not items.is_valid():
                return self.page(request, cohort, status=422, item_form=items)
            plan.save_checklist_item(item=items.save(commit=False), by=request.user)
        messages.success(request, "Added.")
        return redirect("cohorts:plan", cohort_slug=cohort.slug)

    def page(self, request: HttpRequest, cohort: Cohort, status: int = 200, **forms: Any) -> HttpResponse:
        today = timezone.localdate(timezone=cohort.tz)
        items = list(cohort.checklist.select_related("owner"))
        context = {
            "cohort": cohort,
            "today": today,
            "moments": plan.timeline_of(cohort),
            "items": items,
            "late": {item.pk for item in plan.overdue_items(items, today)},
            "done": sum(item.done_at is not None for item in items),
            "groups": cohort.groups.all(),
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "date_form": CohortDateForm(prefix="date"),
            "item_form": ChecklistItemForm(cohort=cohort, prefix="item"),
            **forms,
        }
        return render(request, "cohorts/setup/plan.html", context, status=status)


class DateEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        row = _of_cohort(request, CohortDate, cohort_slug, pk)
        return self._page(request, row, CohortDateForm(instance=row))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        row = _of_cohort(request, CohortDate, cohort_slug, pk)
        if "delete" in request.POST:
            plan.delete_cohort_date(date=row, by=request.user)
            messages.success(request, f"“{row.name}” is off the plan.")
            return redirect("cohorts:plan", cohort_slug=cohort_slug)
        form = CohortDateForm(request.POST, instance=row)
        if not form.is_valid():
            return self._page(request, row, form, status=422)
        plan.save_cohort_date(date=form.save(commit=False), by=request.user)
        messages.success(request, "Saved.")
        return redirect("cohorts:plan", cohort_slug=cohort_slug)

    @staticmethod
    def _page(request: HttpRequest, row: CohortDate, form: CohortDateForm, status: int = 200) -> HttpResponse:
        context = {"cohort": row.cohort, "form": form, "heading": "Edit date", "what": "date"}
        return render(request, "cohorts/setup/plan_edit.html", context, status=status)


class ChecklistItemEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        item = _of_cohort(request, ChecklistItem, cohort_slug, pk)
        return self._page(request, item, ChecklistItemForm(instance=item, cohort=item.cohort))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        item = _of_cohort(request, ChecklistItem, cohort_slug, pk)
        if "delete" in request.POST:
            plan.delete_checklist_item(item=item, by=request.user)
            messages.success(request, f"“{item.name}” is off the checklist.")
            return redirect("cohorts:plan", cohort_slug=cohort_slug)
        form = ChecklistItemForm(request.POST, instance=item, cohort=item.cohort)
        if not form.is_valid():
            return self._page(request, item, form, status=422)
        plan.save_checklist_item(item=form.save(commit=False), by=request.user)
        messages.success(request, "Saved.")
        return redirect("cohorts:plan", cohort_slug=cohort_slug)

    @staticmethod
    def _page(request: HttpRequest, item: ChecklistItem, form: ChecklistItemForm, status: int = 200) -> HttpResponse:
        context = {"cohort": item.cohort, "form": form, "heading": "Edit checklist", "what": "line"}
        return render(request, "cohorts/setup/plan_edit.html", context, status=status)


class ChecklistItemTick(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        item = _of_cohort(request, ChecklistItem, cohort_slug, pk)
        plan.set_checklist_item_done(item=item, done=request.POST.get("done") == "yes", by=request.user)
        return redirect("cohorts:plan", cohort_slug=cohort_slug)


class GroupEdit(CoordinatorRequiredMixin, View):
    """A group with seats and a deadline of its own; without `pk` a new one."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        group = self._group(request, cohort_slug, pk)
        return self._page(request, group, GroupForm(instance=group, cohort=group.cohort))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        group = self._group(request, cohort_slug, pk)
        if "delete" in request.POST and group.pk:
            try:
                delete_group(group=group, by=request.user)
            except ServiceError as error:
                messages.error(request, str(error))
            return redirect("cohorts:plan", cohort_slug=cohort_slug)
        form = GroupForm(request.POST, instance=group, cohort=group.cohort)
        if not form.is_valid():
            return self._page(request, group, form, status=422)
        save_group(group=form.save(commit=False), by=request.user)
        messages.success(request, "Saved.")
        return redirect("cohorts:plan", cohort_slug=cohort_slug)

    @staticmethod
    def _group(request: HttpRequest, cohort_slug: str, pk: int | None) -> Group:
        if pk is not None:
            return _of_cohort(request, Group, cohort_slug, pk)
        return Group(cohort=get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug))

    @staticmethod
    def _page(request: HttpRequest, group: Group, form: GroupForm, status: int = 200) -> HttpResponse:
        context = {
            "cohort": group.cohort,
            "form": form,
            "heading": "Edit group" if group.pk else "Add a group",
            "what": "group" if group.pk else "",
        }
        return render(request, "cohorts/setup/plan_edit.html", context, status=status)


class TimelineEdit(CoordinatorRequiredMixin, View):
    """The programme's timeline, from which every new cohort gets its dates."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.editable_by(request.user), slug=programme_slug)
        return self._page(request, programme, TimelineFormSet(queryset=programme.timeline.all(), prefix="steps"))

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.editable_by(request.user), slug=programme_slug)
        steps = TimelineFormSet(request.POST, queryset=programme.timeline.all(), prefix="steps")
        if not steps.is_valid():
            return self._page(request, programme, steps, status=422)
        changed = steps.save(commit=False)
        gone = [step.pk for step in steps.deleted_objects]
        plan.save_timeline(programme=programme, steps=changed, gone=gone, by=request.user)
        messages.success(request, "Saved. Cohorts that exist keep their dates.")
        return redirect("cohorts:timeline", programme_slug=programme.slug)

    @staticmethod
    def _page(request: HttpRequest, programme: Programme, steps: Any, status: int = 200) -> HttpResponse:
        context = {"programme": programme, "steps": steps}
        return render(request, "cohorts/setup/timeline.html", context, status=status)


def _of_cohort(request: HttpRequest, model: Any, cohort_slug: str, pk: int) -> Any:
    cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
    return get_visible_or_404(model.objects.filter(cohort=cohort).select_related("cohort__programme"), pk=pk)
