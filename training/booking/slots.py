"""The sessions that a person can book, as their page lists them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from cohorts.models import Enrollment, Programme
from mentorship.core.accounts.models import User
from training.booking import links as booking_links
from training.booking.attendees import Attendee, attendees_of
from training.booking.seats import availability_by_session
from training.models import GuestOrganisation, SeatHold, TrainingBooking, TrainingGuest, TrainingSession
from training.querysets import some_of_it_there

# Notes, recordings and certificates of what is over stay in sight so long.
LOOK_BACK = timedelta(days=120)


@dataclass
class Slot:
    """A line of the page: a session, what the person has of it, and what they can do."""

    session: TrainingSession
    booking: TrainingBooking | None
    free: int
    may_change: bool
    elsewhere: bool  # they have another slot of the same training
    is_over: bool
    attended: bool = False
    certificates: list[tuple[str, str]] = field(default_factory=list)  # whose where several share the page, address
    feedback: str = ""
    ics: str = ""

    @property
    def declined(self) -> bool:
        """They said of a call that they do not come."""
        return bool(self.session.training.is_call and self.booking and self.booking.status == "cancelled")

    @property
    def has(self) -> str:
        """The status of their booking, "" where there is none."""
        return str(self.booking.status) if self.booking and self.booking.status != "cancelled" else ""


@dataclass
class Booker:
    """Who looks: somebody with enrollments, or a guest. `user` signed in; by the link of a mail it is all of a team."""

    enrollments: list[Enrollment] = field(default_factory=list)
    guest: TrainingGuest | None = None
    user: User | None = None

    @property
    def by(self) -> User | None:
        return self.user or (self.enrollments[0].user if self.enrollments else None)

    @property
    def zone(self) -> ZoneInfo:
        if self.guest:
            return ZoneInfo(self.guest.time_zone)
        one = self.enrollments[0] if self.enrollments else None
        return ZoneInfo((one.user.time_zone or one.time_zone or "UTC") if one else "UTC")

    def sessions(self) -> Any:
        if self.guest:
            return TrainingSession.objects.open_to_guests(self.guest.organisation_id)
        return TrainingSession.objects.open_to(self.enrollments)

    def bookings(self) -> Any:
        if self.guest:
            return TrainingBooking.objects.filter(guest=self.guest)
        return TrainingBooking.objects.filter(enrollment__in=self.enrollments)

    def came(self) -> dict[int, list[Attendee]]:
        """session id → who was there: the person who looks, by whatever booking; by the link of a mail the team."""
        bookings = self.bookings().filter(some_of_it_there(), session__cancelled_at=None)
        found: dict[int, list[Attendee]] = {}
        for one in attendees_of(bookings.with_attendance()):
            if one.attended and (self.user is None or one.user == self.user):
                found.setdefault(one.booking.session_id, []).append(one)
        return found

    def way(self, session: TrainingSession, holds: list[SeatHold]) -> tuple[Enrollment | None, SeatHold | None]:
        """As which enrollment, by which opening, they may take a session."""
        if self.guest:
            return None, next((h for h in holds if h.guest_id == self.guest.organisation_id), None)
        fitting = [e for e in self.enrollments if e.role in session.training.roles.split()]
        for one in fitting:
            if one.cohort_id == session.cohort_id:
                return one, None
        for one in fitting:
            for hold in holds:
                if hold.cohort_id == one.cohort_id or hold.programme_id == one.cohort.programme_id:
                    return one, hold
        return None, None


def slots_of(person: Booker) -> list[Slot]:
    """What is ahead, and what was lately; a constant number of queries."""
    now = timezone.now()
    found = (
        person.sessions()
        .filter(starts_at__gt=now - LOOK_BACK)
        .select_related("training__provider", "cohort__programme")
    )
    mine = {b.session_id: b for b in person.bookings().select_related("session__training")}
    came = person.came()
    sessions = [s for s in found.order_by("starts_at", "pk") if s.pk in came or _shows(s, mine.get(s.pk), now)]
    rooms = availability_by_session(sessions, now)
    holds: dict[int, list[SeatHold]] = {}
    for hold in SeatHold.objects.filter(session__in=[s.pk for s in sessions], status="accepted"):
        holds.setdefault(hold.session_id, []).append(hold)
    seated = {
        (b.session.training_id, b.session.cohort_id): b.session_id
        for b in mine.values()
        if b.status == "booked"
        and not b.session.training.is_call
        and b.session.starts_at > now
        and b.session.cancelled_at is None
    }
    return [
        _slot(s, mine.get(s.pk), person, came.get(s.pk, []), rooms[s.pk], holds.get(s.pk, []), seated, now)
        for s in sessions
    ]


def _shows(session: TrainingSession, booking: TrainingBooking | None, now: Any) -> bool:
    if session.starts_at > now:
        return session.cancelled_at is None or bool(booking and booking.status == "booked")
    return bool(booking and booking.status != "cancelled") or bool(session.notes_link or session.recording_link)


def _slot(
    session: TrainingSession,
    booking: TrainingBooking | None,
    person: Booker,
    came: list[Attendee],
    room: Any,
    holds: list[SeatHold],
    seated: dict[tuple[int, int], int],
    now: Any,
) -> Slot:
    _, hold = person.way(session, holds)
    credited = [] if session.training.is_call else came
    several = person.user is None and any(one.team for one in came)
    other = seated.get((session.training_id, session.cohort_id))
    return Slot(
        session=session,
        booking=booking,
        free=room.free_for(hold.pk if hold else None),
        may_change=now <= session.change_until,
        elsewhere=other is not None and other != session.pk,
        is_over=session.ends_at <= now,
        attended=bool(came) and not several,
        certificates=[
            (one.name if several else "", booking_links.certificate_link(*one.numbers))
            for one in credited[: None if several else 1]
        ],
        # What somebody thought of it is not for the others of the team: each has a link in their own mail.
        feedback=booking_links.feedback_link(*credited[0].numbers) if credited and not several else "",
        ics=booking_links.ics_link(booking.pk) if booking else "",
    )


def programme_of_organisation(organisation: GuestOrganisation) -> Programme:
    return Programme.objects.get(workspace=organisation.workspace_id)
