"""Take over the attendance list of a meeting tool: read it, say who is who, and record what the coordinator saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from training.attendance.candidates import Candidate
from training.attendance.roll import candidates_of
from training.attendance.services import Mark, save_marks
from training.booking.attendees import attendees_of
from training.meeting_list.matching import minutes_by_key, rows_of_import
from training.meeting_list.reader import read_meeting_file
from training.models import AttendanceImport, TrainingBooking, TrainingSession

# What a coordinator says of somebody who is not on the list of their people.
NOBODY = "nobody"
ATTENDED, LEFT_EARLY, MISSED, OPEN = "attended", "left_early", "missed", ""


@dataclass(frozen=True)
class Presence:
    """One person to be recorded: their minutes on the list (None: not known) and what is proposed to be said.

    `before`: the minutes of an earlier list.
    """

    person: Candidate
    minutes: int | None
    proposed: str
    is_listed: bool = True
    is_long_enough: bool = True
    before: int | None = None


@transaction.atomic
def read_meeting_list(*, session: TrainingSession, data: bytes, by: User) -> AttendanceImport:
    """Read the file of a meeting tool and match its addresses. Attendance does not change before it is applied.

    Raises SheetError with the fault of the file.
    """
    found = read_meeting_file(data, session.minutes)
    rows = rows_of_import(found.people, candidates_of(session))
    made = AttendanceImport.objects.create(session=session, rows=rows, notes=found.notes, by=by)
    record(verb=Verb.READ_A_LIST, target=session, workspace_id=session.cohort.workspace_id, by=by, people=len(rows))
    return made


@transaction.atomic
def save_names(*, found: AttendanceImport, decided: Mapping[int, str]) -> AttendanceImport:
    """Save who the rows without a known address are: row number → key, or NOBODY. Ignores keys of other sessions."""
    locked = AttendanceImport.objects.select_for_update(of=("self",)).select_related("session").get(pk=found.pk)
    known = {c.key for c in candidates_of(locked.session)}
    for number, key in decided.items():
        if 0 <= number < len(locked.rows) and not locked.rows[number]["sure"] and (key == NOBODY or key in known):
            locked.rows[number] = {**locked.rows[number], "key": "" if key == NOBODY else key, "decided": True}
    locked.save(update_fields=["rows"])
    return locked


@transaction.atomic
def discard_meeting_list(*, found: AttendanceImport) -> None:
    """Delete a list that was not applied."""
    AttendanceImport.objects.filter(pk=found.pk, applied_at=None).delete()


def presences_of(found: AttendanceImport, needed: int) -> list[Presence]:
    """The people to be recorded by a list: those on it, and those who booked and are not on it.

    `needed`: minutes for credit. Who is not on the list stays open, unless something was recorded before.
    """
    session = found.session
    minutes = minutes_by_key((row for row in found.rows if is_decided(row)), session.minutes)
    booked = TrainingBooking.objects.filter(session=session).with_attendance()
    attendees = {f"b{p.key}": p for p in attendees_of(booked)}
    presences = []
    for person in candidates_of(session):
        known = attendees.get(person.key)
        said = OPEN if known is None or known.attended is None else ATTENDED if known.attended else MISSED
        before = known.minutes if known else None
        if person.key in minutes:
            counted = minutes[person.key]
            long_enough = counted is None or max(counted, before or 0) >= needed
            # Credit that a coordinator gave is not taken away by a list alone.
            proposed = ATTENDED if long_enough or said == ATTENDED else LEFT_EARLY
            presences.append(Presence(person, counted, proposed, is_long_enough=long_enough, before=before))
        elif known and person.seat and (said or not known.joined_later):
            proposed = LEFT_EARLY if known.left_early else said
            presences.append(Presence(person, None, proposed, is_listed=False, before=before))
    return presences


def is_decided(row: Mapping[str, object]) -> bool:
    """Whether it is said who a row is: its address is known, or a coordinator said it."""
    return bool(row["sure"] or row.get("decided"))


@transaction.atomic
def apply_meeting_list(*, found: AttendanceImport, said: Mapping[str, str], needed: int, by: User) -> tuple[int, int]:
    """Record the attendance of a list as said: key of a person → ATTENDED, LEFT_EARLY, MISSED or OPEN.

    People who aren't named in `said` keep what is recorded. `needed` becomes the session's minutes for credit. Returns
    how many came and how many did not, see `save_attendance`, which raises the same errors.
    """
    locked = AttendanceImport.objects.select_for_update(of=("self",)).select_related("session").get(pk=found.pk)
    if not all(map(is_decided, locked.rows)):
        raise ServiceError("First say who everybody on the list is.")
    session = locked.session
    marks = {}
    for one in presences_of(locked, needed):
        if (word := said.get(one.person.key)) is not None:
            marks[one.person.key] = _mark(one, word)
    if needed != session.minutes_for_credit:
        TrainingSession.objects.filter(pk=session.pk).update(credit_minutes=needed)
    counts = save_marks(session=session, marks=marks, by=by)
    locked.applied_at = timezone.now()
    locked.save(update_fields=["applied_at"])
    return counts


def _mark(presence: Presence, word: str) -> Mark:
    minutes = max((m for m in (presence.minutes, presence.before) if m is not None), default=None)
    if word == MISSED:
        return Mark(False)
    # Somebody who was there for less than a minute was there.
    return Mark({ATTENDED: True, LEFT_EARLY: False}.get(word), max(minutes or 0, 1) if word == LEFT_EARLY else minutes)


def undecided_from(rows: Sequence[Mapping[str, object]], first: int) -> list[int]:
    """The numbers of the rows, from the first on, of which a coordinator says who they are."""
    return [n for n, row in enumerate(rows) if n >= first and not row["sure"]]
