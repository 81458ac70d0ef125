"""Who came: ticked during the call, or taken over from the meeting tool's list; and what they thought of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.accounts.models import User
from mentorship.audit.services import record
from training.meeting_list import Candidate, match_people, read_list
from training.models import AttendanceImport, TrainingBooking, TrainingFeedback, TrainingSession
from training.services.booking import lock_sessions
from training.services.errors import TrainingError

Status = TrainingBooking.Status


@transaction.atomic
def save_attendance(
    *, session: TrainingSession, came: Iterable[int], walked_in: Iterable[int] = (), by: User, final: bool = True
) -> tuple[int, int]:
    """Note by booking id who came, and by enrollment id who came without a seat. Saying it again corrects it.

    With `final` everybody else who booked did not come; without it nothing is said about them. Returns how many came
    and how many did not. Raises TrainingError before the session begins.
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
    for enrollment in Enrollment.objects.filter(pk__in=list(walked_in)):
        booking, new = TrainingBooking.objects.get_or_create(
            session=locked, enrollment=enrollment, defaults={"status": Status.CAME, "attended": True}
        )
        if not new:
            TrainingBooking.objects.filter(pk=booking.pk).update(attended=True)
    counts = bookings.filter(attended=True).count(), bookings.filter(attended=False).count()
    workspace_id = locked.cohort.workspace_id
    record(verb="attendance", target=locked, workspace_id=workspace_id, by=by, came=counts[0], missed=counts[1])
    return counts


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
    """Who may be on the list: those who booked first, then everybody whom the session is for."""
    booked = TrainingBooking.objects.filter(session=session).with_people()
    candidates = [
        Candidate(f"b{b.pk}", b.name, tuple(b.emails), b.status == Status.BOOKED) for b in booked.order_by("pk")
    ]
    known = {b.enrollment_id for b in booked}
    return candidates + [
        Candidate(f"e{e.pk}", str(e.user), tuple(p.email for p in e.people), seat=False)
        for e in people_for(session)
        if e.pk not in known
    ]


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
    counts = save_attendance(
        session=locked.session,
        came=[int(k[1:]) for k in keys if k[0] == "b"],
        walked_in=[int(k[1:]) for k in keys if k[0] == "e"],
        by=by,
        final=final,
    )
    locked.applied_at = timezone.now()
    locked.save(update_fields=["applied_at"])
    return counts


@transaction.atomic
def save_feedback(*, booking: TrainingBooking, score: int, words: str) -> TrainingFeedback:
    """What somebody thought of it; a second answer replaces the first. Raises TrainingError for who was not there."""
    if not booking.attended:
        raise TrainingError("This is for people who were there.")
    return TrainingFeedback.objects.update_or_create(
        booking=booking, defaults={"score": score, "words": words, "at": timezone.now()}
    )[0]
