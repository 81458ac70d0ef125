"""Record attendance and feedback."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from training.attendance.roll import people_for, people_without_seat, read_keys
from training.booking.attendees import Attendee, attendees_of
from training.booking.services import lock_sessions
from training.models import MemberAttendance, TrainingBooking, TrainingFeedback, TrainingSession

Status = TrainingBooking.Status


@dataclass(frozen=True)
class Mark:
    """Attendance of a person: None while nobody has said. `minutes` is how long they were there, None if not known."""

    attended: bool | None
    minutes: int | None = None


@transaction.atomic
def save_attendance(
    *,
    session: TrainingSession,
    came: Iterable[int],
    members: Iterable[tuple[int, int]] = (),
    walked_in: Iterable[int] = (),
    walked_in_members: Iterable[tuple[int, int]] = (),
    by: User | None,
    final: bool = True,
) -> tuple[int, int]:
    """Record who attended: by booking id (of a team its lead) and, for its other members, by booking and user id.

    People without a seat are given by enrollment id, and by enrollment and user id. A later call corrects an earlier
    one. With `final` everybody else who booked counts as a no-show; without it they stay open. People who joined a team
    after the first final record are not no-shows. Returns how many people came and how many did not. Raises
    ServiceError before the session begins.
    """
    locked = _lock_begun(session)
    there = set(came)
    bookings = TrainingBooking.objects.filter(session=locked)
    bookings.filter(pk__in=there).update(attended=True)
    if final:
        bookings.booked().exclude(pk__in=there).update(attended=False)
        unbooked = bookings.exclude(status=Status.BOOKED).exclude(minutes_present__gt=0)
        unbooked.exclude(pk__in=there).update(attended=None)
    without_seat = _seat_walked_in(locked, set(walked_in), set(walked_in_members))
    _save_members(locked, {*members, *without_seat}, final)
    if final and locked.roll_closed_at is None:
        TrainingSession.objects.filter(pk=locked.pk).update(roll_closed_at=timezone.now())
    return _counted(locked, by)


@transaction.atomic
def save_marks(*, session: TrainingSession, marks: Mapping[str, Mark], by: User | None) -> tuple[int, int]:
    """Record what was said about each person, by the keys of `candidates_of`; the others are left unchanged.

    Returns how many people came and how many did not, see `save_attendance`, which raises the same errors.
    """
    locked = _lock_begun(session)
    found = list(TrainingBooking.objects.filter(session=locked))
    by_key = {f"b{b.pk}": b for b in found} | {f"e{b.enrollment_id}": b for b in found if b.enrollment_id}
    members: dict[tuple[int, int], Mark] = {}
    for key, mark in marks.items():
        who, _, user = key.partition("-")
        booking = by_key.get(who)
        if booking is None and who[0] == "e" and mark.attended is not None:
            booking = TrainingBooking.objects.create(session=locked, enrollment_id=int(who[1:]), status=Status.CAME)
            by_key[who] = booking
        if booking is None:
            continue
        if user:
            members[booking.pk, int(user)] = mark
        else:
            booking.attended, booking.minutes_present = mark.attended, mark.minutes
    TrainingBooking.objects.bulk_update(by_key.values(), ["attended", "minutes_present"])
    _mark_members(locked, members)
    bookings = TrainingBooking.objects.filter(session=locked)
    if locked.roll_closed_at is None and not bookings.booked().filter(attended=None).exists():
        TrainingSession.objects.filter(pk=locked.pk).update(roll_closed_at=timezone.now())
    return _counted(locked, by)


@transaction.atomic
def save_ticks(
    *, session: TrainingSession, ticked: Iterable[str], walked_in: Iterable[str], by: User, final: bool
) -> tuple[int, int]:
    """Record the people ticked on the roll, by the keys of its form. See `save_attendance`.

    Ignores people whom the session is not for.
    """
    came, members = read_keys(ticked)
    allowed = {key for enrollment in people_for(session) for key, *_ in people_without_seat(enrollment)}
    without_seat, members_without_seat = read_keys(allowed.intersection(walked_in))
    return save_attendance(
        session=session,
        came=came,
        members=members,
        walked_in=without_seat,
        walked_in_members=members_without_seat,
        by=by,
        final=final,
    )


def _mark_members(session: TrainingSession, marks: Mapping[tuple[int, int], Mark]) -> None:
    """Record attendance of team members by booking and user id; nothing is kept about those nobody has said it of."""
    rows = {(r.booking_id, r.user_id): r for r in MemberAttendance.objects.filter(booking__session=session)}
    new, changed, open_again = [], [], []
    for (booking, user), mark in marks.items():
        row = rows.get((booking, user))
        if mark.attended is None:
            open_again += [row.pk] if row else []
        elif row is None:
            values = {"attended": mark.attended, "minutes_present": mark.minutes}
            new.append(MemberAttendance(booking_id=booking, user_id=user, **values))
        else:
            row.attended, row.minutes_present = mark.attended, mark.minutes
            changed.append(row)
    MemberAttendance.objects.bulk_create(new)
    MemberAttendance.objects.bulk_update(changed, ["attended", "minutes_present"])
    MemberAttendance.objects.filter(pk__in=open_again).delete()


def _lock_begun(session: TrainingSession) -> TrainingSession:
    """Lock a session that has begun. Raises ServiceError for any other."""
    locked = lock_sessions(session.pk)[session.pk]
    if locked.cancelled_at:
        raise ServiceError("This session was cancelled.")
    if locked.starts_at > timezone.now():
        raise ServiceError("It has not begun yet.")
    return locked


def _counted(session: TrainingSession, by: User | None) -> tuple[int, int]:
    """Record the attendance in the audit trail. Returns how many people came and how many did not."""
    bookings = TrainingBooking.objects.filter(session=session)
    rows = MemberAttendance.objects.filter(booking__session=session)
    absent = Q(attended=False) & ~Q(minutes_present__gt=0)
    came = bookings.attended().count() + rows.attended().count()
    missed = bookings.filter(absent).count() + rows.filter(absent, booking__status=Status.BOOKED).count()
    workspace_id = session.cohort.workspace_id
    record(verb=Verb.ATTENDANCE, target=session, workspace_id=workspace_id, by=by, came=came, missed=missed)
    return came, missed


def _seat_walked_in(session: TrainingSession, leads: set[int], members: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Create a booking for each enrollment that attended without a seat. Returns members by its id and the user's."""
    found = set()
    for enrollment in Enrollment.objects.filter(pk__in=leads | {pk for pk, _ in members}):
        here = enrollment.pk in leads
        booking, new = TrainingBooking.objects.get_or_create(
            session=session,
            enrollment=enrollment,
            defaults={"status": Status.CAME, "attended": True if here else None},
        )
        if here and not new:
            TrainingBooking.objects.filter(pk=booking.pk).update(attended=True)
        found |= {(booking.pk, user) for pk, user in members if pk == enrollment.pk}
    return found


def _save_members(session: TrainingSession, there: set[tuple[int, int]], final: bool) -> None:
    """Record attendance of the other members of teams. Users who are not in the team and have no record are ignored."""
    new, changed = [], []
    bookings = TrainingBooking.objects.filter(session=session, enrollment__isnull=False)
    for person in attendees_of(bookings.with_attendance()):
        if not person.is_member or person.user is None:
            continue
        here = (person.booking.pk, person.user.pk) in there
        if person.row is not None:
            if here != person.row.attended and (here or final):
                person.row.attended = here
                changed.append(person.row)
        elif here or (final and person.booking.status == Status.BOOKED and session.roll_closed_at is None):
            new.append(MemberAttendance(booking=person.booking, user=person.user, attended=here))
    MemberAttendance.objects.bulk_create(new)
    MemberAttendance.objects.bulk_update(changed, ["attended"])


@transaction.atomic
def save_feedback(*, person: Attendee, score: int, words: str) -> TrainingFeedback:
    """Save somebody's feedback, replacing an earlier one. Raises ServiceError for people who did not attend."""
    if not person.attended:
        raise ServiceError("This is for people who were there.")
    booking, given = person.booking, {"score": score, "words": words, "at": timezone.now()}
    feedback, _ = TrainingFeedback.objects.update_or_create(booking=booking, user=person.user, defaults=given)
    workspace_id = booking.session.cohort.workspace_id
    record(verb=Verb.ANSWERED, target=feedback, workspace_id=workspace_id, by=person.user)
    return feedback
