"""Start and end the pauses of mentors."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.models import Match, MentorPause
from matching.rematch.services import request_rematch
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

# A time zone is at most 14 hours from UTC, so no local date is further away.
ZONE_MARGIN = timedelta(days=2)


@transaction.atomic
def pause_mentor(
    *,
    enrollment: Enrollment,
    by: User | None,
    until: date | None = None,
    reason: str = "",
    hands_over: bool = False,
) -> MentorPause:
    """Propose nobody new to a mentor until they are back on `until`; changes the date of a pause under way.

    A mentor who `hands_over` can't go on with their present mentees either: they ask for another mentor for each.
    Raises ServiceError if they are not a mentor, or if the day is not in the future in the cohort's time zone.
    """
    # The same lock as confirmations take, so that no match is made at the moment of the pause.
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=enrollment.cohort_id)
    if enrollment.role != Enrollment.Role.MENTOR:
        raise ServiceError("Only a mentor can pause here.")
    if until is not None and until <= timezone.localdate(timezone=cohort.tz):
        raise ServiceError("Choose a day that is still to come.")
    pause, _ = MentorPause.objects.update_or_create(
        enrollment=enrollment, ended_at=None, defaults={"until": until, "reason": reason.strip()[:300], "by": by}
    )
    said = {"until": until.isoformat() if until else "", "reason": reason.strip()}
    record(verb=Verb.PAUSED, target=enrollment, workspace_id=cohort.workspace_id, by=by, **said)
    if hands_over and by is not None:
        for match in matches_of_mentor(enrollment):
            request_rematch(match=match, by=by, words=f"Pauses as a mentor. {reason}".strip())
    return pause


def matches_of_mentor(enrollment: Enrollment) -> list[Match]:
    """The matches under way of a mentor."""
    return list(Match.objects.under_way().filter(mentor=enrollment).with_people())


@transaction.atomic
def end_pause(*, enrollment: Enrollment, by: User | None, now: datetime | None = None) -> bool:
    """End a mentor's pause. False if there was none."""
    ended = MentorPause.objects.filter(enrollment=enrollment, ended_at=None).update(ended_at=now or timezone.now())
    if ended:
        record(verb=Verb.IS_BACK, target=enrollment, workspace_id=enrollment.cohort.workspace_id, by=by)
    return bool(ended)


def sweep_pauses(now: datetime) -> int:
    """End the pauses whose day has come in the cohort's time zone. Returns how many."""
    done = 0
    due = MentorPause.objects.open().filter(until__lte=(now + ZONE_MARGIN).date())
    for pause in due.select_related("enrollment__cohort__programme").order_by("pk"):
        if pause.until and pause.until <= now.astimezone(pause.enrollment.cohort.tz).date():
            done += end_pause(enrollment=pause.enrollment, by=None, now=now)
    return done


def current_pause(enrollment: Enrollment) -> MentorPause | None:
    """Return the pause of a mentor; None if they don't pause."""
    return MentorPause.objects.open(enrollment.cohort).filter(enrollment=enrollment).first()
