"""Run a speed mentoring event: arrivals, the table plan and its rounds."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from matching.events.day.rotation import Schedule, make_schedule, reschedule
from matching.events.day.table_plan import stored_schedule
from matching.events.services import ABSENT, COMING, HERE, LEFT, eligible_people, lock_event
from matching.models import MatchPin, MatchProposal, SpeedEvent, SpeedGuest, SpeedRsvp
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


@dataclass(frozen=True)
class Arrivals:
    """The ids of those who have arrived, and of those who have not."""

    here: Collection[int] = ()
    not_here: Collection[int] = ()


NOBODY = Arrivals()


@transaction.atomic
def mark_arrivals(
    *,
    event: SpeedEvent,
    here: Collection[int],
    not_here: Collection[int],
    by: User,
    rest_absent: bool = False,
    guests: Arrivals = NOBODY,
) -> None:
    """Record who has arrived and who has not, by enrollment ids. Leaves others alone, so that two people can tick.

    With `rest_absent`, everybody else expected is absent. Raises ServiceError if more people came than there are seats.
    """
    locked = lock_event(event)
    rsvps = {r.enrollment_id: r for r in SpeedRsvp.objects.filter(event=locked).select_related("enrollment")}
    people = {e.pk: e for e in eligible_people(locked.cohort).filter(pk__in=here)}
    for pk in people.keys() - rsvps.keys():
        rsvps[pk] = SpeedRsvp(event=locked, enrollment=people[pk], status=COMING)  # came without an answer
    of_guests = list(locked.guests.exclude(status=SpeedGuest.Status.ASKED))
    begun = bool(locked.round_number)
    for pk, rsvp in rsvps.items():
        _mark(rsvp, here=pk in people, not_here=pk in not_here, rest_absent=rest_absent, begun=begun)
    for guest in of_guests:
        arrived, left = guest.pk in guests.here, guest.pk in guests.not_here
        _mark(guest, here=arrived, not_here=left, rest_absent=rest_absent, begun=begun)
    seen = [(r.enrollment.role, r.seen) for r in rsvps.values()] + [(g.role, g.seen) for g in of_guests]
    check_places(locked, seen)
    users = [r.enrollment.user_id for r in rsvps.values() if r.seen == HERE]
    if len(users) != len(set(users)):
        raise ServiceError("Somebody is ticked in both roles; nobody can sit at two tables.")
    for rsvp in rsvps.values():
        if rsvp.pk is None:
            rsvp.save()
    SpeedRsvp.objects.bulk_update(rsvps.values(), ["seen", "status"])
    SpeedGuest.objects.bulk_update(of_guests, ["seen", "status"])
    number = len(users) + sum(guest.seen == HERE for guest in of_guests)
    record(verb=Verb.CHECKED_IN, target=locked, workspace_id=locked.cohort.workspace_id, by=by, here=number)


def check_places(event: SpeedEvent, seen: Iterable[tuple[str, str]]) -> None:
    """Raise ServiceError if of these people, each with role and state, more are here than there are places."""
    present = Counter(role for role, state in seen if state == HERE)
    for role in Enrollment.MATCHED_ROLES:
        if present[role] > event.seats_for(role):
            who, places = event.cohort.programme.plural_of(role), event.seats_for(role)
            kind = "tables" if role == Enrollment.Role.MENTOR else "seats"
            raise ServiceError(
                f"{present[role]} {who} are here, but the event has {kind} for {places}. Add {kind} first."
            )


def _mark(one: SpeedRsvp | SpeedGuest, *, here: bool, not_here: bool, rest_absent: bool, begun: bool) -> None:
    if here:
        one.seen, one.status = HERE, COMING
    elif not_here and one.seen == HERE:
        one.seen = LEFT if begun else SpeedRsvp.Seen.UNKNOWN
    if rest_absent and one.status == COMING and one.seen == SpeedRsvp.Seen.UNKNOWN:
        one.seen = ABSENT


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
        role = Enrollment.Role.MENTEE if mentors else Enrollment.Role.MENTOR
        who = locked.cohort.programme.label_of(role)
        raise ServiceError(f"There is no {who} to seat yet. Wait for answers, or tick who is here under “Check in”.")
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
    guests = event.guests.filter(status=COMING).values_list("pk", "role", "seen")
    rows += [(-pk, role, seen) for pk, role, seen in guests]
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
