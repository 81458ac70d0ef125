"""Pages for attendance, feedback and certificates."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from mentorship.core.errors import ServiceError
from mentorship.core.links import SignedLink, end_afterwards
from mentorship.core.papers.pdf import PaperError
from mentorship.core.views import FormPage, LookupView, Question
from training.attendance.certificate import certificate_of, certificate_pdf
from training.attendance.forms import FeedbackForm
from training.attendance.roll import people_for, people_without_seat
from training.attendance.services import save_feedback, save_ticks
from training.booking import links
from training.booking.attendees import Attendee, attendee_of, attendees_of
from training.booking.lookup import SessionView, booking_or_404
from training.models import Training, TrainingFeedback


class Attendance(SessionView):
    """The roll: tick who attends. "So far" leaves the others open; "That is all" records them as no-shows, by name."""

    template_name = "training/attendance/roll.html"
    for_editors = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(**self._roll(None))

    def ask_first(self) -> Question | None:
        """Name everybody who would become a no-show, before anybody does."""
        if "final" not in self.request.POST:
            return None
        ticked = _ticked(self.request.POST)
        booked = attendees_of(
            self.session.bookings.booked().with_attendance().order_by("enrollment__user__full_name", "pk")
        )
        missed = [p.name for p in booked if p.key not in ticked and not p.joined_later and not p.left_early]
        if not missed or self.session.starts_at > timezone.now():
            return None
        people = "1 person as a no-show" if len(missed) == 1 else f"{len(missed)} people as no-shows"
        text = [f"Nobody ticked them: {', '.join(missed)}.", "You can correct this later. They get no email about it."]
        return Question(f"Record {people}?", f"Record {people}", text, self.request.path)

    def post(self, request: HttpRequest) -> HttpResponse:
        final = "final" in request.POST
        try:
            came, missed = save_ticks(
                session=self.session,
                ticked=_ticked(request.POST),
                walked_in=request.POST.getlist("walked_in"),
                by=self.user,
                final=final,
            )
        except ServiceError as error:
            messages.error(request, str(error))
            return self.page(status=422, **self._roll(request.POST))
        messages.success(request, f"{came} came{f', {missed} did not' if final else '; the others are still open'}.")
        return redirect(self.session if final else request.path)

    def _roll(self, sent: QueryDict | None) -> dict[str, Any]:
        """The roll with each person's tick: as saved, or as sent."""
        bookings = self.session.bookings.of_roll().with_attendance()
        people = attendees_of(bookings.order_by("enrollment__user__full_name", "guest__name", "pk"))
        known = {p.booking.enrollment_id for p in people}
        came = {p.key for p in people if p.attended} if sent is None else _ticked(sent)
        walked_in = set() if sent is None else set(sent.getlist("walked_in"))
        return {
            "people": [(p, p.key in came) for p in people],
            "others": [
                (key, person, team, enrollment, key in walked_in)
                for enrollment in people_for(self.session)
                if enrollment.pk not in known
                for key, person, team in people_without_seat(enrollment)
            ],
        }


class AttendeeView(LookupView):
    """A page behind a signed link to somebody who attended a training; any other link finds nothing."""

    link: SignedLink
    attendee: Attendee

    def look_up(self) -> None:
        pk, *record_id = self.link.read(self.kwargs["token"])
        booking = booking_or_404(pk)
        attendee = attendee_of(booking, record_id[0] if record_id else None)
        if attendee is None or not attendee.attended or booking.session.training.kind != Training.Kind.TRAINING:
            raise Http404
        self.attendee = attendee

    def get_context(self) -> dict[str, Any]:
        return {"programme": self.attendee.booking.session.cohort.programme}


class Feedback(AttendeeView, FormPage):
    """Two questions; the answer can be changed by the same link."""

    template_name = "training/attendance/feedback.html"
    link = links.FEEDBACK

    def look_up(self) -> None:
        super().look_up()
        end_afterwards(self.attendee.booking.session.ends_at)

    def get_form(self, *data: Any) -> FeedbackForm:
        given = TrainingFeedback.objects.filter(booking=self.attendee.booking, user=self.attendee.user).first()
        return FeedbackForm(*data, initial={"score": given.score, "words": given.words} if given else {})

    def save(self, form: FeedbackForm) -> HttpResponse:
        save_feedback(person=self.attendee, **form.cleaned_data)
        return self.page(form=form, thanks=True)

    def get_context(self) -> dict[str, Any]:
        certificate = links.CERTIFICATE.url(*self.attendee.numbers)
        return {**super().get_context(), "session": self.attendee.booking.session, "certificate": certificate}


class CertificatePage(AttendeeView):
    """The certificate; with `?format=pdf` as a file. Its address lets anybody check that it is genuine."""

    template_name = "training/attendance/certificate.html"
    link = links.CERTIFICATE

    def get(self, request: HttpRequest) -> HttpResponse:
        certificate = certificate_of(self.attendee, links.CERTIFICATE.url(*self.attendee.numbers))
        if request.GET.get("format") == "pdf":
            try:
                response = HttpResponse(certificate_pdf(certificate), content_type="application/pdf")
            except PaperError:
                messages.warning(
                    request, "No font of this server has all letters of this certificate. Print this page."
                )
                return redirect(request.path)
            response["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
            return response
        return self.page(certificate=certificate)


def _ticked(data: QueryDict) -> set[str]:
    """The keys of people who came.

    People who are not in the team now, or were not then, have a box of another name, which "Everybody is here" skips.
    """
    return {*data.getlist("came"), *data.getlist("came_too")}
