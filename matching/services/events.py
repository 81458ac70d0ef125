"""Speed mentoring: planning, places, the day itself, and whom people would like to go on with."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError
from matching.events.mails import mail_all
from matching.events.rotation import Schedule, make_schedule, reschedule
from matching.models import MatchPin, MatchProposal, SpeedEvent, SpeedRsvp, SpeedWish
from mentorship.accounts.models import User
from mentorship.audit.services import record

COMING, WAITING, NOT_COMING = SpeedRsvp.Status.COMING, SpeedRsvp.Status.WAITING, SpeedRsvp.Status.NOT_COMING
HERE, LEFT, ABSENT = SpeedRsvp.Seen.HERE, SpeedRsvp.Seen.LEFT, SpeedRsvp.Seen.ABSENT
BOTH, ONE = 1.0, 0.75
# What stands in people's calendars, and what they are told by mail.
IN_CALENDARS = {"name", "place", "starts_at", "rounds", "minutes"}
MOVED = {"place", "starts_at"}
ROLES = (Enrollment.Role.MENTOR, Enrollment.Role.MENTEE)


def people_of(cohort: Cohort) -> QuerySet[Enrollment]:
    """Who may come: accepted mentors and mentees."""
    return cohort.enrollments.filter(role__in=ROLES, status=Enrollment.Status.ACCEPTED)


@transaction.atomic
def plan_event(*, cohort: Cohort, by: User, fields: Mapping[str, Any]) -> SpeedEvent:
    """A new event. Nobody is told yet."""
    event = SpeedEvent.objects.create(cohort=cohort, **fields)
    record(verb="planned", target=event, workspace_id=cohort.workspace_id, by=by)
    return event


@transaction.atomic
def change_event(*, event: SpeedEvent, by: User, fields: Mapping[str, Any]) -> SpeedEvent:
    """Other words, times or seats; with more seats the first who wait get them. Raises ServiceError for too few."""
    locked = _lock(event)
    changed = sorted(name for name, value in fields.items() if getattr(locked, name) != value)
    for name in changed:
        setattr(locked, name, fields[name])
    for role in ROLES:
        coming = _coming(locked, role)
        if coming > locked.seats_for(role):
            raise ServiceError(f"{coming} {role}s are coming already; there can't be fewer places than that.")
    if locked.round_number and locked.rounds < min(locked.round_number, len(locked.schedule)):
        raise ServiceError(f"Round {locked.round_number} has begun; there can't be fewer rounds than that.")
    if locked.cancelled_at:
        raise ServiceError("This event is cancelled.")
    locked.sequence += 1 if IN_CALENDARS.intersection(changed) else 0
    locked.save()
    record(verb="changed", target=locked, workspace_id=locked.cohort.workspace_id, by=by, changed=changed)
    if MOVED.intersection(changed) and not locked.over:
        who = people_of(locked.cohort).filter(speed_rsvps__event=locked, speed_rsvps__status__in=[COMING, WAITING])
        key = f"event-changed-{locked.sequence}"
        mail_all(locked, who, "event_changed", key, f"{by} changed when or where {locked} is.")
    for role in ROLES:
        _fill_seats(locked, role)
    return locked


@transaction.atomic
def cancel_event(*, event: SpeedEvent, by: User) -> int:
    """Call it off and tell who comes or waits. A second time nothing happens. Returns how many mails.

    Raises ServiceError where it has begun or is over.
    """
    locked = _lock(event)
    if locked.cancelled_at:
        return 0
    if locked.over or locked.under_way:
        raise ServiceError("This event has begun or is over.")
    locked.cancelled_at = timezone.now()
    locked.sequence += 1
    locked.save(update_fields=["cancelled_at", "sequence"])
    who = people_of(locked.cohort).filter(speed_rsvps__event=locked, speed_rsvps__status__in=[COMING, WAITING])
    number = mail_all(locked, who, "event_cancelled", "event-cancelled", f"{by} called {locked} off.")
    record(verb="cancelled", target=locked, workspace_id=locked.cohort.workspace_id, by=by, mails=number)
    return number


@transaction.atomic
def invite(*, event: SpeedEvent, by: User) -> int:
    """Ask everybody who has not answered. Who was asked once is not asked again. Returns how many mails."""
    locked = _lock(event)
    if locked.over:
        raise ServiceError("This event is over.")
    asked = people_of(locked.cohort).exclude(speed_rsvps__event=locked)
    number = mail_all(locked, asked, "event_invitation", "event-invite", f"{by} asked the cohort to {locked}.")
    record(verb="invited to", target=locked, workspace_id=locked.cohort.workspace_id, by=by, mails=number)
    return number


@transaction.atomic
def answer(*, event: SpeedEvent, enrollment: Enrollment, coming: bool, by: User | None) -> SpeedRsvp:
    """They come, or don't. Where all seats are taken they wait; a seat that becomes free goes to the first who waits.

    Saying it again changes nothing. Raises ServiceError where it is too late, or they come in another role.
    """
    locked = _lock(event)
    if locked.over or locked.under_way:
        raise ServiceError("This event has begun or is over.")
    if enrollment.cohort_id != locked.cohort_id or enrollment.status != Enrollment.Status.ACCEPTED:
        raise ServiceError("Only those who are in the cohort can come.")
    rsvp = SpeedRsvp.objects.filter(event=locked, enrollment=enrollment).first()
    if rsvp and (rsvp.status != NOT_COMING) == coming:
        return rsvp
    others = SpeedRsvp.objects.filter(event=locked, enrollment__user_id=enrollment.user_id, status=COMING)
    if coming and (other := others.exclude(enrollment=enrollment).select_related("enrollment").first()):
        raise ServiceError(f"You come as a {other.enrollment.role} already; nobody can sit at two tables.")
    rsvp = rsvp or SpeedRsvp(event=locked, enrollment=enrollment)
    free = locked.seats_for(enrollment.role) > _coming(locked, enrollment.role)
    rsvp.status = (COMING if free else WAITING) if coming else NOT_COMING
    rsvp.asked_at = timezone.now()
    rsvp.sequence += 1
    rsvp.save()
    record(verb=f"is {rsvp.get_status_display()}", target=rsvp, workspace_id=locked.cohort.workspace_id, by=by)
    _fill_seats(locked, enrollment.role)
    return rsvp


@transaction.atomic
def check_in(
    *, event: SpeedEvent, here: Collection[int], not_here: Collection[int], by: User, rest_absent: bool = False
) -> None:
    """Who came, by enrollment ids, and who did not after all; nobody else is touched, so two people can tick at once.

    With `rest_absent` all others who wanted to come did not. Raises ServiceError where more came than there are seats.
    """
    locked = _lock(event)
    rsvps = {r.enrollment_id: r for r in SpeedRsvp.objects.filter(event=locked).select_related("enrollment")}
    people = {e.pk: e for e in people_of(locked.cohort).filter(pk__in=here)}
    for pk in people.keys() - rsvps.keys():
        rsvps[pk] = SpeedRsvp(event=locked, enrollment=people[pk], status=COMING)  # they simply came
    for pk, rsvp in rsvps.items():
        if pk in people:
            rsvp.seen, rsvp.status = HERE, COMING
        elif pk in not_here and rsvp.seen == HERE:
            rsvp.seen = LEFT if locked.round_number else SpeedRsvp.Seen.UNKNOWN
        if rest_absent and rsvp.status == COMING and rsvp.seen == SpeedRsvp.Seen.UNKNOWN:
            rsvp.seen = ABSENT
    for role in ROLES:
        number = sum(r.seen == HERE for r in rsvps.values() if r.enrollment.role == role)
        if number > locked.seats_for(role):
            raise ServiceError(f"{number} {role}s for {locked.seats_for(role)} places: give the event more first.")
    users = [r.enrollment.user_id for r in rsvps.values() if r.seen == HERE]
    if len(users) != len(set(users)):
        raise ServiceError("Somebody is ticked as a mentor and as a mentee; nobody can sit at two tables.")
    for rsvp in rsvps.values():
        if rsvp.pk is None:
            rsvp.save()
    SpeedRsvp.objects.bulk_update(rsvps.values(), ["seen", "status"])
    record(verb="checked in", target=locked, workspace_id=locked.cohort.workspace_id, by=by, here=len(users))


@transaction.atomic
def make_plan(*, event: SpeedEvent, by: User) -> Schedule:
    """Who sits where: of those who are here, or before anybody is, of those who come.

    Rounds that began stay as they are; the rest is made anew. Raises ServiceError where there is nobody to seat.
    """
    locked = _lock(event)
    if locked.over:
        raise ServiceError("This event is over.")
    mentees, mentors = seated(locked)
    if not mentees or not mentors:
        raise ServiceError("It takes at least one mentor and one mentee who come.")
    locked.seed += 1
    old = schedule_of(locked)
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
    record(verb="made the schedule", target=locked, workspace_id=locked.cohort.workspace_id, by=by, kept=done)
    return plan


@transaction.atomic
def go_on(*, event: SpeedEvent, seen: int, by: User) -> SpeedEvent:
    """Start the round after `seen`, or end the event after the last. Pressed twice it goes on once."""
    locked = _lock(event)
    if locked.round_number != seen or locked.round_number > locked.rounds:
        return locked
    if not locked.schedule:
        raise ServiceError("Make the schedule first.")
    locked.round_number += 1
    locked.round_started_at = timezone.now() if locked.under_way else None
    locked.save(update_fields=["round_number", "round_started_at"])
    verb = f"started round {locked.round_number}" if locked.under_way else "ended"
    record(verb=verb, target=locked, workspace_id=locked.cohort.workspace_id, by=by)
    return locked


@transaction.atomic
def go_back(*, event: SpeedEvent, seen: int, by: User) -> SpeedEvent:
    """The round before `seen` again: somebody pressed too early. Its clock starts anew."""
    locked = _lock(event)
    if locked.round_number != seen or not seen:
        return locked
    locked.round_number -= 1
    locked.round_started_at = timezone.now() if locked.under_way else None
    locked.save(update_fields=["round_number", "round_started_at"])
    record(verb="went a round back", target=locked, workspace_id=locked.cohort.workspace_id, by=by)
    return locked


@transaction.atomic
def ask_wishes(*, event: SpeedEvent, by: User | None) -> int:
    """Ask everybody who met somebody whom they would like to go on with, once. Returns how many mails."""
    locked = _lock(event)
    if not locked.over or locked.cancelled_at:
        raise ServiceError("Ask when the event is over.")
    met = {pk for pair in _met(locked) for pk in pair}
    if not met:
        raise ServiceError("Nobody met anybody: there was no round, or nobody was checked in.")
    people = people_of(locked.cohort).filter(pk__in=met)
    why = f"{by} asked how {locked} was." if by else f"{locked} is over."
    number = mail_all(locked, people, "event_wishes", "event-wishes", why)
    if number or by:
        record(verb="asked for wishes", target=locked, workspace_id=locked.cohort.workspace_id, by=by, mails=number)
    return number


@transaction.atomic
def save_wishes(*, event: SpeedEvent, enrollment: Enrollment, whom: Collection[int], by: User | None) -> None:
    """Whom they would like to go on with: all of it, what was said before is replaced. Others are not told.

    Raises ServiceError for somebody whom they did not meet.
    """
    locked = _lock(event)
    if set(whom) - set(met_by(locked, enrollment)):
        raise ServiceError("You can only choose from those whom you met.")
    SpeedWish.objects.filter(event=locked, by=enrollment).exclude(whom__in=whom).delete()
    said = set(SpeedWish.objects.filter(event=locked, by=enrollment).values_list("whom_id", flat=True))
    new = [SpeedWish(event=locked, by=enrollment, whom_id=pk) for pk in sorted(set(whom) - said)]
    SpeedWish.objects.bulk_create(new)
    record(verb="said whom they wish", target=locked, workspace_id=locked.cohort.workspace_id, by=by, number=len(whom))


def wishes(cohort: Cohort) -> dict[tuple[int, int], float]:
    """What people said after the speed mentoring: (mentee's enrollment id, mentor's) → 1 for both, 0.75 for one.

    A pair that nobody wished for is not in it: unknown, not unwanted.
    """
    said = SpeedWish.objects.filter(event__cohort=cohort).values_list("by_id", "whom_id", "by__role")
    votes: dict[tuple[int, int], set[str]] = {}
    for by, whom, role in said:
        votes.setdefault((by, whom) if role == Enrollment.Role.MENTEE else (whom, by), set()).add(role)
    return {pair: BOTH if len(roles) == 2 else ONE for pair, roles in votes.items()}


def wishes_in_words(event: SpeedEvent) -> list[tuple[str, str, bool]]:
    """Who would go on with whom, for coordinators: (who, with whom, both said so); those of both first, each once."""
    said = list(SpeedWish.objects.filter(event=event).select_related("by__user", "whom__user").order_by("id"))
    pairs = {(wish.by_id, wish.whom_id) for wish in said}
    shown = [
        (str(wish.by.user), str(wish.whom.user), (wish.whom_id, wish.by_id) in pairs)
        for wish in said
        if wish.by.role == Enrollment.Role.MENTEE or (wish.whom_id, wish.by_id) not in pairs
    ]
    return sorted(shown, key=lambda row: not row[2])


def schedule_of(event: SpeedEvent) -> Schedule:
    """The stored schedule."""
    return Schedule([{mentor: list(group) for mentor, group in table} for table in event.schedule])


def met_by(event: SpeedEvent, enrollment: Enrollment) -> list[int]:
    """The enrollment ids of those whom somebody met, in the order of the rounds."""
    if enrollment.role == Enrollment.Role.MENTOR:
        return [mentee for mentee, mentor in _met(event) if mentor == enrollment.pk]
    return [mentor for mentee, mentor in _met(event) if mentee == enrollment.pk]


def seated(event: SpeedEvent) -> tuple[set[int], set[int]]:
    """Mentees and mentors who are to be seated: who is here; before anybody is, who comes."""
    rows = list(
        event.rsvps.filter(status=COMING, enrollment__status=Enrollment.Status.ACCEPTED).values_list(
            "enrollment_id", "enrollment__role", "seen"
        )
    )
    begun = any(seen in (HERE, LEFT) for _, _, seen in rows)
    there = [(pk, role) for pk, role, seen in rows if seen == HERE or (not begun and not seen)]
    mentors = {pk for pk, role in there if role == Enrollment.Role.MENTOR}
    return {pk for pk, _ in there} - mentors, mentors


def _lock(event: SpeedEvent) -> SpeedEvent:
    return SpeedEvent.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=event.pk)


def waiting_before(rsvp: SpeedRsvp) -> int:
    """How many in the same role wait for a seat and asked earlier."""
    earlier = Q(asked_at__lt=rsvp.asked_at) | Q(asked_at=rsvp.asked_at, pk__lt=rsvp.pk)
    role = rsvp.enrollment.role
    return SpeedRsvp.objects.filter(earlier, event=rsvp.event_id, status=WAITING, enrollment__role=role).count()


def events_of(user: User) -> list[tuple[SpeedEvent, SpeedRsvp | None]]:
    """A person's events that are to come, and those of the last two weeks: each with their answer, by date."""
    now = timezone.now()
    own = Enrollment.objects.of_person(user).accepted().filter(role__in=ROLES)
    found = SpeedEvent.objects.filter(
        cohort__in=own.values("cohort"), starts_at__gt=now - timedelta(days=14), cancelled_at=None
    )
    said = SpeedRsvp.objects.filter(event__in=found, enrollment__in=own).order_by("-status")
    answers = {rsvp.event_id: rsvp for rsvp in said}
    return [(event, answers.get(event.pk)) for event in found.select_related("cohort").order_by("starts_at", "pk")]


def free_seats(event: SpeedEvent, role: str) -> int:
    """How many more may come in a role; what is below zero counts as none."""
    return max(event.seats_for(role) - _coming(event, role), 0)


def _coming(event: SpeedEvent, role: str) -> int:
    return SpeedRsvp.objects.filter(event=event, status=COMING, enrollment__role=role).count()


def _fill_seats(event: SpeedEvent, role: str) -> None:
    """Free seats go to those who wait, in order, each with a mail."""
    if event.over:
        return
    free = event.seats_for(role) - _coming(event, role)
    waiting = SpeedRsvp.objects.filter(event=event, status=WAITING, enrollment__role=role)
    taken = set(
        SpeedRsvp.objects.filter(event=event, status=COMING).values_list("enrollment__user_id", flat=True)
    )  # who got a seat in another role meanwhile keeps that one
    for rsvp in waiting.select_related("enrollment").exclude(enrollment__user_id__in=taken)[: max(free, 0)]:
        rsvp.status = COMING
        rsvp.sequence += 1
        rsvp.save(update_fields=["status", "sequence"])
        record(verb="got a seat", target=rsvp, workspace_id=event.cohort.workspace_id, by=None)
        people = Enrollment.objects.filter(pk=rsvp.enrollment_id)
        key = f"event-place-{rsvp.asked_at:%Y%m%dT%H%M%S%f}"
        mail_all(event, people, "event_place", key, f"A seat of {event} became free.")


def _met(event: SpeedEvent) -> list[tuple[int, int]]:
    """Who met in the rounds that began (all of them where nobody started the clock); nobody who did not come."""
    if event.cancelled_at:
        return []
    plan = schedule_of(event)
    rounds = plan.rounds[: event.round_number] if event.round_number else plan.rounds if event.over else []
    absent = set(event.rsvps.filter(seen=ABSENT).values_list("enrollment_id", flat=True))
    return [pair for pair in Schedule(rounds).pairs if not absent & set(pair)]


def _scores(cohort: Cohort, mentees: Collection[int], mentors: Collection[int]) -> dict[tuple[int, int], float]:
    """What is known of the pairs: the newest run's score, else how many of their topics two people share."""
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
    """Pairs that a coordinator ruled out, and mentors who are in the mentee's own team."""
    pins = MatchPin.objects.filter(mentee__cohort=cohort, kind=MatchPin.Kind.FORBID).values_list(
        "mentee_id", "mentor_id"
    )
    mentor_of = dict(people_of(cohort).filter(role="mentor").values_list("user_id", "pk"))
    teams = people_of(cohort).filter(role="mentee", members__user__in=mentor_of).values_list("pk", "members__user")
    return [*pins, *((mentee, mentor_of[user]) for mentee, user in teams)]
