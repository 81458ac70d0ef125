"""Pages about training: the coordinators' list of slots, and the mentors' choice."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort, Enrollment
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from training.forms import SessionForm
from training.models import TrainingBooking, TrainingSession
from training.services import TrainingError, book_seat, cancel_booking, create_session, save_session


class SessionList(CoordinatorRequiredMixin, View):
    """The slots of a cohort and who booked."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        sessions = (
            TrainingSession.objects.visible_to(request.user)
            .filter(cohort=cohort)
            .select_related("training__provider")
            .prefetch_related("bookings__enrollment__user")
        )
        mentors = cohort.enrollments.mentors().filter(status="accepted")
        context = {
            "cohort": cohort,
            "sessions": sessions,
            "mentors": mentors.count(),
            "without": mentors.filter(training_bookings=None).select_related("user", "cohort"),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "training/sessions.html", context)


class SessionCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        return render(request, "training/session_form.html", {"form": SessionForm(), "cohort": cohort})

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = SessionForm(request.POST)
        if not form.is_valid():
            return render(request, "training/session_form.html", {"form": form, "cohort": cohort}, status=422)
        create_session(cohort=cohort, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, "The slot is there; accepted mentors see it on their first page.")
        return redirect("training:sessions", cohort_slug=cohort.slug)


class SessionEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = self._session(request, cohort_slug, pk)
        context = {"form": SessionForm(instance=session), "cohort": session.cohort, "session": session}
        return render(request, "training/session_form.html", context)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = self._session(request, cohort_slug, pk)
        form = SessionForm(request.POST, instance=session)
        if form.is_valid():
            names = {name: form.cleaned_data[name] for name in ("provider", "training")}
            try:
                save_session(session=form.save(commit=False), by=request.user, **names)  # type: ignore[arg-type]
            except TrainingError as error:
                form.add_error("seats", str(error))
            else:
                messages.success(request, "Saved.")
                return redirect("training:sessions", cohort_slug=cohort_slug)
        context = {"form": form, "cohort": session.cohort, "session": session}
        return render(request, "training/session_form.html", context, status=422)

    @staticmethod
    def _session(request: HttpRequest, cohort_slug: str, pk: int) -> TrainingSession:
        sessions = TrainingSession.objects.editable_by(request.user).select_related(
            "training__provider", "cohort__programme"
        )
        return get_visible_or_404(sessions, cohort__slug=cohort_slug, pk=pk)


class MySessions(LoginRequiredMixin, View):
    """A mentor's choice of slots; booking takes one click."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sessions = (
            TrainingSession.objects.bookable_by(request.user)
            .upcoming(timezone.now())
            .select_related("training__provider", "cohort")
        )
        mine = TrainingBooking.objects.filter(enrollment__user=request.user, session__in=sessions)
        booked = {b.session_id: b for b in mine}
        return render(request, "training/mine.html", {"sessions": [(s, booked.get(s.pk)) for s in sessions]})


class Book(LoginRequiredMixin, View):
    """Take a seat."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = get_visible_or_404(TrainingSession.objects.bookable_by(request.user), pk=pk)
        enrollment = Enrollment.objects.get(cohort=session.cohort, user=request.user, role="mentor")
        try:
            book_seat(session=session, enrollment=enrollment, by=request.user)  # type: ignore[arg-type]
        except TrainingError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Your seat is booked.")
        return redirect("training:mine")


class CancelBooking(LoginRequiredMixin, View):
    """Give a seat back."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        own = TrainingBooking.objects.filter(enrollment__user=request.user).select_related("session__cohort__programme")
        cancel_booking(booking=get_visible_or_404(own, pk=pk), by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Your seat is free for somebody else. Thank you.")
        return redirect("training:mine")
