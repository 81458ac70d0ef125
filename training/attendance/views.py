"""Pages for attendance, feedback and certificates."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views import View

from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from training.attendance.certificate import certificate_of, certificate_pdf
from training.attendance.forms import FeedbackForm, MeetingListForm
from training.attendance.roll import candidates_of, people_for, people_without_seat, read_keys
from training.attendance.services import apply_meeting_list, read_meeting_list, save_attendance, save_feedback
from training.booking import links as booking_links
from training.booking.attendees import Attendee, attendee_of, attendees_of
from training.booking.errors import TrainingError
from training.booking.lookup import booking_or_404, session_or_404
from training.models import AttendanceImport, Training, TrainingBooking, TrainingFeedback, TrainingSession


class Attendance(CoordinatorRequiredMixin, View):
    """Tick who is there. "So far" keeps the others open; "That is all" notes them as no-shows."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, session_or_404(request, cohort_slug, pk))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        mine = set(session.bookings.values_list("pk", flat=True))
        came, members = read_keys(_ticked(request.POST))
        may = {key for e in people_for(session) for key, *_ in people_without_seat(e)}
        walked_in, walked_in_members = read_keys(may & set(request.POST.getlist("walked_in")))
        final = "final" in request.POST
        try:
            there, missed = save_attendance(
                session=session,
                came=[pk for pk in came if pk in mine],
                members=members,
                walked_in=walked_in,
                walked_in_members=walked_in_members,
                by=request.user,
                final=final,
            )
        except TrainingError as error:
            messages.error(request, str(error))
            return self._page(request, session, ticked=request.POST, status=422)
        messages.success(request, f"{there} came{f', {missed} did not' if final else '; the others are still open'}.")
        return redirect(session if final else request.path)

    @staticmethod
    def _page(
        request: HttpRequest, session: TrainingSession, ticked: QueryDict | None = None, status: int = 200
    ) -> HttpResponse:
        bookings = session.bookings.of_roll().with_attendance()
        people = attendees_of(bookings.order_by("enrollment__user__full_name", "guest__name", "pk"))
        known = {p.booking.enrollment_id for p in people}
        came = {p.key for p in people if p.attended} if ticked is None else _ticked(ticked)
        walked_in = set() if ticked is None else set(ticked.getlist("walked_in"))
        context = {
            "cohort": session.cohort,
            "session": session,
            "people": [(p, p.key in came) for p in people],
            "others": [
                (key, person, team, enrollment, key in walked_in)
                for enrollment in people_for(session)
                if enrollment.pk not in known
                for key, person, team in people_without_seat(enrollment)
            ],
        }
        return render(request, "training/attendance/roll.html", context, status=status)


class MeetingList(CoordinatorRequiredMixin, View):
    """Hand in the file of the meeting tool."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, session_or_404(request, cohort_slug, pk), MeetingListForm())

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        form = MeetingListForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                data = form.cleaned_data["file"].read()
                found = read_meeting_list(session=session, data=data, by=request.user)
            except TrainingError as error:
                form.add_error("file", str(error))
            else:
                return redirect("training:meeting-list", cohort_slug=cohort_slug, pk=pk, list_pk=found.pk)
        return self._page(request, session, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, session: TrainingSession, form: MeetingListForm, status: int = 200) -> HttpResponse:
        waiting = session.attendance_imports.filter(applied_at=None)
        context = {"cohort": session.cohort, "session": session, "form": form, "waiting": waiting}
        return render(request, "training/attendance/meeting_list_upload.html", context, status=status)


class MeetingListDecide(CoordinatorRequiredMixin, View):
    """Sure ones are shown, doubtful ones decided; then it is taken over."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int, list_pk: int) -> HttpResponse:
        session, found = self._found(request, cohort_slug, pk, list_pk)
        return self._page(request, session, found)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int, list_pk: int) -> HttpResponse:
        session, found = self._found(request, cohort_slug, pk, list_pk)
        decided = {n: request.POST.get(f"row-{n}", "") for n in range(len(found.rows))}
        try:
            final = "final" in request.POST
            there, missed = apply_meeting_list(found=found, decided=decided, final=final, by=request.user)
        except TrainingError as error:
            messages.error(request, str(error))
            return self._page(request, session, found, decided, status=422)
        messages.success(request, f"{there} came, {missed} did not.")
        return redirect(session)

    @staticmethod
    def _found(
        request: HttpRequest, cohort_slug: str, pk: int, list_pk: int
    ) -> tuple[TrainingSession, AttendanceImport]:
        session = session_or_404(request, cohort_slug, pk)
        return session, get_visible_or_404(session.attendance_imports.all(), pk=list_pk)

    @staticmethod
    def _page(
        request: HttpRequest,
        session: TrainingSession,
        found: AttendanceImport,
        decided: dict[int, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        candidates = candidates_of(session)
        names = {c.key: c.name for c in candidates}
        sure = [(row, names.get(row["key"], "")) for row in found.rows if row["sure"]]
        doubtful = [
            (n, row, decided[n] if decided else row["key"]) for n, row in enumerate(found.rows) if not row["sure"]
        ]
        there = {row["key"] for row in found.rows if row["sure"]}
        booked = TrainingBooking.objects.filter(session=session).booked().with_attendance()
        context: dict[str, Any] = {
            "cohort": session.cohort,
            "session": session,
            "found": found,
            "sure": sure,
            "doubtful": doubtful,
            "candidates": [c for c in candidates if c.key not in there],
            "missing": [p for p in attendees_of(booked) if f"b{p.key}" not in there and not p.joined_later],
        }
        return render(request, "training/attendance/meeting_list_decide.html", context, status=status)


def _ticked(data: QueryDict) -> set[str]:
    """The keys of those who came. Who is not in the team now, or was not then, is left out by “Everybody is here”."""
    return {*data.getlist("came"), *data.getlist("came_too")}


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
            "certificate": booking_links.certificate_link(*person.numbers),
        }
        return render(request, "training/attendance/feedback.html", context, status=status)


class CertificatePage(View):
    """The certificate; with `?format=pdf` as a file. Whoever has the address sees that it is real."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        person = _attended_or_404("certificate", token)
        certificate = certificate_of(person, booking_links.certificate_link(*person.numbers))
        if request.GET.get("format") == "pdf":
            response = HttpResponse(certificate_pdf(certificate), content_type="application/pdf")
            response["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
            return response
        context = {"certificate": certificate, "programme": person.booking.session.cohort.programme}
        return render(request, "training/attendance/certificate.html", context)


def _attended_or_404(purpose: str, token: str) -> Attendee:
    """The person of a link: of a booking, or with a second number another member of its team."""
    try:
        pk, *record_id = booking_links.read(purpose, token)
    except booking_links.LinkError as error:
        raise Http404 from error
    booking = booking_or_404(pk)
    person = attendee_of(booking, record_id[0] if record_id else None)
    if person is None or not person.attended or booking.session.training.kind != Training.Kind.TRAINING:
        raise Http404
    return person
