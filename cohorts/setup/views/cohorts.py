"""Pages about a cohort itself."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort, Enrollment, Programme
from cohorts.setup.forms import CohortForm
from cohorts.setup.plan import overdue_items, upcoming_entries
from cohorts.setup.services import create_cohort, save_cohort, set_cohort_status
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError


class CohortDetail(CoordinatorRequiredMixin, View):
    """Where the cohort is, how many signed up, its forms and its history."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        counts = cohort.enrollments.values("role").annotate(
            applied=Count("pk", filter=Q(status="applied")),
            accepted=Count("pk", filter=Q(status__in=Enrollment.OCCUPYING_PLACE)),
            waitlisted=Count("pk", filter=Q(status="waitlisted")),
            total=Count("pk"),
        )
        today = timezone.localdate(timezone=cohort.tz)
        context = {
            "cohort": cohort,
            "next_moments": upcoming_entries(cohort, today),
            "late_items": overdue_items(cohort.checklist.select_related("owner"), today),
            "groups": cohort.groups.all(),
            "counts": sorted(counts, key=lambda c: c["role"] != "mentee"),
            "history": history_of(cohort)[:8],
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "next_statuses": cohort.next_statuses,
            "signup_open": cohort.accepts_signups(),
        }
        return render(request, "cohorts/setup/cohort.html", context)


class CohortCreate(CoordinatorRequiredMixin, View):
    """Plan a cohort. It starts as a draft that nobody else sees."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.editable_by(request.user), slug=programme_slug)
        latest = programme.cohorts.order_by("-starts_on").first()
        initial = {"time_zone": latest.time_zone, "suggested_topics": latest.suggested_topics} if latest else {}
        context = {"form": CohortForm(initial=initial), "programme": programme, "cohort": None}
        return render(request, "cohorts/setup/cohort_form.html", context)

    def post(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.editable_by(request.user), slug=programme_slug)
        form = CohortForm(request.POST)
        if not form.is_valid():
            context = {"form": form, "programme": programme, "cohort": None}
            return render(request, "cohorts/setup/cohort_form.html", context, status=422)
        cohort = create_cohort(programme=programme, by=request.user, **form.cleaned_data)
        messages.success(request, f"{cohort} is a draft. Open its sign-up when you are ready.")
        return redirect(cohort)


class CohortEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        context = {"form": CohortForm(instance=cohort), "programme": cohort.programme, "cohort": cohort}
        return render(request, "cohorts/setup/cohort_form.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        # The page head keeps the saved name while the form holds a new one that may be wrong.
        edited = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = CohortForm(request.POST, instance=edited)
        if not form.is_valid():
            context = {"form": form, "programme": cohort.programme, "cohort": cohort}
            return render(request, "cohorts/setup/cohort_form.html", context, status=422)
        cohort = save_cohort(cohort=form.save(commit=False), by=request.user)
        messages.success(request, "Saved.")
        return redirect(cohort)


class CohortMove(CoordinatorRequiredMixin, View):
    """Move the cohort to another status."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        to = request.POST.get("to", "")
        try:
            cohort = set_cohort_status(cohort=cohort, to=to, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{cohort} is now {cohort.get_status_display()}.")
        return redirect(cohort)
