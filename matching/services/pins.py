"""What coordinators fix for every later run: a locked pair, a forbidden one. Changes of the board: by_hand.py."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cohorts.models import Enrollment
from cohorts.services import ServiceError
from matching.models import Match, MatchPin
from matching.services.runs import _lock_open
from mentorship.accounts.models import User
from mentorship.audit.services import record


@transaction.atomic
def set_pin(*, mentee: Enrollment, mentor: Enrollment, kind: str, by: User | None, reason: str = "") -> MatchPin:
    """Lock a pair, or forbid it, for every later run. Replaces the other kind."""
    _check_pair(mentee, mentor)
    _lock_open(mentee.cohort)
    if kind == MatchPin.Kind.LOCK:
        taken = Match.objects.places_of(mentee.cohort)
        locks = MatchPin.objects.filter(kind=MatchPin.Kind.LOCK).exclude(mentee=mentee, mentor=mentor)
        together = Match.objects.standing().filter(mentee=OuterRef("mentee"), mentor=OuterRef("mentor"))
        locks = locks.exclude(Exists(together))  # their places are counted as taken
        if locks.filter(mentor=mentor).count() + taken[mentor.pk] >= mentor.capacity:
            raise ServiceError(
                f"{mentor.user} takes {mentor.capacity}, and all of these places are locked or taken already."
            )
        if locks.filter(mentee=mentee).count() + taken[mentee.pk] >= mentee.mentors_wanted:
            raise ServiceError(f"“{mentee}” has as many mentors locked as it wants. Unlock one first.")
    pin, _ = MatchPin.objects.update_or_create(
        mentee=mentee,
        mentor=mentor,
        defaults={"kind": kind, "created_by": by, "created_at": timezone.now(), "reason": reason[:300]},
    )
    verb, workspace_id = "locked" if kind == MatchPin.Kind.LOCK else "forbade", mentee.cohort.workspace_id
    record(verb=verb, target=mentee, workspace_id=workspace_id, by=by, mentor=mentor.pk, reason=reason)
    return pin


@transaction.atomic
def remove_pin(*, mentee: Enrollment, mentor: Enrollment, by: User | None) -> None:
    """Leave a pair to the engine again. Nothing happens where nothing was fixed."""
    deleted, _ = MatchPin.objects.filter(mentee=mentee, mentor=mentor).delete()
    if deleted:
        record(verb="unpinned", target=mentee, workspace_id=mentee.cohort.workspace_id, by=by, mentor=mentor.pk)


def _check_pair(mentee: Enrollment, mentor: Enrollment) -> None:
    if mentee.role != "mentee" or mentor.role != "mentor" or mentee.cohort_id != mentor.cohort_id:
        raise ServiceError("A pair is a mentee and a mentor of the same cohort.")
    if mentor.user in mentee.people:
        raise ServiceError(f"{mentor.user} is part of “{mentee}”.")
