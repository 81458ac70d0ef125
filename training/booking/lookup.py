"""Look up the subject of a training page: a session of a cohort, or the booking of a signed link."""

from typing import Any

from django.http import Http404

from cohorts.cohort_view import CohortView
from mentorship.core.accounts.permissions import get_visible_or_404
from training.models import TrainingBooking, TrainingSession


class SessionView(CohortView):
    """A coordinators' page about the session that `pk` names, in the cohort that `cohort_slug` names."""

    session: TrainingSession

    def look_up(self) -> None:
        sessions = self.allowed(TrainingSession.objects.select_related("training__provider", "cohort__programme"))
        self.session = get_visible_or_404(sessions, cohort__slug=self.kwargs["cohort_slug"], pk=self.kwargs["pk"])
        self.cohort = self.session.cohort

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "session": self.session}


def booking_or_404(pk: int) -> TrainingBooking:
    """The booking in a signed link."""
    booking = TrainingBooking.objects.with_attendance().filter(pk=pk).first()
    if booking is None:
        raise Http404
    return booking
