"""The page of facilitators and their tasks."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from checkins.recognition import facilitator_tasks
from checkins.recognition.forms import TaskForm
from cohorts.cohort_view import CohortView
from cohorts.plan.services import delete_checklist_item, set_checklist_item_done
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import number_in
from mentorship.core.views import Ask, errors_as_messages


class FacilitatorTaskList(CohortView):
    """Facilitators with their tasks."""

    asks = {
        "do=drop": Ask("Delete this task?", "Delete the task", "It’s gone for the whole team."),
    }

    template_name = "checkins/recognition/facilitator_tasks.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if wants_export(request):
            head = ["task", "owner", "by", "done"]
            tasks = facilitator_tasks.tasks_of(self.cohort)
            rows = ([t.name, t.owner, t.due_on or "", f"{t.done_at:%Y-%m-%d}" if t.done_at else ""] for t in tasks)
            return export(request, f"{self.cohort.slug}-facilitators", head, rows)
        return self.page(form=TaskForm(cohort=self.cohort))

    def post(self, request: HttpRequest) -> HttpResponse:
        act = request.POST.get("do")
        if act == "add":
            form = TaskForm(request.POST, cohort=self.cohort)
            if not form.is_valid():
                return self.page(status=422, form=form)
            with errors_as_messages(request):
                facilitator_tasks.save_task(cohort=self.cohort, by=self.user, **form.cleaned_data)
        elif act == "usual":
            with errors_as_messages(request):
                number = facilitator_tasks.add_usual_tasks(cohort=self.cohort, by=self.user)
                messages.success(request, f"{number} tasks added.")
        else:
            tasks = facilitator_tasks.tasks_of(self.cohort)
            item = get_visible_or_404(tasks, pk=number_in(request.POST.get("item")))
            if act == "drop":
                delete_checklist_item(item=item, by=self.user)
            else:
                set_checklist_item_done(item=item, done=act == "done", by=self.user)
        return redirect("checkins:facilitator-task-list", cohort_slug=self.cohort.slug)

    def get_context(self) -> dict[str, Any]:
        tasks = list(facilitator_tasks.tasks_of(self.cohort))
        people = facilitator_tasks.facilitators_of(self.cohort)
        return {
            **super().get_context(),
            "people": [(person, [t for t in tasks if t.owner_id == person.pk]) for person in people],
            "today": timezone.localdate(timezone=self.cohort.tz),
            "open": sum(1 for task in tasks if not task.done_at),
        }
