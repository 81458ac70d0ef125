"""Sessions that a person can book, for the list on their page."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from cohorts.models import Enrollment, Programme
from mentorship.core.accounts.models import User
from mentorship.core.links import AFTERWARDS
from mentorship.core.timezones import first_zone
from training.booking import links
from training.booking.attendees import Attendee, attendees_of
from training.booking.seats import availability_by_session
from training.models import SeatHold, TrainingBooking, TrainingGuest, TrainingSession
from training.querysets import somebody_attended

# How long notes, recordings and certificates of past sessions are shown.
LOOK_BACK = timedelta(days=120)
Status = TrainingBooking.Status


@dataclass
class Slot:
    """A session on the page, with the person's booking and possible actions."""

    session: TrainingSession
    booking: TrainingBooking | None
    free: int
    may_change: bool
    elsewhere: bool  # they have another slot of the same training
    is_over: bool
    attended: bool = False
    certificates: list[tuple[str, str]] = field(default_factory=list)  # (name if several share the page, address)
    feedback: str = ""
    ics: str = ""

    @property
    def declined(self) -> bool:
        """Whether they declined the call."""
        return bool(self.session.training.is_call and self.booking and self.booking.status == Status.CANCELLED)

    @property
    def has(self) -> str:
        """The status of their booking, "" if there is none."""
        return str(self.booking.status) if self.booking and self.booking.status != Status.CANCELLED else ""


@dataclass
class Booker:
    """The reader of a page of slots: somebody with enrollments, or a guest.

    `user` is the signed-in person; behind the link of a mail the reader may be anybody in a team.
    """

    enrollments: list[Enrollment] = field(default_factory=list)
    guest: TrainingGuest | None = None
    user: User | None = None

    @property
    def by(self) -> User | None:
        return self.user or (self.enrollments[0].user if self.enrollments else None)

    @property
    def name(self) -> str:
        return str(self.guest or (self.enrollments[0].user if self.enrollments else ""))

    @property
    def programme(self) -> Programme | None:
        """The programme of the reader."""
        if self.enrollments:
            return self.enrollments[0].cohort.programme
        return self.guest.organisation.programme if self.guest else None

    @property
    def zone(self) -> ZoneInfo:
        if self.guest:
            return first_zone(self.guest.time_zone)
        one = self.enrollments[0] if self.enrollments else None
        return first_zone(one.user.time_zone, one.time_zone) if one else first_zone()

    def sessions(self) -> Any:
        if self.guest:
            return TrainingSession.objects.open_to_guests(self.guest.organisation_id)
        return TrainingSession.objects.open_to(self.enrollments)

    def bookings(self) -> Any:
        if self.guest:
            return TrainingBooking.objects.filter(guest=self.guest)
        return TrainingBooking.objects.filter(enrollment__in=self.enrollments)

    def attended(self) -> dict[int, list[Attendee]]:
        """session id → attendees: the reader, by any booking; behind the link of a mail, the team."""
        bookings = self.bookings().filter(somebody_attended(), session__cancelled_at=None)
        found: dict[int, list[Attendee]] = defaultdict(list)
        for one in attendees_of(bookings.with_attendance()):
            if one.attended and (self.user is None or one.user == self.user):
                found[one.booking.session_id].append(one)
        return found

    def way_into(
        self, session: TrainingSession, holds: list[SeatHold] | None = None
    ) -> tuple[Enrollment | None, SeatHold | None]:
        """The enrollment and the hold that admit them to a session. `holds`: its accepted holds, if known."""
        if holds is None:
            holds = list(session.holds.accepted())
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


def slots_of(booker: Booker) -> list[Slot]:
    """The sessions ahead, and those of the last months. A constant number of queries."""
    return _SlotReader(booker, timezone.now()).slots()


class _SlotReader:
    """Reads once, for all sessions, what the lines of the page show."""

    def __init__(self, booker: Booker, now: datetime) -> None:
        self.booker, self.now = booker, now
        self.bookings = {b.session_id: b for b in booker.bookings().select_related("session__training")}
        self.attended = booker.attended()
        found = booker.sessions().filter(starts_at__gt=now - LOOK_BACK)
        found = found.select_related("training__provider", "cohort__programme").order_by("starts_at", "pk")
        self.sessions = [s for s in found if s.pk in self.attended or self._is_shown(s)]
        self.seats = availability_by_session(self.sessions, now)
        self.holds: dict[int, list[SeatHold]] = defaultdict(list)
        for hold in SeatHold.objects.accepted().filter(session__in=[s.pk for s in self.sessions]):
            self.holds[hold.session_id].append(hold)
        # Of a training people have one slot: training and cohort → its session.
        self.booked = {
            (b.session.training_id, b.session.cohort_id): b.session_id
            for b in self.bookings.values()
            if b.status == Status.BOOKED and not b.session.training.is_call and b.session.is_ahead(now)
        }

    def slots(self) -> list[Slot]:
        return [self._slot(session) for session in self.sessions]

    def _is_shown(self, session: TrainingSession) -> bool:
        booking = self.bookings.get(session.pk)
        if session.starts_at > self.now:
            return session.cancelled_at is None or bool(booking and booking.status == Status.BOOKED)
        taken_part = booking is not None and booking.status != Status.CANCELLED
        return taken_part or bool(session.notes_link or session.recording_link)

    def _slot(self, session: TrainingSession) -> Slot:
        _, hold = self.booker.way_into(session, self.holds[session.pk])
        booking, attended = self.bookings.get(session.pk), self.attended.get(session.pk, [])
        credited = [] if session.training.is_call else attended
        asks = self.now <= session.ends_at + AFTERWARDS
        several = self.booker.user is None and any(one.team for one in attended)
        other = self.booked.get((session.training_id, session.cohort_id))
        return Slot(
            session=session,
            booking=booking,
            free=self.seats[session.pk].free_for(hold.pk if hold else None),
            may_change=self.now <= session.change_until,
            elsewhere=other is not None and other != session.pk,
            is_over=session.ends_at <= self.now,
            attended=bool(attended) and not several,
            certificates=[
                (one.name if several else "", links.CERTIFICATE.url(*one.numbers))
                for one in credited[: None if several else 1]
            ],
            # What somebody thought of it is not for the others of the team: each has a link in their own mail.
            feedback=links.FEEDBACK.url(*credited[0].numbers) if asks and credited and not several else "",
            ics=links.ICS.url(booking.pk) if booking else "",
        )
