"""Who came: a big list to tick on a phone during the call, or the meeting tool's file."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.ui.requests import numbers_in
from training.forms import MeetingListForm
from training.models import AttendanceImport, TrainingBooking, TrainingSession
from training.services import TrainingError, apply_meeting_list, read_meeting_list, save_attendance
from training.services.attendance import candidates_of, people_for
from training.views.sessions import session_or_404


class Attendance(CoordinatorRequiredMixin, View):
    """Tick who is there. "So far" keeps the others open; "That is all" notes them as no-shows."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, session_or_404(request, cohort_slug, pk))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        mine = set(session.bookings.values_list("pk", flat=True))
        came = [n for n in numbers_in(request.POST.getlist("came")) if n in mine]
        may = set(people_for(session).values_list("pk", flat=True))
        walked_in = [n for n in numbers_in(request.POST.getlist("walked_in")) if n in may]
        final = "final" in request.POST
        try:
            there, missed = save_attendance(
                session=session, came=came, walked_in=walked_in, by=request.user, final=final
            )
        except TrainingError as error:
            messages.error(request, str(error))
            return self._page(request, session, came=came, status=422)
        messages.success(request, f"{there} came{f', {missed} did not' if final else '; the others are still open'}.")
        return redirect(session if final else request.path)

    @staticmethod
    def _page(
        request: HttpRequest, session: TrainingSession, came: list[int] | None = None, status: int = 200
    ) -> HttpResponse:
        bookings = list(
            session.bookings.exclude(status="cancelled", attended=None)
            .with_people()
            .order_by("enrollment__user__full_name", "guest__name", "pk")
        )
        known = {b.enrollment_id for b in bookings}
        context = {
            "cohort": session.cohort,
            "session": session,
            "bookings": [(b, b.pk in came if came is not None else bool(b.attended)) for b in bookings],
            "others": [e for e in people_for(session) if e.pk not in known],
        }
        return render(request, "training/attendance.html", context, status=status)


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
        return render(request, "training/meeting_upload.html", context, status=status)


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
        request: HttpRequest, session: TrainingSession, found: AttendanceImport,
        decided: dict[int, str] | None = None, status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        candidates = candidates_of(session)
        names = {c.key: c.name for c in candidates}
        sure = [(row, names.get(row["key"], "")) for row in found.rows if row["sure"]]
        doubtful = [
            (n, row, decided[n] if decided else row["key"]) for n, row in enumerate(found.rows) if not row["sure"]
        ]
        there = {row["key"] for row in found.rows if row["sure"]}
        booked = TrainingBooking.objects.filter(session=session).booked().with_people()
        context: dict[str, Any] = {
            "cohort": session.cohort,
            "session": session,
            "found": found,
            "sure": sure,
            "doubtful": doubtful,
            "candidates": [c for c in candidates if c.key not in there],
            "missing": [b for b in booked if f"b{b.pk}" not in there],
        }
        return render(request, "training/meeting_decide.html", context, status=status)
