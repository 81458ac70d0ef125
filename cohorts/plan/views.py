"""The plan of a cohort: its dates and checklist; and the timeline of a programme."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cohorts.cohort_view import CohortObjectView, CohortView, M, ProgrammeView
from cohorts.models import ChecklistItem, CohortDate
from cohorts.plan import services
from cohorts.plan.forms import ChecklistItemForm, CohortDateForm, SuggestedTimelineForm, TimelineFormSet
from mentorship.core.ui.markup import counted
from mentorship.core.views import Ask, FormPage, Question, errors_as_messages


class PlanDetail(CohortView):
    """Dates and checklist side by side, with a form below each."""

    template_name = "cohorts/plan/plan.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add a date or a line of the checklist."""
        if "add-date" in request.POST:
            dates = CohortDateForm(request.POST, instance=CohortDate(cohort=self.cohort), prefix="date")
            if not dates.is_valid():
                return self.page(status=422, date_form=dates)
            services.save_cohort_date(date=dates.save(commit=False), by=self.user)
        else:
            item = ChecklistItem(cohort=self.cohort)
            items = ChecklistItemForm(request.POST, instance=item, cohort=self.cohort, prefix="item")
            if not items.is_valid():
                return self.page(status=422, item_form=items)
            services.save_checklist_item(item=items.save(commit=False), by=self.user)
        messages.success(request, "Added.")
        return redirect("cohorts:plan-detail", cohort_slug=self.cohort.slug)

    def get_context(self) -> dict[str, Any]:
        today = timezone.localdate(timezone=self.cohort.tz)
        items = list(self.cohort.checklist.select_related("owner"))
        return {
            **super().get_context(),
            "today": today,
            "moments": services.timeline_of(self.cohort),
            "too_early": services.decisions_before_closing(self.cohort),
            "items": items,
            "late": {item.pk for item in services.overdue_items(items, today)},
            "done": sum(item.done_at is not None for item in items),
            "groups": self.cohort.groups.all(),
            "date_form": CohortDateForm(instance=CohortDate(cohort=self.cohort), prefix="date"),
            "item_form": ChecklistItemForm(cohort=self.cohort, prefix="item"),
        }


class PlanRowEdit(FormPage, CohortObjectView[M]):
    """A page to edit or delete one row of the plan. `what` names it on the button that deletes it."""

    asks = {
        "delete": Ask(
            "Delete this from the plan?", "Delete", "It’s gone for the whole team. The history keeps that you did it."
        ),
    }

    template_name = "cohorts/plan/plan_edit.html"
    for_editors = True
    heading = ""
    what = ""

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.object.pk and "delete" in request.POST:
            with errors_as_messages(request):
                self.delete()
            return self.back()
        return super().post(request)

    @abstractmethod
    def delete(self) -> None:
        """Delete the row by calling a service. Raises ServiceError."""

    def back(self) -> HttpResponse:
        """Redirect to the plan."""
        return redirect("cohorts:plan-detail", cohort_slug=self.cohort.slug)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "heading": self.heading, "what": self.what}


class DateEdit(PlanRowEdit[CohortDate]):
    """Edit or delete a date of a cohort."""

    heading, what = "Edit date", "date"

    def get_rows(self) -> QuerySet[CohortDate]:
        return self.cohort.dates.select_related("cohort__programme")

    def get_form(self, *data: Any) -> CohortDateForm:
        return CohortDateForm(*data, instance=self.object)

    def save(self, form: CohortDateForm) -> HttpResponse:
        services.save_cohort_date(date=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return self.back()

    def delete(self) -> None:
        services.delete_cohort_date(date=self.object, by=self.user)
        messages.success(self.request, f"“{self.object.name}” is off the plan.")


class ChecklistItemView(CohortObjectView[ChecklistItem]):
    """A page about one line of the checklist."""

    for_editors = True

    def get_rows(self) -> QuerySet[ChecklistItem]:
        return self.cohort.checklist.select_related("cohort__programme")


class ChecklistItemEdit(ChecklistItemView, PlanRowEdit[ChecklistItem]):
    """Edit or delete a line of the checklist."""

    heading, what = "Edit checklist", "line"

    def get_form(self, *data: Any) -> ChecklistItemForm:
        return ChecklistItemForm(*data, instance=self.object, cohort=self.cohort)

    def save(self, form: ChecklistItemForm) -> HttpResponse:
        services.save_checklist_item(item=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return self.back()

    def delete(self) -> None:
        services.delete_checklist_item(item=self.object, by=self.user)
        messages.success(self.request, f"“{self.object.name}” is off the checklist.")


class ChecklistItemTick(ChecklistItemView):
    """Mark an item of the checklist as done or not done."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        services.set_checklist_item_done(item=self.object, done=request.POST.get("done") == "yes", by=self.user)
        return redirect("cohorts:plan-detail", cohort_slug=self.cohort.slug)


class TimelineEdit(ProgrammeView):
    """The programme's timeline, from which new cohorts get their dates."""

    template_name = "cohorts/plan/timeline.html"
    for_editors = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(steps=self._formset())

    def ask_first(self) -> Question | None:
        """Ask before a suggested timeline replaces the steps that are there."""
        form = SuggestedTimelineForm(self.request.POST)
        if "take" not in self.request.POST or not form.is_valid():
            return None
        number = counted(self.programme.timeline.count(), "step")
        text = f"Your {number} will be replaced. Existing cohorts keep their dates; new ones get the new timeline."
        back = reverse("cohorts:timeline-edit", args=[self.programme.slug])
        return Question("Replace the timeline?", "Replace it", [text], back)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "take" in request.POST:
            return self._take()
        steps = self._formset(request.POST)
        if not steps.is_valid():
            return self.page(status=422, steps=steps)
        changed = steps.save(commit=False)
        gone = [step.pk for step in steps.deleted_objects]
        services.save_timeline(programme=self.programme, steps=changed, gone=gone, by=self.user)
        messages.success(request, "Saved. Cohorts that exist keep their dates.")
        return redirect("cohorts:timeline-edit", programme_slug=self.programme.slug)

    def _take(self) -> HttpResponse:
        form = SuggestedTimelineForm(self.request.POST)
        if not form.is_valid():
            return self.page(status=422, steps=self._formset(), suggestions=form)
        services.take_timeline(programme=self.programme, suggested=form.cleaned_data["suggested"], by=self.user)
        messages.success(self.request, "You’re now using the suggested timeline. Change anything you like.")
        return redirect("cohorts:timeline-edit", programme_slug=self.programme.slug)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "suggestions": SuggestedTimelineForm()}

    def _formset(self, *data: Any) -> Any:
        return TimelineFormSet(*data, queryset=self.programme.timeline.all(), prefix="steps")
