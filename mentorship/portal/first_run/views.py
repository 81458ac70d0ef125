"""The page on which a programme is set up, step by step."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort, Programme
from cohorts.setup.announcement import announcement_of
from cohorts.setup.first_forms import FirstCohortForm, FirstProgrammeForm
from cohorts.setup.proposals import propose_cohort
from cohorts.setup.services import confirm_forms, create_cohort, create_programme, set_cohort_status
from cohorts.signup_form.form_definition import FORM_ROLES
from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, has_role
from mentorship.core.views import errors_as_messages
from mentorship.portal.first_run.steps import Progress, checks_of_installation, progress_of
from mentorship.portal.sample.services import sample_of
from mentorship.portal.today import needs_of_any_day


class FirstRun(CoordinatorRequiredMixin, View):
    """Name the programme, plan a cohort, look at the forms, open sign-up, share the link.

    Each step is saved by itself; the page then shows the next one. `?programme=` names one of several.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        progress = self._progress()
        return self._page(progress, self._form(progress))

    def post(self, request: HttpRequest) -> HttpResponse:
        steps: dict[str, Callable[[Progress], HttpResponse]] = {
            "programme": self._create_programme,
            "cohort": self._create_cohort,
            "forms": self._confirm_forms,
            "open": self._open,
        }
        progress = self._progress()
        # A page that was open for long: the step may have been done meanwhile.
        if request.POST.get("do") != progress.current or progress.current not in steps:
            return self._back(progress.programme)
        return steps[progress.current](progress)

    def _progress(self) -> Progress:
        editable = Programme.objects.editable_by(self.request.user).select_related("workspace")
        editable = editable.filter(workspace__is_sample=False)
        if slug := self.request.GET.get("programme"):
            return progress_of(self.request.user, get_visible_or_404(editable, slug=slug))  # type: ignore[arg-type]
        return progress_of(self.request.user, editable.order_by("-pk").first())  # type: ignore[arg-type]

    def _form(self, progress: Progress, *data: Any) -> BaseForm | None:
        """The form of the current step, with proposals."""
        user: Any = self.request.user
        if progress.current == "programme":
            return FirstProgrammeForm(*data, initial={"contact_email": user.email})
        if progress.current == "cohort" and progress.programme:
            proposed = {"time_zone": user.time_zone, **propose_cohort(progress.programme, timezone.localdate())}
            return FirstCohortForm(*data, initial=proposed)
        return None

    def _create_programme(self, progress: Progress) -> HttpResponse:
        form: Any = self._form(progress, self.request.POST)
        if not form.is_valid():
            return self._page(progress, form, status=422)
        return self._back(create_programme(**form.cleaned_data, by=self.request.user))  # type: ignore[arg-type]

    def _create_cohort(self, progress: Progress) -> HttpResponse:
        form: Any = self._form(progress, self.request.POST)
        if not form.is_valid():
            return self._page(progress, form, status=422)
        create_cohort(programme=progress.programme, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
        return self._back(progress.programme)

    def _confirm_forms(self, progress: Progress) -> HttpResponse:
        confirm_forms(cohort=progress.cohort, by=self.request.user)  # type: ignore[arg-type]
        return self._back(progress.programme)

    def _open(self, progress: Progress) -> HttpResponse:
        with errors_as_messages(self.request):
            cohort = set_cohort_status(cohort=progress.cohort, to=Cohort.Status.ENROLLING, by=self.request.user)  # type: ignore[arg-type]
            messages.success(self.request, f"Sign-up for {cohort} is open. Share the link.")
        return self._back(progress.programme)

    def _back(self, programme: Programme | None) -> HttpResponse:
        url = reverse("first-run")
        return redirect(f"{url}?programme={programme.slug}" if programme else url)

    def _page(self, progress: Progress, form: BaseForm | None, status: int = 200) -> HttpResponse:
        user: Any = self.request.user
        cohort = progress.cohort
        context = {
            "progress": progress,
            "form": form,
            "cohort": cohort,
            "roles": [(role, cohort.programme.plural_of(role)) for role in FORM_ROLES] if cohort else [],
            "announcement": announcement_of(cohort) if cohort and progress.current == "share" else None,
            "checks": checks_of_installation() if user.is_superuser else [],
            "others": progress.programme is None and Programme.objects.filter(workspace__is_sample=False).exists(),
            "sample_programme": sample_of(user),
            "may_add_sample": user.is_superuser or has_role(user, among=WorkspaceRole.EDITORS),
            "needs": needs_of_any_day(user),
        }
        return render(self.request, "portal/first_run/page.html", context, status=status)
