"""The status of a match. Matches are made, with their intros, by introducing.py."""

from django.db import transaction

from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError
from matching.models import Match, MatchPin
from mentorship.accounts.models import User
from mentorship.audit.services import record


@transaction.atomic
def set_match_status(*, match: Match, to: str, by: User | None, reason: str = "") -> Match:
    """The one place where a match's status changes. Sends nothing.

    Raises ServiceError where the step is not one of its TRANSITIONS, or would take a place that is gone.
    """
    locked = Match.objects.select_for_update(of=("self",)).select_related("mentee__cohort__programme").get(pk=match.pk)
    if to not in Match.TRANSITIONS[locked.status]:
        raise ServiceError(f"This match is {locked.get_status_display()}; it can't become {to}.")
    if to in Match.TAKES_A_PLACE and locked.status not in Match.TAKES_A_PLACE:
        _check_place(locked)
    before, locked.status = locked.status, to
    if to in (Match.Status.ENDED, Match.Status.REMATCHED):
        locked.ended_reason = reason.strip()[:300]
        # Otherwise the next run would bring them together again. Who wishes just that locks them once more.
        MatchPin.objects.filter(mentee=locked.mentee_id, mentor=locked.mentor_id, kind=MatchPin.Kind.LOCK).delete()
    locked.save(update_fields=["status", "ended_reason"])
    workspace_id = locked.mentee.cohort.workspace_id
    record(verb=f"made {to}", target=locked, workspace_id=workspace_id, by=by, before=before, reason=reason)
    return locked


def _check_place(match: Match) -> None:
    # The same lock as every confirmation takes: two may want the last place.
    Cohort.objects.select_for_update().get(pk=match.mentee.cohort_id)
    taken = Match.objects.places_of(match.mentee.cohort)
    mentor = Enrollment.objects.select_related("user").get(pk=match.mentor_id)
    if taken[mentor.pk] >= mentor.capacity:
        raise ServiceError(f"{mentor.user} has no free place any more.")
    if taken[match.mentee_id] >= match.mentee.mentors_wanted:
        raise ServiceError(f"“{match.mentee}” has another mentor by now.")
