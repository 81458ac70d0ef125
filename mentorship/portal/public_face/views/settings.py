"""Coordinators' pages about what their programme shows in public, and whom."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import escape

from cohorts.cohort_view import CohortView, ProgrammeView
from cohorts.models import Enrollment, ProjectPage, PublicRound
from cohorts.querysets import BEGUN
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import numbers_in, page_of
from mentorship.core.views import FormPage, errors_as_messages
from mentorship.portal.public_face import services
from mentorship.portal.public_face.forms import PublicPageForm
from mentorship.portal.public_face.people import listings, people_of

ROWS = 100


class FaceSettings(FormPage, ProgrammeView):
    """The switches and texts of the programme's pages, and its rounds."""

    template_name = "portal/public_face/settings.html"

    def look_up(self) -> None:
        super().look_up()
        self.row = services.page_of_programme(self.programme)

    def get_form(self, *data: Any) -> PublicPageForm:
        return PublicPageForm(*data, instance=services.page_of_programme(self.programme))

    def save(self, form: PublicPageForm) -> HttpResponse:
        saved = services.save_public_page(page=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved. The page is on." if saved.is_on else "Saved. The page is off.")
        return redirect("public:settings", programme_slug=self.programme.slug)

    def get_context(self) -> dict[str, Any]:
        cohorts = self.programme.cohorts.exclude(status="draft").select_related("public_round")
        return {**super().get_context(), "row": self.row, "cohorts": cohorts, "snippets": self._snippets()}

    def _snippets(self) -> list[tuple[str, str]]:
        """Label and code of what the programme's own site can show."""
        page = settings.SITE_URL + self.row.get_absolute_url()
        frame = settings.SITE_URL + reverse("public:calls-frame", args=[self.row.slug])
        title = escape(f"Open calls of {self.programme}")
        return [
            ("List of open calls", f'<iframe src="{frame}" title="{title}" width="100%" height="240"></iframe>'),
            (
                "Sign-up buttons",
                f'<iframe src="{frame}?show=button" title="{title}" width="100%" height="90"></iframe>',
            ),
            ("A link, which needs no frame", f'<a href="{page}#calls">{title}</a>'),
        ]


class RoundSettings(CohortView):
    """Whether the page of a round is on, its figures, who is named in it and why, and its projects."""

    template_name = "portal/public_face/round_settings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        page_obj = page_of(request, people_of(self.cohort), ROWS)
        found = services.round_of_cohort(self.cohort)
        pages = {
            page.enrollment_id: page for page in ProjectPage.objects.filter(enrollment__in=[e.pk for e in page_obj])
        }
        return self.page(
            round=found,
            has_begun=self.cohort.status in BEGUN,
            counted_too_early=self._counted_too_early(found),
            page_obj=page_obj,
            listings=[
                (one, pages.get(one.enrollment.pk), one.person.pk == one.enrollment.user_id)
                for one in listings(page_obj)
            ],
            figures=sorted(found.figures.items()),
            face=services.page_of_programme(self.cohort.programme),
        )

    def _counted_too_early(self, found: PublicRound) -> bool:
        over = self.cohort.status in self.cohort.OVER
        return over and found.counted_on is not None and found.counted_on < self.cohort.ends_on

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = numbers_in(request.POST.getlist("ids"))
        with errors_as_messages(request):
            match request.POST.get("do"):
                case "show" | "hide" as act:
                    services.set_round_shown(cohort=self.cohort, shown=act == "show", by=self.user)
                    messages.success(request, f"The page of {self.cohort} is {'on' if act == 'show' else 'off'}.")
                case "count":
                    services.count_again(cohort=self.cohort, by=self.user)
                    messages.success(request, "Counted again.")
                case "agreed":
                    number = services.show_projects(cohort=self.cohort, enrollments=chosen, by=self.user)
                    messages.success(request, f"{counted(number, 'project')} noted as agreed.")
                case "hold" | "release" as act:
                    self._hold_back(chosen, act == "hold")
        return redirect("public:round-settings", cohort_slug=self.cohort.slug)

    def _hold_back(self, chosen: list[int], held_back: bool) -> None:
        theirs = Enrollment.objects.filter(cohort=self.cohort, pk__in=chosen)
        pages = ProjectPage.objects.filter(enrollment__in=theirs).select_related("enrollment__cohort__programme")
        for page in pages:
            services.hold_back_project(page=page, held_back=held_back, by=self.user)
        messages.success(self.request, f"{counted(len(pages), 'project')} switched {'off' if held_back else 'on'}.")
