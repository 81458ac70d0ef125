"""Find the session or booking of a request, or answer 404."""

from django.http import Http404, HttpRequest

from mentorship.core.accounts.permissions import get_visible_or_404
from training.models import TrainingBooking, TrainingSession


def booking_or_404(pk: int) -> TrainingBooking:
    booking = TrainingBooking.objects.with_attendance().filter(pk=pk).first()
    if booking is None:
        raise Http404
    return booking


def session_or_404(request: HttpRequest, cohort_slug: str, pk: int, *, editing: bool = True) -> TrainingSession:
    """A session of a cohort that the reader may change, or with `editing` off may see."""
    sessions = TrainingSession.objects
    found = sessions.editable_by(request.user) if editing else sessions.visible_to(request.user)
    found = found.select_related("training__provider", "cohort__programme")
    return get_visible_or_404(found, cohort__slug=cohort_slug, pk=pk)
