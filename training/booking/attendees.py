"""The people of a booking: one person, or each member of a team."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from training.models import MemberAttendance, TrainingBooking


@dataclass(frozen=True)
class Attendee:
    """One person of a booking: the one who booked (`user` is None for a guest), or another team member."""

    booking: TrainingBooking
    user: User | None
    attended: bool | None
    row: MemberAttendance | None = None
    is_member: bool = False
    has_left: bool = False

    @property
    def name(self) -> str:
        return str(self.user or self.booking.guest)

    @property
    def short_name(self) -> str:
        """How mails address this person."""
        return self.user.short_name if self.user else self.name

    @property
    def country(self) -> str:
        """ISO 3166 code, "" if unknown."""
        return self.user.country if self.user else ""

    @property
    def email(self) -> str:
        return self.user.email if self.user else self.booking.email

    @property
    def emails(self) -> tuple[str, ...]:
        return (self.email,)

    @property
    def key(self) -> str:
        """Identifies the person in a form: the booking, and for another member the user."""
        return f"{self.booking.pk}-{self.user.pk}" if self.is_member and self.user else str(self.booking.pk)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The values of signed links to this person's feedback and certificate."""
        return (self.booking.pk, self.row.pk) if self.row else (self.booking.pk,)

    @property
    def team(self) -> str:
        """The project of a team, "" for a single person."""
        enrollment = self.booking.enrollment
        return str(enrollment) if enrollment and (self.is_member or enrollment.members.all()) else ""

    @property
    def joined_later(self) -> bool:
        """Whether they joined the team after attendance was first recorded."""
        return self.is_member and self.row is None and self.booking.session.roll_closed_at is not None

    @property
    def minutes(self) -> int | None:
        """The minutes they were there, if a meeting tool counted them."""
        return self.row.minutes_present if self.row else None if self.is_member else self.booking.minutes_present

    @property
    def left_early(self) -> bool:
        """Whether they were there, and not long enough to count as attending."""
        return self.attended is False and bool(self.minutes)

    @property
    def standing(self) -> tuple[str, str]:
        """Tone and label of the pill in lists."""
        if self.left_early:
            return ("left_early", "not long enough")
        if self.attended is not None:
            return ("attended", "attended") if self.attended else ("missed", "did not come")
        if self.booking.status == TrainingBooking.Status.CAME:
            return ("unsaid", "not noted")
        if self.joined_later:
            return ("unsaid", "joined later")
        return (str(self.booking.status), str(self.booking.get_status_display()))


def attendees_of(bookings: Iterable[TrainingBooking]) -> list[Attendee]:
    """The people of these bookings: of a team the lead, current members, and former members with a record.

    Ask for the bookings `with_attendance()`.
    """
    return [person for booking in bookings for person in _people(booking)]


def came_to(cohort: Cohort, now: datetime, only: Enrollment | None = None) -> set[tuple[int, int]]:
    """Attendance of a cohort's people up to `now` (UTC): pairs of user and session id, including team members.

    Includes sessions shared by another round, but no cancelled ones; of one enrollment `only`, if given. Two queries.
    """
    held = TrainingBooking.objects.filter(
        enrollment__cohort=cohort, session__cancelled_at=None, session__starts_at__lte=now
    )
    held = held.filter(enrollment=only) if only else held
    leads = held.attended().values_list("enrollment__user", "session")
    members = MemberAttendance.objects.attended().filter(booking__in=held).values_list("user", "booking__session")
    return {*leads, *members}


def attendee_of(booking: TrainingBooking, row_id: int | None) -> Attendee | None:
    """The person of a booking, or with `row_id` the member of the team whose record this is; None if it is gone."""
    return next((p for p in _people(booking) if (p.row.pk if p.row else None) == row_id), None)


def _people(booking: TrainingBooking) -> Iterable[Attendee]:
    lead = booking.enrollment.user if booking.enrollment else None
    yield Attendee(booking, lead, booking.attended)
    if lead is None or booking.enrollment is None:
        return
    rows = {row.user_id: row for row in booking.member_attendances.all()}
    for member in booking.enrollment.members.all():
        if member.user_id != lead.pk:
            row = rows.pop(member.user_id, None)
            yield Attendee(booking, member.person, row.attended if row else None, row, is_member=True)
    for user_id, row in rows.items():
        if user_id != lead.pk:
            yield Attendee(booking, row.user, row.attended, row, is_member=True, has_left=True)
