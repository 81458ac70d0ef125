"""Record attendance and feedback."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from training.attendance.meeting_list import match_people, read_list
from training.attendance.roll import candidates_of, people_for, people_without_seat, read_keys
from training.booking.attendees import Attendee, attendees_of
from training.booking.services import lock_sessions
from training.models import AttendanceImport, MemberAttendance, TrainingBooking, TrainingFeedback, TrainingSession

Status = TrainingBooking.Status


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
    locked = lock_sessions(session.pk)[session.pk]
    if locked.cancelled_at:
        raise ServiceError("This session was cancelled.")
    if locked.starts_at > timezone.now():
        raise ServiceError("It has not begun yet.")
    there = set(came)
    bookings = TrainingBooking.objects.filter(session=locked)
    bookings.filter(pk__in=there).update(attended=True)
    if final:
        bookings.booked().exclude(pk__in=there).update(attended=False)
        bookings.exclude(status=Status.BOOKED).exclude(pk__in=there).update(attended=None)
    without_seat = _seat_walked_in(locked, set(walked_in), set(walked_in_members))
    _save_members(locked, {*members, *without_seat}, final)
    if final and locked.roll_closed_at is None:
        TrainingSession.objects.filter(pk=locked.pk).update(roll_closed_at=timezone.now())
    rows = MemberAttendance.objects.filter(booking__session=locked)
    counts = (
        bookings.attended().count() + rows.attended().count(),
        bookings.filter(attended=False).count() + rows.filter(attended=False, booking__status=Status.BOOKED).count(),
    )
    workspace_id = locked.cohort.workspace_id
    record(verb=Verb.ATTENDANCE, target=locked, workspace_id=workspace_id, by=by, came=counts[0], missed=counts[1])
    return counts


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
def read_meeting_list(*, session: TrainingSession, data: bytes, by: User) -> AttendanceImport:
    """Read the file of a meeting tool and match its people. Attendance does not change before it is applied.

    Raises SheetError with the fault of the file.
    """
    rows = match_people(read_list(data), candidates_of(session))
    found = AttendanceImport.objects.create(session=session, rows=rows, by=by)
    record(verb=Verb.READ_A_LIST, target=session, workspace_id=session.cohort.workspace_id, by=by, people=len(rows))
    return found


@transaction.atomic
def apply_meeting_list(
    *, found: AttendanceImport, decided: Mapping[int, str], final: bool, by: User
) -> tuple[int, int]:
    """Record the attendance of a list: sure matches, and doubtful ones as decided (row number → key, "" for nobody)."""
    locked = AttendanceImport.objects.select_for_update(of=("self",)).select_related("session").get(pk=found.pk)
    known = {c.key for c in candidates_of(locked.session)}
    keys = {row["key"] if row["sure"] else decided.get(n, "") for n, row in enumerate(locked.rows)} & known
    came, members = read_keys(key[1:] for key in keys if key[0] == "b")
    walked_in, walked_in_members = read_keys(key[1:] for key in keys if key[0] == "e")
    counts = save_attendance(
        session=locked.session,
        came=came,
        members=members,
        walked_in=walked_in,
        walked_in_members=walked_in_members,
        by=by,
        final=final,
    )
    locked.applied_at = timezone.now()
    locked.save(update_fields=["applied_at"])
    return counts


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
