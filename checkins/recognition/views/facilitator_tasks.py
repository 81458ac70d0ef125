"""The page of facilitators and their tasks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.recognition import facilitator_tasks
from checkins.recognition.forms import TaskForm
from cohorts.models import Cohort
from cohorts.setup.plan import delete_checklist_item, set_checklist_item_done
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in


class FacilitatorTaskList(CoordinatorRequiredMixin, View):
    """Who facilitates, and what each of them looks after in the background."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, TaskForm(cohort=cohort))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        try:
            match request.POST.get("do"):
                case "usual":
                    number = facilitator_tasks.add_usual_tasks(cohort=cohort, by=request.user)  # type: ignore[arg-type]
                    messages.success(request, f"{number} tasks added.")
                case "add":
                    form = TaskForm(request.POST, cohort=cohort)
                    if not form.is_valid():
                        return self._page(request, cohort, form, status=422)
                    facilitator_tasks.save_task(cohort=cohort, by=request.user, **form.cleaned_data)
                case do:
                    tasks = facilitator_tasks.tasks_of(cohort)
                    item = get_visible_or_404(tasks, pk=number_in(request.POST.get("item")))
                    if do == "drop":
                        delete_checklist_item(item=item, by=request.user)  # type: ignore[arg-type]
                    else:
                        set_checklist_item_done(item=item, done=do == "done", by=request.user)  # type: ignore[arg-type]
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("checkins:facilitators", cohort_slug=cohort.slug)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: TaskForm, status: int = 200) -> HttpResponse:
        people = list(facilitator_tasks.facilitators_of(cohort))
        tasks = list(facilitator_tasks.tasks_of(cohort))
        if wants_export(request):
            head = ["task", "owner", "by", "done"]
            rows = ([t.name, t.owner, t.due_on or "", f"{t.done_at:%Y-%m-%d}" if t.done_at else ""] for t in tasks)
            return export(request, f"{cohort.slug}-facilitators", head, rows)
        context = {
            "cohort": cohort,
            "people": [(p, [t for t in tasks if t.owner_id == p.pk]) for p in people],
            "today": timezone.localdate(timezone=cohort.tz),
            "open": sum(1 for t in tasks if not t.done_at),
            "form": form,
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/recognition/facilitator_tasks.html", context, status=status)
