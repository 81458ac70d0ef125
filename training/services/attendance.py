"""Who came: ticked during the call, or taken over from the meeting tool's list; and what they thought of it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.accounts.models import User
from mentorship.audit.services import record
from training.attendees import Attendee, attendees_of
from training.meeting_list import Candidate, match_people, read_list
from training.models import AttendanceImport, MemberAttendance, TrainingBooking, TrainingFeedback, TrainingSession
from training.services.booking import lock_sessions
from training.services.errors import TrainingError

Status = TrainingBooking.Status
# What a form calls a person: a booking or an enrollment, and of a team the user. No id is longer than that.
KEY = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?", re.ASCII)


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
    """Note who came: by booking id (of a team its lead) and, of its other members, by booking and user id.

    Who came without a seat is noted by enrollment id, and by enrollment and user id. Saying it again corrects it. With
    `final` everybody else who booked did not come; without it nothing is said about them. Who joined a team after it
    was first said that this is all is no no-show. Returns how many people came and how many did not. Raises
    TrainingError before the session begins.
    """
    locked = lock_sessions(session.pk)[session.pk]
    if locked.cancelled_at:
        raise TrainingError("This session was cancelled.")
    if locked.starts_at > timezone.now():
        raise TrainingError("It has not begun yet.")
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
    record(verb="attendance", target=locked, workspace_id=workspace_id, by=by, came=counts[0], missed=counts[1])
    return counts


def _seat_walked_in(session: TrainingSession, leads: set[int], members: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """A row for each enrollment of which somebody came without a seat; the members by the id of that booking."""
    found = set()
    for enrollment in Enrollment.objects.filter(pk__in=leads | {pk for pk, _ in members}):
        here = enrollment.pk in leads
        booking, new = TrainingBooking.objects.get_or_create(
            session=session, enrollment=enrollment,
            defaults={"status": Status.CAME, "attended": True if here else None},
        )  # fmt: skip
        if here and not new:
            TrainingBooking.objects.filter(pk=booking.pk).update(attended=True)
        found |= {(booking.pk, user) for pk, user in members if pk == enrollment.pk}
    return found


def _save_members(session: TrainingSession, there: set[tuple[int, int]], final: bool) -> None:
    """The other members of teams. Who is none of the team and has no record is left out."""
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
    """Read the CSV of a meeting tool and match its people. Nobody's attendance changes before it is applied.

    Raises TrainingError with what is wrong with the file.
    """
    try:
        people = read_list(data)
    except ValueError as error:
        raise TrainingError(str(error)) from error
    rows = match_people(people, candidates_of(session))
    found = AttendanceImport.objects.create(session=session, rows=rows, by=by)
    record(verb="read a list", target=session, workspace_id=session.cohort.workspace_id, by=by, people=len(rows))
    return found


def candidates_of(session: TrainingSession) -> list[Candidate]:
    """Who may be on the list: those who booked first, then everybody whom the session is for; of a team each person.

    A key is b12 for the person (of a team the lead) of booking 12 and b12-7 for its member 7; e12 and e12-7 are people
    of enrollment 12, who have no booking.
    """
    booked = attendees_of(TrainingBooking.objects.filter(session=session).with_attendance().order_by("pk"))
    candidates = [Candidate(f"b{p.key}", p.name, p.emails, p.booking.status == Status.BOOKED, p.team) for p in booked]
    known = {p.booking.enrollment_id for p in booked}
    return candidates + [
        Candidate(f"e{key}", str(person), (person.email,), seat=False, team=team)
        for enrollment in people_for(session)
        if enrollment.pk not in known
        for key, person, team in people_without_seat(enrollment)
    ]


def people_without_seat(enrollment: Enrollment) -> list[tuple[str, User, str]]:
    """The people of an enrollment without a booking, each with the key that a form sends, and of a team its project."""
    lead, *others = enrollment.people
    team = str(enrollment) if others else ""
    members = [(f"{enrollment.pk}-{person.pk}", person, team) for person in others if person != lead]
    return [(str(enrollment.pk), lead, team), *members]


def read_keys(keys: Iterable[str]) -> tuple[list[int], list[tuple[int, int]]]:
    """Keys of a form: the ids of bookings or enrollments, and of members of teams with the user's. Others are left."""
    leads, members = [], []
    for key in keys:
        if found := KEY.fullmatch(key):
            if found[2]:
                members.append((int(found[1]), int(found[2])))
            else:
                leads.append(int(found[1]))
    return leads, members


def people_for(session: TrainingSession) -> Any:
    """The enrollments that may take the session: of its cohort and of those that it is open to."""
    holds = list(session.holds.filter(status="accepted"))
    cohorts = {session.cohort_id, *(h.cohort_id for h in holds if h.cohort_id)}
    programmes = [h.programme_id for h in holds if h.programme_id]
    everyone = Enrollment.objects.filter(cohort__in=cohorts) | Enrollment.objects.filter(
        cohort__programme__in=programmes, cohort__status__in=["enrolling", "matching", "running"]
    )
    roles = session.training.roles.split()
    return everyone.filter(role__in=roles).accepted().with_people().order_by("user__full_name", "pk")


@transaction.atomic
def apply_meeting_list(
    *, found: AttendanceImport, decided: Mapping[int, str], final: bool, by: User
) -> tuple[int, int]:
    """Take over a list: the sure ones, and the doubtful ones as somebody decided (row number → key, "" for nobody)."""
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
    """What somebody thought of it; a second answer replaces the first. Raises TrainingError for who was not there."""
    if not person.attended:
        raise TrainingError("This is for people who were there.")
    return TrainingFeedback.objects.update_or_create(
        booking=person.booking, user=person.user, defaults={"score": score, "words": words, "at": timezone.now()}
    )[0]
