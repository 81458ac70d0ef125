"""Send reminders for unanswered questions, let deadlines pass, and withdraw questions that no longer make sense."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from matching.consent.due_mail import REMIND_BEFORE, reminder_due_at
from matching.consent.mails import consent_reminder_key, write_reminder
from matching.consent.policy import confirm_policy_of, loaded_policy_of
from matching.consent.services import (
    FINISHED_COHORTS,
    count_silence_as_decline,
    lock_side,
    record_answer,
    withdraw_question,
)
from matching.models import AskedPair, AskedSide, Match
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.planned.planned_changes import put_off


def sweep_consent(now: datetime) -> int:
    """Send reminders, let deadlines pass, and withdraw questions to people who left. Returns how many pairs changed.

    Idempotent, also when it runs late or in two places at once: the status decides, and each mail has its own key.
    """
    touched = 0
    for pair, why in _impossible_pairs():
        touched += _withdraw(pair, why)
    open_sides = AskedSide.objects.filter(status=AskedSide.Status.ASKED, pair__status__in=["open", "silent"])
    near = open_sides.filter(Q(answer_by__lte=now) | Q(answer_by__lte=now + REMIND_BEFORE, reminded_at=None))
    sides = list(near.select_related("pair__mentee__cohort__confirm_policy").order_by("pk"))
    over = [side for side in sides if side.answer_by and side.answer_by <= now]
    touched += sum(_lapse(side.pk, now) for side in over)
    for side in sides:
        due_at = reminder_due_at(side, loaded_policy_of(side.pair.mentee.cohort))
        if side not in over and due_at is not None and due_at <= now:
            touched += _remind(side, now)
    return touched


@transaction.atomic
def _remind(side: AskedSide, now: datetime) -> int:
    side, pair = lock_side(side)
    if side.status != AskedSide.Status.ASKED or side.reminded_at or pair.status not in AskedPair.UNSETTLED:
        return 0  # they answered meanwhile
    if put_off([consent_reminder_key(side)], now):
        return 0
    side.reminded_at = now
    side.save(update_fields=["reminded_at"])
    return int(write_reminder(side))


@transaction.atomic
def _lapse(side_id: int, now: datetime) -> int:
    side, pair = lock_side(AskedSide.objects.select_related("pair__mentee").get(pk=side_id))
    if side.status != AskedSide.Status.ASKED or side.answer_by is None or side.answer_by > now:
        return 0
    side.status = AskedSide.Status.SILENT
    side.save(update_fields=["status"])
    pair.status = AskedPair.Status.SILENT
    pair.save(update_fields=["status"])
    record_answer(side, None)
    if confirm_policy_of(pair.mentee.cohort).silence_declines:
        count_silence_as_decline(pair=pair, by=None, now=now)
    return 1


def _impossible_pairs() -> list[tuple[AskedPair, str]]:
    """Return pairs that can't be confirmed any more, and why: somebody left, the cohort is over, no place is left."""
    unsettled = where_changed(AskedPair.objects.unsettled(), "mentee__cohort__programme__workspace")
    live = list(unsettled.filter(_may_be_impossible()).with_people().order_by("pk"))
    places = Match.objects.places_among({pk for pair in live for pk in (pair.mentee_id, pair.mentor_id)})
    found = []
    for pair in live:
        cohort = pair.mentee.cohort
        if cohort.status in FINISHED_COHORTS:
            found.append((pair, "the cohort is over"))
        elif pair.mentee.status != "accepted" or pair.mentor.status != "accepted":
            found.append((pair, "somebody is not in the cohort any more"))
        elif places[pair.mentor_id] >= pair.mentor.capacity or places[pair.mentee_id] >= pair.mentee.mentors_wanted:
            found.append((pair, "the place is taken"))
    return found


def _may_be_impossible() -> Q:
    """The condition of pairs to look at: the database finds them among all that are being asked."""
    taken = Match.objects.occupying_place().order_by()
    of_mentor = taken.filter(mentor=OuterRef("mentor")).values("mentor").annotate(n=Count("pk")).values("n")
    of_mentee = taken.filter(mentee=OuterRef("mentee")).values("mentee").annotate(n=Count("pk")).values("n")
    return (
        Q(mentee__cohort__status__in=FINISHED_COHORTS)
        | ~Q(mentee__status="accepted")
        | ~Q(mentor__status="accepted")
        | Q(mentor__capacity__lte=Coalesce(Subquery(of_mentor), 0))
        | Q(mentee__mentors_wanted__lte=Coalesce(Subquery(of_mentee), 0))
    )


def _withdraw(pair: AskedPair, why: str) -> int:
    try:
        withdraw_question(pair=pair, by=None, why=why)
    except ServiceError:
        return 0
    return 1
