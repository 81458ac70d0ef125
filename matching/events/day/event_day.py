"""Run a speed mentoring event: arrivals, the table plan and its rounds."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.events.day.rotation import Schedule, make_schedule, reschedule
from matching.events.day.table_plan import stored_schedule
from matching.events.services import ABSENT, COMING, HERE, LEFT, eligible_people, lock_event
from matching.models import MatchPin, MatchProposal, SpeedEvent, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


@transaction.atomic
def mark_arrivals(
    *, event: SpeedEvent, here: Collection[int], not_here: Collection[int], by: User, rest_absent: bool = False
) -> None:
    """Record who has arrived and who has not, by enrollment ids. Leaves others alone, so that two people can tick.

    With `rest_absent`, everybody else expected is absent. Raises ServiceError if more people came than there are seats.
    """
    locked = lock_event(event)
    rsvps = {r.enrollment_id: r for r in SpeedRsvp.objects.filter(event=locked).select_related("enrollment")}
    people = {e.pk: e for e in eligible_people(locked.cohort).filter(pk__in=here)}
    for pk in people.keys() - rsvps.keys():
        rsvps[pk] = SpeedRsvp(event=locked, enrollment=people[pk], status=COMING)  # came without an answer
    for pk, rsvp in rsvps.items():
        if pk in people:
            rsvp.seen, rsvp.status = HERE, COMING
        elif pk in not_here and rsvp.seen == HERE:
            rsvp.seen = LEFT if locked.round_number else SpeedRsvp.Seen.UNKNOWN
        if rest_absent and rsvp.status == COMING and rsvp.seen == SpeedRsvp.Seen.UNKNOWN:
            rsvp.seen = ABSENT
    for role in Enrollment.MATCHED_ROLES:
        number = sum(r.seen == HERE for r in rsvps.values() if r.enrollment.role == role)
        if number > locked.seats_for(role):
            who, places = locked.cohort.programme.plural_of(role), locked.seats_for(role)
            raise ServiceError(f"{number} {who} for {places} places: give the event more first.")
    users = [r.enrollment.user_id for r in rsvps.values() if r.seen == HERE]
    if len(users) != len(set(users)):
        raise ServiceError("Somebody is ticked in both roles; nobody can sit at two tables.")
    for rsvp in rsvps.values():
        if rsvp.pk is None:
            rsvp.save()
    SpeedRsvp.objects.bulk_update(rsvps.values(), ["seen", "status"])
    record(verb=Verb.CHECKED_IN, target=locked, workspace_id=locked.cohort.workspace_id, by=by, here=len(users))


@transaction.atomic
def plan_tables(*, event: SpeedEvent, by: User) -> Schedule:
    """Plan the tables for people who have arrived or, before anybody has, for those who accepted.

    Rounds that have begun are kept; the others are planned again. Raises ServiceError if there is nobody to seat.
    """
    locked = lock_event(event)
    if locked.over:
        raise ServiceError("This event is over.")
    mentees, mentors = people_to_seat(locked)
    if not mentees or not mentors:
        raise ServiceError("It takes at least one mentor and one mentee who come.")
    locked.seed += 1
    old = stored_schedule(locked)
    done = min(locked.round_number, len(old.rounds))
    base = Schedule([*old.rounds, *([{}] * locked.rounds)][: locked.rounds])
    known_mentees = {mentee for mentee, _ in base.pairs}
    known_mentors = {mentor for table in base.rounds for mentor in table}
    scores, never = _scores(locked.cohort, mentees, mentors), _never(locked.cohort)
    if done:
        plan = reschedule(
            base,
            done,
            absent=(known_mentees - mentees) | (known_mentors - mentors),
            late=mentees - known_mentees,
            late_mentors=mentors - known_mentors,
            scores=scores,
            seed=locked.seed,
            never=never,
        )
    else:
        plan = make_schedule(mentees, mentors, locked.rounds, scores=scores, seed=locked.seed, met=never)
    locked.schedule = [[[mentor, group] for mentor, group in table.items()] for table in plan.rounds]
    locked.save(update_fields=["schedule", "seed"])
    record(verb=Verb.MADE_THE_SCHEDULE, target=locked, workspace_id=locked.cohort.workspace_id, by=by, kept=done)
    return plan


@transaction.atomic
def advance_event_round(*, event: SpeedEvent, seen: int, by: User) -> SpeedEvent:
    """Start the round after `seen`, or end the event after the last one. Idempotent, because of `seen`."""
    locked = lock_event(event)
    if locked.round_number != seen or locked.round_number > locked.rounds:
        return locked
    if not locked.schedule:
        raise ServiceError("Make the schedule first.")
    locked.round_number += 1
    locked.round_started_at = timezone.now() if locked.under_way else None
    locked.save(update_fields=["round_number", "round_started_at"])
    verb, reason = (Verb.STARTED_A_ROUND, str(locked.round_number)) if locked.under_way else (Verb.ENDED, "")
    record(verb=verb, target=locked, workspace_id=locked.cohort.workspace_id, by=by, reason=reason)
    return locked


@transaction.atomic
def return_to_previous_round(*, event: SpeedEvent, seen: int, by: User) -> SpeedEvent:
    """Return to the round before `seen`, with a new timer. For when somebody pressed too early."""
    locked = lock_event(event)
    if locked.round_number != seen or not seen:
        return locked
    locked.round_number -= 1
    locked.round_started_at = timezone.now() if locked.under_way else None
    locked.save(update_fields=["round_number", "round_started_at"])
    record(verb=Verb.WENT_A_ROUND_BACK, target=locked, workspace_id=locked.cohort.workspace_id, by=by)
    return locked


def people_to_seat(event: SpeedEvent) -> tuple[set[int], set[int]]:
    """Return the mentees and mentors to seat: those who have arrived or, before that, those who accepted."""
    rows = list(
        event.rsvps.filter(status=COMING, enrollment__status=Enrollment.Status.ACCEPTED).values_list(
            "enrollment_id", "enrollment__role", "seen"
        )
    )
    begun = any(seen in (HERE, LEFT) for _, _, seen in rows)
    there = [(pk, role) for pk, role, seen in rows if seen == HERE or (not begun and not seen)]
    mentors = {pk for pk, role in there if role == Enrollment.Role.MENTOR}
    return {pk for pk, _ in there} - mentors, mentors


def _scores(cohort: Cohort, mentees: Collection[int], mentors: Collection[int]) -> dict[tuple[int, int], float]:
    """Score pairs by the newest run, else by the share of topics in common."""
    ids = [*mentees, *mentors]
    topics: dict[int, set[int]] = {pk: set() for pk in ids}
    for pk, topic in Enrollment.topics.through.objects.filter(enrollment_id__in=ids).values_list(
        "enrollment_id", "topic_id"
    ):
        topics[pk].add(topic)
    scores = {
        (i, j): len(topics[i] & topics[j]) / min(len(topics[i]), len(topics[j]))
        for i in mentees
        for j in mentors
        if topics[i] and topics[j]
    }
    run = cohort.match_runs.filter(status__in=["ready", "confirmed"]).first()
    known = MatchProposal.objects.filter(run=run, mentee_id__in=mentees, mentor_id__in=mentors) if run else []
    return scores | {(p.mentee_id, p.mentor_id): p.score for p in known}


def _never(cohort: Cohort) -> list[tuple[int, int]]:
    """Return pairs that must not meet: forbidden ones, and mentors who are in the mentee's own team."""
    pins = MatchPin.objects.filter(mentee__cohort=cohort, kind=MatchPin.Kind.FORBID).values_list(
        "mentee_id", "mentor_id"
    )
    mentor_of = dict(eligible_people(cohort).filter(role="mentor").values_list("user_id", "pk"))
    teams = (
        eligible_people(cohort).filter(role="mentee", members__user__in=mentor_of).values_list("pk", "members__user")
    )
    return [*pins, *((mentee, mentor_of[user]) for mentee, user in teams)]
