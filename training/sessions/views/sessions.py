"""The sessions of a cohort, and one of them with its people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cohorts.cohort_view import CohortView
from mentorship.core.timezones import zone_name
from mentorship.core.ui.counts import MOST_OF_COHORT, counts_up_to
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.facts import facts_of
from mentorship.core.ui.requests import choice_in, page_of, rows_shown
from mentorship.core.ui.search import has_every_word
from training.attendance.payer_attendance import payer_attendance_of
from training.attendance.roll import people_for
from training.attendance.training_status import NONE, REFRESHER, training_status_among, with_training_status
from training.booking.attendees import Attendee, attendees_of
from training.booking.lookup import SessionView
from training.booking.seats import SeatAvailability, availability_by_session, availability_of
from training.models import SeatHold, SeatRequest, Training, TrainingBooking, TrainingFeedback, TrainingSession
from training.sessions.extensions import SESSION_FACTS

Status = TrainingBooking.Status
# How many people without a slot the list of sessions names; more of them are in the list of people.
NAMED = 60
PEOPLE_STATES = [
    *Status.choices,
    ("attended", "attended"),
    ("left_early", "not there long enough"),
    ("missed", "did not come"),
]
SESSION_COLUMNS = (
    "session",
    "kind",
    "provider",
    "starts (UTC)",
    "time zone",
    "place",
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
PEOPLE_COLUMNS = ("name", "email", "of", "team", "status", "since (UTC)", "minutes")


class SessionList(CohortView):
    """The slots and calls of a cohort, shared sessions from others, and people without a slot."""

    template_name = "training/sessions/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        kind, text = choice_in(request, "kind", Training.Kind.values), request.GET.get("q", "").strip()
        own = self._own()
        fitting = [one for one in own if kind in ("", one.training.kind)]
        sessions = rows_shown(request, [one for one in fitting if has_every_word(f"{one.training} {one.host}", text)])
        if wants_export(request):
            return export(request, f"sessions-{self.cohort.slug}", SESSION_COLUMNS, map(_session_row, sessions))
        seats = availability_by_session(sessions, now)
        shared = list(SeatHold.objects.shared_with(self.cohort, now))
        lent = [hold for hold in shared if hold.status == SeatHold.Status.ACCEPTED]
        # Also those of others that are open to the cohort: its people are invited to them as well.
        upcoming = [one for one in (*own, *(hold.session for hold in lent)) if one.is_ahead(now)]
        trainings = {one.training for one in upcoming if one.training.kind == Training.Kind.TRAINING}
        return self.page(
            sessions=[(s, _waiting_words(s, seats[s.pk], now)) for s in sessions],
            kinds=Training.Kind.choices,
            kind=kind,
            q=text,
            any=bool(own),
            trainings=sorted(trainings, key=lambda training: (training.name, training.pk)),
            borrowed=lent,
            offered=[hold for hold in shared if hold.status != SeatHold.Status.ACCEPTED],
            seats_wanted=SeatRequest.objects.received_open(self.cohort).count(),
            now=now,
            **self._mentors(),
        )

    def _own(self) -> list[TrainingSession]:
        found = TrainingSession.objects.visible_to(self.user).filter(cohort=self.cohort).with_attended_count()
        return list(found.select_related("training__provider", "cohort"))

    def _mentors(self) -> dict[str, Any]:
        """The number of mentors, that of those who need a slot, and the first of these with their status."""
        mentors = self.cohort.enrollments.mentors().filter(status="accepted")
        needing = with_training_status(mentors, NONE) | with_training_status(mentors, REFRESHER)
        number, without = counts_up_to(mentors, needing, most=MOST_OF_COHORT)
        first = list(needing.select_related("user", "cohort")[:NAMED])
        status = training_status_among(first)
        return {"mentors": number, "without": without, "first_without": [(one, status[one.pk]) for one in first]}


class SessionDetail(SessionView):
    """One session: bookings, waitlist, attendance, sharing and feedback."""

    template_name = "training/sessions/detail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        bookings = self.session.bookings.order_by("enrollment__user__full_name", "guest__name", "pk")
        everyone = attendees_of(bookings.with_attendance())
        status, text = choice_in(request, "status", PEOPLE_STATES), request.GET.get("q", "").strip()
        found = [p for p in everyone if _is_shown(p, status, text)]
        if wants_export(request):
            return export(request, f"session-{self.session.pk}", PEOPLE_COLUMNS, map(person_row, found))
        return self.page(
            page_obj=page_of(request, found),
            chosen_status=status,
            q=text,
            total=sum(1 for p in everyone if p.booking.status != Status.CANCELLED),
            came=sum(1 for p in everyone if p.attended),
            statuses=PEOPLE_STATES,
        )

    def get_context(self) -> dict[str, Any]:
        session, now = self.session, timezone.now()
        return {
            **super().get_context(),
            **self._seats(),
            **self._answers(),
            **self._scores(),
            "payers": payer_attendance_of([session.pk])[session.pk],
            "money": facts_of(SESSION_FACTS, [session.pk])[session.pk],
            "has_begun": session.starts_at <= now,
        }

    def _seats(self) -> dict[str, Any]:
        now = timezone.now()
        seats = availability_of(self.session, now)
        holds = self.session.holds.select_related("cohort", "programme", "guest")
        return {
            "free": seats.free_for(None),
            "kept": sum(seats.kept.values()),
            "holds": [(h, seats.taken.get(h.pk, 0), h.holds_at(now)) for h in holds],
        }

    def _answers(self) -> dict[str, Any]:
        """The waitlist; and for a call, people who declined or have not answered."""
        bookings = self.session.bookings.all().order_by()
        silent = people_for(self.session).exclude(pk__in=bookings.values("enrollment"))
        return {
            "waiting": bookings.filter(status=Status.WAITLISTED).count(),
            "declined": bookings.filter(status=Status.CANCELLED).count(),
            "silent": silent.count() if self.session.training.is_call else 0,
        }

    def _scores(self) -> dict[str, Any]:
        scores = list(TrainingFeedback.objects.filter(booking__session=self.session))
        mean = round(sum(s.score for s in scores) / len(scores), 1) if scores else None
        return {"scores": scores, "score": mean}


def _is_shown(person: Attendee, status: str, text: str) -> bool:
    """Whether a person matches the filters. A team is found by the name of any of its people."""
    booking = person.booking
    if status in Status.values:
        if booking.status != status:
            return False
    elif status in ("attended", "left_early", "missed"):
        if person.standing[0] != status:
            return False
    elif booking.status == Status.CANCELLED:
        return False
    team = booking.enrollment.people if booking.enrollment else []
    return has_every_word(" ".join([person.name, person.email, *(f"{one} {one.email}" for one in team)]), text)


def person_row(person: Attendee) -> tuple[Any, ...]:
    """The cells of PEOPLE_COLUMNS."""
    booking = person.booking
    return (
        person.name,
        person.email,
        booking.affiliation,
        person.team,
        person.standing[1],
        booking.changed_at.isoformat(),
        "" if person.minutes is None else person.minutes,
    )


def _session_row(session: Any) -> tuple[Any, ...]:
    training = session.training
    return (
        training.name,
        training.get_kind_display(),
        training.provider.name,
        session.starts_at.isoformat(),
        zone_name(session.tz),
        session.place,
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


def _waiting_words(session: TrainingSession, seats: SeatAvailability, now: Any) -> str:
    """The first thing a coordinator should notice about a future session, in words."""
    if not session.is_ahead(now):
        return ""
    if session.minimum > session.taken:
        return f"{session.minimum - session.taken} short of the minimum"
    return "" if seats.free_for(None) else "full"
