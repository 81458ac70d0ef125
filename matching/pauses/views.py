"""List the mentors who pause, and start, change or end a pause."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import Enrollment
from cohorts.querysets import EnrollmentQuerySet
from matching.models import Match, MentorPause
from matching.pauses.forms import PauseForm
from matching.pauses.services import current_pause, end_pause, matches_of_mentor, pause_mentor
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.requests import number_in
from mentorship.core.views import FormPage


class PauseList(CohortView):
    """The mentors who pause, since when and until when."""

    template_name = "matching/pauses/pauses.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        pauses = MentorPause.objects.open(self.cohort).select_related("enrollment__user", "enrollment__cohort", "by")
        resting = {pause.enrollment_id for pause in pauses}
        mentors = self._mentors().filter(status="accepted").select_related("user").order_by("user__full_name", "pk")
        return self.page(
            pauses=pauses.order_by("until", "pk"), others=[mentor for mentor in mentors if mentor.pk not in resting]
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the page of the chosen mentor."""
        mentor = get_visible_or_404(self._mentors(), pk=number_in(request.POST.get("mentor")))
        return redirect("matching:pause-edit", cohort_slug=self.cohort.slug, pk=mentor.pk)

    def _mentors(self) -> EnrollmentQuerySet:
        return Enrollment.objects.filter(cohort=self.cohort).mentors()


class PauseFormPage(FormPage):
    """Start, change or end one mentor's pause."""

    error_field = "until"
    asks_current = False
    enrollment: Enrollment  # set by look_up

    @cached_property
    def current(self) -> list[Match]:
        """The mentor's matches under way."""
        return matches_of_mentor(self.enrollment)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") == "end":
            end_pause(enrollment=self.enrollment, by=self.user)
            messages.success(request, "The pause is over.")
            return redirect(request.path)
        return super().post(request)

    def get_form(self, *data: Any) -> PauseForm:
        pause = current_pause(self.enrollment)
        initial = {"until": pause.until, "reason": pause.reason} if pause else {}
        return PauseForm(*data, initial=initial, asks_current=self.asks_current and bool(self.current))

    def save(self, form: PauseForm) -> HttpResponse:
        said = form.cleaned_data
        pause = pause_mentor(
            enrollment=self.enrollment,
            by=self.user,
            until=said["until"],
            reason=said["reason"],
            hands_over=said.get("current_too", False),
        )
        messages.success(self.request, f"{pause.words[0].upper()}{pause.words[1:]}: nobody new is proposed.")
        return redirect(self.request.path)

    def get_context(self) -> dict[str, Any]:
        cohort = self.enrollment.cohort
        return {
            **super().get_context(),
            "enrollment": self.enrollment,
            "cohort": cohort,
            "programme": cohort.programme,
            "pause": current_pause(self.enrollment),
            "current": self.current,
        }


class PauseEdit(PauseFormPage, CohortObjectView[Enrollment]):
    """A mentor's pause, for coordinators."""

    template_name = "matching/pauses/pause.html"
    for_editors = True

    def get_rows(self) -> EnrollmentQuerySet:
        return Enrollment.objects.filter(cohort=self.cohort).mentors().with_people()

    def look_up(self) -> None:
        super().look_up()
        self.enrollment = self.object


class MyPause(LoginRequiredMixin, PauseFormPage):
    """A mentor's own pause; they may ask for somebody else for their present mentees, too."""

    template_name = "matching/pauses/my_pause.html"
    asks_current = True

    def look_up(self) -> None:
        own = Enrollment.objects.filter(user=self.user, status="accepted").mentors().with_people()
        self.enrollment = get_visible_or_404(own, pk=self.kwargs["pk"])
