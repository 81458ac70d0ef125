"""People who may have attended a session, with their keys in forms."""

import re
from collections.abc import Iterable
from typing import Any

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from training.attendance.candidates import Candidate
from training.booking.attendees import attendees_of
from training.models import TrainingBooking, TrainingSession

# The key of a person in a form: a booking or an enrollment, and for a member of a team the user.
KEY = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?", re.ASCII)


def candidates_of(session: TrainingSession) -> list[Candidate]:
    """People who may be on a meeting tool's list: those who booked, then others whom the session is for.

    A key is b12 for the person (of a team the lead) of booking 12 and b12-7 for its member 7; e12 and e12-7 are people
    of enrollment 12, who have no booking.
    """
    booked = attendees_of(TrainingBooking.objects.filter(session=session).with_attendance().order_by("pk"))
    candidates = [
        Candidate(f"b{p.key}", p.name, p.emails, p.booking.status == TrainingBooking.Status.BOOKED, p.team)
        for p in booked
    ]
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
    """Parse keys of a form: ids of bookings or enrollments, and pairs of one and a user id. Ignores other text."""
    leads, members = [], []
    for key in keys:
        if found := KEY.fullmatch(key):
            if found[2]:
                members.append((int(found[1]), int(found[2])))
            else:
                leads.append(int(found[1]))
    return leads, members


def people_for(session: TrainingSession) -> Any:
    """Enrollments that may take the session: of its cohort, and of those that it is open to."""
    holds = list(session.holds.accepted())
    cohorts = {session.cohort_id, *(h.cohort_id for h in holds if h.cohort_id)}
    programmes = [h.programme_id for h in holds if h.programme_id]
    everyone = Enrollment.objects.filter(cohort__in=cohorts) | Enrollment.objects.filter(
        cohort__programme__in=programmes, cohort__status__in=["enrolling", "matching", "running"]
    )
    roles = session.training.roles.split()
    return everyone.filter(role__in=roles).occupying_place().with_people().order_by("user__full_name", "pk")
