"""Pages about programmes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.cohort_view import ProgrammeView
from cohorts.figures import ACCEPTED, SIGNED_UP
from cohorts.models import Programme
from cohorts.setup.forms import ProgrammeForm
from cohorts.setup.services import create_programme, save_programme
from cohorts.setup.team import is_owner
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.ui.requests import page_of
from mentorship.core.views import FormPage

# Each with all of its cohorts.
PROGRAMMES_SHOWN = 10


class ProgrammeList(CoordinatorRequiredMixin, View):
    """Every programme of the reader, with its cohorts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Programme.objects.visible_to(request.user).search(request.GET.get("q", ""))
        page_obj = page_of(request, found.prefetch_related("cohorts").order_by("name", "pk"), PROGRAMMES_SHOWN)
        context = {"page_obj": page_obj, "q": request.GET.get("q", "")}
        return render(request, "cohorts/setup/programme_list.html", context)


class ProgrammeDetail(ProgrammeView):
    """Facts, cohorts and team of one programme."""

    template_name = "cohorts/setup/programme.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohorts = self.programme.cohorts.annotate(
            signups=SIGNED_UP.of("enrollments"),
            in_it=ACCEPTED.of("enrollments"),
        )
        return self.page(
            cohorts=cohorts,
            team=self.programme.workspace.roles.select_related("user").order_by("role", "user__full_name"),
            is_owner=is_owner(self.user, self.programme),
            demands_second_factor=self.programme.workspace.demands_second_factor,
        )


class ProgrammeCreate(CoordinatorRequiredMixin, View):
    """Create a programme; its creator owns it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ProgrammeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProgrammeForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        programme = create_programme(**form.cleaned_data, by=request.user)
        messages.success(request, f"{programme} is set up. Its first cohort comes next.")
        return redirect(programme)

    def _page(self, form: ProgrammeForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "programme": None}
        return render(self.request, "cohorts/setup/programme_form.html", context, status=status)


class ProgrammeEdit(FormPage, ProgrammeView):
    """Edit the name, wording and contacts of a programme."""

    template_name = "cohorts/setup/programme_form.html"
    for_editors = True

    def get_form(self, *data: Any) -> ProgrammeForm:
        # The page keeps the saved name: the one in the form may be invalid.
        edited = get_visible_or_404(Programme.objects.all(), pk=self.programme.pk)
        return ProgrammeForm(*data, instance=edited)

    def save(self, form: ProgrammeForm) -> HttpResponse:
        programme = save_programme(programme=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect(programme)
