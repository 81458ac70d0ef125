"""List, view, create, edit and cancel sessions."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.facts import facts_of
from mentorship.core.ui.requests import page_of
from mentorship.core.ui.search import every_word, has_every_word
from training.attendance.payer_attendance import payer_attendance_of
from training.attendance.roll import people_for
from training.attendance.training_status import NONE, REFRESHER, training_status_of
from training.booking.attendees import Attendee, attendees_of
from training.booking.errors import TrainingError
from training.booking.lookup import session_or_404
from training.booking.seats import availability_by_session
from training.booking.services import cancel_booking
from training.models import SeatHold, Training, TrainingBooking, TrainingFeedback, TrainingSession
from training.sessions.extensions import SESSION_FACTS
from training.sessions.forms import CancelForm, SessionForm
from training.sessions.services import cancel_session, create_session, save_session

HEAD = (
    "session",
    "kind",
    "provider",
    "starts (UTC)",
    "minutes",
    "host",
    "seats",
    "taken",
    "came",
    "price",
    "currency",
    "cancelled",
    "notes",
    "recording",
)


class SessionList(CoordinatorRequiredMixin, View):
    """The slots and calls of a cohort, what others offer to it, and who has no slot."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        now = timezone.now()
        found = TrainingSession.objects.visible_to(request.user).filter(cohort=cohort)
        kind = request.GET.get("kind", "")
        if kind in Training.Kind.values:
            found = found.filter(training__kind=kind)
        text = request.GET.get("q", "").strip()
        found = every_word(found, text, "training__name", "host")
        sessions = list(
            found.select_related("training__provider", "cohort").annotate(
                came=Count("bookings", filter=Q(bookings__attended=True), distinct=True)
                + Count(
                    "bookings__member_attendances", filter=Q(bookings__member_attendances__attended=True), distinct=True
                )
            )
        )
        if wants_export(request):
            return export(request, f"sessions-{cohort.slug}", HEAD, (_row(s) for s in sessions))
        rooms = availability_by_session(sessions, now)
        mentors = list(cohort.enrollments.mentors().filter(status="accepted").select_related("user", "cohort"))
        credit = training_status_of([m.pk for m in mentors])
        offered = SeatHold.objects.filter(
            Q(programme=cohort.programme_id) | Q(cohort=cohort), session__cancelled_at=None, session__starts_at__gt=now
        ).exclude(session__cohort=cohort)
        context = {
            "cohort": cohort,
            "sessions": [(s, _waiting_words(s, rooms[s.pk], now)) for s in sessions],
            "kinds": Training.Kind.choices,
            "kind": kind,
            "q": text,
            "any": cohort.training_sessions.exists(),
            "trainings": Training.objects.filter(
                sessions__cohort=cohort, sessions__cancelled_at=None, sessions__starts_at__gt=now, kind="training"
            ).distinct(),
            "mentors": len(mentors),
            "without": [(m, credit[m.pk]) for m in mentors if credit[m.pk].status in (NONE, REFRESHER)],
            "offered": offered.select_related("session__training__provider", "session__cohort__programme"),
            "now": now,
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "training/sessions/list.html", context)


class SessionDetail(CoordinatorRequiredMixin, View):
    """One session: who booked, who waits, who came, for whom it is open, what people thought of it."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk, editing=False)
        bookings = session.bookings.order_by("enrollment__user__full_name", "guest__name", "pk")
        everyone = attendees_of(bookings.with_attendance())
        status, text = request.GET.get("status", ""), request.GET.get("q", "").strip()
        found = [p for p in everyone if _fits(p, status, text)]
        if wants_export(request):
            rows = [
                [p.name, p.email, p.booking.party, p.team, p.standing[1], p.booking.changed_at.isoformat()]
                for p in found
            ]
            head = ["name", "email", "of", "team", "status", "since (UTC)"]
            return export(request, f"session-{session.pk}", head, rows)
        context = self._context(request, session, found, status, text)
        context |= {
            "total": sum(1 for p in everyone if p.booking.status != "cancelled"),
            "came": sum(1 for p in everyone if p.attended),
        }
        return render(request, "training/sessions/detail.html", context)

    @staticmethod
    def _context(
        request: HttpRequest, session: TrainingSession, found: list[Attendee], status: str, text: str
    ) -> dict[str, Any]:
        now = timezone.now()
        room = availability_by_session([session], now)[session.pk]
        everyone = session.bookings.all().order_by()
        holds = [
            (h, room.taken.get(h.pk, 0), h.holds_at(now))
            for h in session.holds.select_related("cohort", "programme", "guest")
        ]
        scores = list(TrainingFeedback.objects.filter(booking__session=session))
        return {
            "cohort": session.cohort,
            "session": session,
            "page_obj": page_of(request, found),
            "waiting": everyone.filter(status="waitlisted").count(),
            "free": room.free_for(None),
            "kept": sum(room.kept.values()),
            "holds": holds,
            "status": status,
            "q": text,
            "statuses": [*TrainingBooking.Status.choices, ("attended", "attended"), ("missed", "did not come")],
            "silent": people_for(session).exclude(pk__in=everyone.values("enrollment")).count()
            if session.training.is_call
            else 0,
            "declined": everyone.filter(status="cancelled").count(),
            "scores": scores,
            "parties": payer_attendance_of([session.pk])[session.pk],
            "money": facts_of(SESSION_FACTS, [session.pk])[session.pk],
            "score": round(sum(s.score for s in scores) / len(scores), 1) if scores else None,
            "has_begun": session.starts_at <= now,
            "may_edit": may_edit(request.user, session.cohort.workspace_id),
        }


class SessionCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        initial: dict[str, Any] = {name: request.GET[name] for name in ("kind", "minutes") if name in request.GET}
        try:
            moment = parse_datetime(request.GET.get("starts_at", ""))
        except ValueError:
            moment = None
        if moment and timezone.is_aware(moment):
            initial["starts_at"] = moment
        form = SessionForm(initial=initial)
        return render(request, "training/sessions/form.html", {"form": form, "cohort": cohort, **_known(cohort)})

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = SessionForm(request.POST)
        if not form.is_valid():
            context = {"form": form, "cohort": cohort, **_known(cohort)}
            return render(request, "training/sessions/form.html", context, status=422)
        session = create_session(cohort=cohort, by=request.user, **form.cleaned_data)
        messages.success(request, f"It is there; accepted {session.training.role_words} see it on their first page.")
        return redirect("training:sessions", cohort_slug=cohort.slug)


class SessionEdit(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        return self._page(request, session, SessionForm(instance=session))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        form = SessionForm(request.POST, instance=session)
        if form.is_valid():
            names = {name: form.cleaned_data[name] for name in ("provider", "training")}
            try:
                save_session(session=form.save(commit=False), by=request.user, **names)
            except TrainingError as error:
                form.add_error("seats", str(error))
            else:
                messages.success(request, "Saved. Who booked gets a mail where the time or the link changed.")
                return redirect(session)
        return self._page(request, session, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, session: TrainingSession, form: SessionForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "cohort": session.cohort, "session": session, **_known(session.cohort)}
        return render(request, "training/sessions/form.html", context, status=status)


class SessionCancel(CoordinatorRequiredMixin, View):
    """See who gets the mail, then cancel."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, session_or_404(request, cohort_slug, pk), CancelForm())

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        form = CancelForm(request.POST)
        if not form.is_valid():
            return self._page(request, session, form, status=422)
        try:
            cancel_session(session=session, reason=form.cleaned_data["reason"], by=request.user)
        except TrainingError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "It is cancelled, and everybody who booked gets a mail.")
        return redirect(session)

    @staticmethod
    def _page(request: HttpRequest, session: TrainingSession, form: CancelForm, status: int = 200) -> HttpResponse:
        people = session.bookings.filter(status__in=["booked", "offered", "waitlisted"]).count()
        context = {"form": form, "cohort": session.cohort, "session": session, "people": people}
        return render(request, "training/sessions/cancel.html", context, status=status)


class DropBooking(CoordinatorRequiredMixin, View):
    """A coordinator gives somebody's seat back, also past the deadline."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int, booking_pk: int) -> HttpResponse:
        session = session_or_404(request, cohort_slug, pk)
        booking = get_visible_or_404(session.bookings.with_people(), pk=booking_pk)
        cancel_booking(booking=booking, by=request.user, late=True)
        messages.success(request, f"{booking.name} has no seat any more, and gets a mail.")
        return redirect(session)


def _fits(person: Attendee, status: str, text: str) -> bool:
    """Whether a person is among those that the list shows. A team is found by the name of any of its people."""
    booking = person.booking
    if status in TrainingBooking.Status.values:
        if booking.status != status:
            return False
    elif status in ("attended", "missed"):
        if person.attended is not (status == "attended"):
            return False
    elif booking.status == "cancelled":
        return False
    team = booking.enrollment.people if booking.enrollment else []
    return has_every_word(" ".join([person.name, person.email, *(f"{one} {one.email}" for one in team)]), text)


def _known(cohort: Cohort) -> dict[str, Any]:
    """Names that were used before, to choose from while typing."""
    trainings = Training.objects.filter(provider__workspace=cohort.workspace_id).select_related("provider")
    return {"known": trainings.order_by("provider__name", "name")}


def _row(session: Any) -> tuple[Any, ...]:
    what = session.training
    return (
        what.name,
        what.get_kind_display(),
        what.provider.name,
        session.starts_at.isoformat(),
        session.minutes,
        session.host,
        session.seats,
        session.taken,
        session.came,
        "" if session.price is None else session.price,
        session.currency,
        session.cancelled_at.isoformat() if session.cancelled_at else "",
        session.notes_link,
        session.recording_link,
    )


def _waiting_words(session: TrainingSession, room: Any, now: Any) -> str:
    """What a coordinator should see at once about a session ahead."""
    if session.cancelled_at or session.starts_at <= now:
        return ""
    if session.minimum > session.taken:
        return f"{session.minimum - session.taken} short of the minimum"
    return "" if room.free_for(None) else "full"
