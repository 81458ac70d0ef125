"""Mentors who pause: nothing new is proposed to them until a date, or until the pause is ended. Matches go on."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cohorts.filters import Filter
from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet
from cohorts.services import ServiceError
from matching.models import Match, MentorPause
from mentorship.accounts.models import User
from mentorship.audit.services import record

# A cohort's zone is at most 14 hours from UTC: nobody's local date is further from ours.
SLACK = timedelta(days=2)


@transaction.atomic
def pause_mentor(
    *, enrollment: Enrollment, by: User | None, until: date | None = None, reason: str = ""
) -> MentorPause:
    """Propose nobody new to a mentor until they are back on `until`. Who pauses already gets the new date.

    Raises ServiceError where they are no mentor, or the day is not ahead by the cohort's clock.
    """
    # The lock of every confirmation: a mentor doesn't get somebody new in the moment of the pause.
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=enrollment.cohort_id)
    if enrollment.role != Enrollment.Role.MENTOR:
        raise ServiceError("Only a mentor can pause here.")
    if until is not None and until <= timezone.localdate(timezone=cohort.tz):
        raise ServiceError("Choose a day that is still to come.")
    pause, _ = MentorPause.objects.update_or_create(
        enrollment=enrollment, ended_at=None, defaults={"until": until, "reason": reason.strip()[:300], "by": by}
    )
    said = {"until": until.isoformat() if until else "", "reason": reason.strip()}
    record(verb="paused", target=enrollment, workspace_id=cohort.workspace_id, by=by, **said)
    return pause


@transaction.atomic
def end_pause(*, enrollment: Enrollment, by: User | None, now: datetime | None = None) -> bool:
    """The mentor is back. False where there was no pause."""
    ended = MentorPause.objects.filter(enrollment=enrollment, ended_at=None).update(ended_at=now or timezone.now())
    if ended:
        record(verb="is back", target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)
    return bool(ended)


def sweep_pauses(now: datetime) -> int:
    """End the pauses whose day has come by the clock of the cohort. Returns how many."""
    done = 0
    due = MentorPause.objects.open().filter(until__lte=(now + SLACK).date())
    for pause in due.select_related("enrollment__cohort__programme").order_by("pk"):
        if pause.until and pause.until <= now.astimezone(pause.enrollment.cohort.tz).date():
            done += end_pause(enrollment=pause.enrollment, by=None, now=now)
    return done


def pause_of(enrollment: Enrollment) -> MentorPause | None:
    """The pause that a mentor takes now."""
    return MentorPause.objects.open(enrollment.cohort).filter(enrollment=enrollment).first()


def paused_ids(cohort: Cohort) -> set[int]:
    """The enrollments of the mentors who pause."""
    return set(MentorPause.objects.open(cohort).values_list("enrollment_id", flat=True))


def left_out_of(cohort: Cohort) -> list[tuple[Enrollment, str]]:
    """Accepted mentors with room to whom nobody is proposed, each with the reason, by name. For the board."""
    taken = Match.objects.places_of(cohort)
    pauses = MentorPause.objects.open(cohort).filter(enrollment__status="accepted")
    found = [(p.enrollment, p.words) for p in pauses.select_related("enrollment__user")]
    return sorted((pair for pair in found if pair[0].capacity > taken[pair[0].pk]), key=lambda pair: str(pair[0].user))


def _by_pause(found: EnrollmentQuerySet, value: str) -> EnrollmentQuerySet:
    pausing = MentorPause.objects.filter(ended_at=None).values("enrollment")
    return found.filter(pk__in=pausing) if value == "yes" else found.filter(role="mentor").exclude(pk__in=pausing)


PAUSE_FILTER = Filter(
    "Pause", lambda cohort: [("yes", "mentors who pause"), ("no", "mentors who don't pause")], _by_pause
)
