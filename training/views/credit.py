"""What follows from a booking: the calendar file, the two questions, the certificate. All by the links of mails."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from training import links
from training.attendees import Attendee, attendee_of
from training.calendars import booking_file
from training.certificate import certificate_of, certificate_pdf
from training.forms import FeedbackForm
from training.models import Training, TrainingBooking, TrainingFeedback
from training.services import save_feedback


class CalendarFile(View):
    """The event as it stands now. A calendar that has it already takes over what changed, or drops it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            (pk,) = links.read("ics", token)
        except (links.LinkError, ValueError) as error:
            raise Http404 from error
        booking = _booking_or_404(pk)
        text = booking_file(booking, timezone.now())
        response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="session-{booking.session_id}.ics"'
        response["Cache-Control"] = "private, no-cache"
        return response


class Feedback(View):
    """Two questions; the answer can be changed by the same link."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        person = _attended_or_404("feedback", token)
        said = TrainingFeedback.objects.filter(booking=person.booking, user=person.user).first()
        initial = {"score": said.score, "words": said.words} if said else {}
        return self._page(request, person, FeedbackForm(initial=initial))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        person = _attended_or_404("feedback", token)
        form = FeedbackForm(request.POST)
        if not form.is_valid():
            return self._page(request, person, form, status=422)
        save_feedback(person=person, **form.cleaned_data)
        return self._page(request, person, form, thanks=True)

    @staticmethod
    def _page(
        request: HttpRequest, person: Attendee, form: FeedbackForm, *, thanks: bool = False, status: int = 200
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "session": person.booking.session,
            "programme": person.booking.session.cohort.programme,
            "form": form,
            "thanks": thanks,
            "certificate": links.certificate_link(*person.numbers),
        }
        return render(request, "training/feedback.html", context, status=status)


class CertificatePage(View):
    """The certificate; with `?format=pdf` as a file. Whoever has the address sees that it is real."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        person = _attended_or_404("certificate", token)
        certificate = certificate_of(person, links.certificate_link(*person.numbers))
        if request.GET.get("format") == "pdf":
            response = HttpResponse(certificate_pdf(certificate), content_type="application/pdf")
            response["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
            return response
        context = {"certificate": certificate, "programme": person.booking.session.cohort.programme}
        return render(request, "training/certificate.html", context)


def _booking_or_404(pk: int) -> TrainingBooking:
    booking = TrainingBooking.objects.with_attendance().filter(pk=pk).first()
    if booking is None:
        raise Http404
    return booking


def _attended_or_404(purpose: str, token: str) -> Attendee:
    """The person of a link: of a booking, or with a second number another member of its team."""
    try:
        pk, *record_id = links.read(purpose, token)
    except links.LinkError as error:
        raise Http404 from error
    booking = _booking_or_404(pk)
    person = attendee_of(booking, record_id[0] if record_id else None)
    if person is None or not person.attended or booking.session.training.kind != Training.Kind.TRAINING:
        raise Http404
    return person
