"""List the mentors who pause, and start, change or end a pause."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort, Enrollment
from matching.models import Match, MentorPause
from matching.pauses.forms import PauseForm
from matching.pauses.services import current_pause, end_pause, pause_mentor
from matching.rematch.services import request_rematch
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in


class PauseList(CoordinatorRequiredMixin, View):
    """Who pauses, since when and until when."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        pauses = MentorPause.objects.open(cohort).select_related("enrollment__user", "enrollment__cohort", "by")
        resting = {pause.enrollment_id for pause in pauses}
        mentors = cohort.enrollments.mentors().filter(status="accepted").select_related("user")  # type: ignore[attr-defined]
        context = {
            "cohort": cohort,
            "pauses": pauses.order_by("until", "pk"),
            "others": [m for m in mentors.order_by("user__full_name", "pk") if m.pk not in resting],
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "matching/pauses/pauses.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        """Go to the page of the mentor that was chosen."""
        people = Enrollment.objects.editable_by(request.user).filter(cohort__slug=cohort_slug, role="mentor")
        mentor = get_visible_or_404(people, pk=number_in(request.POST.get("mentor")))
        return redirect("matching:pause", cohort_slug=cohort_slug, pk=mentor.pk)


class PauseBase(View):
    """One mentor's pause: start it, change its date, end it."""

    template = ""
    asks_current = False

    def get_enrollment(self, request: HttpRequest, **kwargs: Any) -> Enrollment:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrollment = self.get_enrollment(request, **kwargs)
        pause = current_pause(enrollment)
        initial = {"until": pause.until, "reason": pause.reason} if pause else {}
        return self._page(request, enrollment, self._form(enrollment, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrollment, by = self.get_enrollment(request, **kwargs), request.user
        assert isinstance(by, User)  # noqa: S101  (both pages ask to sign in)
        if request.POST.get("do") == "end":
            end_pause(enrollment=enrollment, by=by)
            messages.success(request, "The pause is over.")
            return redirect(request.path)
        form = self._form(enrollment, request.POST)
        if not form.is_valid():
            return self._page(request, enrollment, form, status=422)
        said = form.cleaned_data
        try:
            pause = pause_mentor(enrollment=enrollment, by=by, until=said["until"], reason=said["reason"])
        except ServiceError as error:
            form.add_error("until", str(error))
            return self._page(request, enrollment, form, status=422)
        if said.get("current_too"):
            for match in self._current(enrollment):
                request_rematch(match=match, by=by, words=f"Pauses as a mentor. {said['reason']}".strip())
        messages.success(request, f"{pause.words[0].upper()}{pause.words[1:]}: nobody new is proposed.")
        return redirect(request.path)

    def _form(self, enrollment: Enrollment, *args: Any, **kwargs: Any) -> PauseForm:
        asks = self.asks_current and bool(self._current(enrollment))
        return PauseForm(*args, asks_current=asks, **kwargs)

    def _page(self, request: HttpRequest, enrollment: Enrollment, form: PauseForm, status: int = 200) -> HttpResponse:
        context = {
            "enrollment": enrollment,
            "cohort": enrollment.cohort,
            "programme": enrollment.cohort.programme,
            "pause": current_pause(enrollment),
            "current": self._current(enrollment),
            "form": form,
        }
        return render(request, self.template, context, status=status)

    @staticmethod
    def _current(enrollment: Enrollment) -> list[Match]:
        return list(Match.objects.live().filter(mentor=enrollment).with_people())


class PauseEdit(CoordinatorRequiredMixin, PauseBase):
    template = "matching/pauses/pause.html"

    def get_enrollment(self, request: HttpRequest, cohort_slug: str, pk: int) -> Enrollment:  # type: ignore[override]
        mentors = Enrollment.objects.editable_by(request.user).with_people().filter(role="mentor")
        return get_visible_or_404(mentors, cohort__slug=cohort_slug, pk=pk)


class MyPause(LoginRequiredMixin, PauseBase):
    template = "matching/pauses/my_pause.html"
    asks_current = True

    def get_enrollment(self, request: HttpRequest, pk: int) -> Enrollment:  # type: ignore[override]
        own = Enrollment.objects.filter(user=request.user, role="mentor", status="accepted").with_people()
        return get_visible_or_404(own, pk=pk)
