"""List the mails of events and questions that are still to be written."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from cohorts.mailings.links import template_link
from cohorts.models import Cohort, Enrollment
from matching.consent.mails import consent_mail, consent_reminder_key, withdrawn_key
from matching.consent.sweep import REMIND_BEFORE
from matching.events import services as events_services
from matching.events import table_plan
from matching.events.mails import event_mail
from matching.events.sweep import (
    ASK_AGAIN,
    ASK_AGAIN_REST,
    REMIND_BEFORE_EVENT,
    TOO_LATE,
    WISHES_AFTER,
    event_reminder_key,
)
from matching.models import AskedPair, AskedSide, ConfirmPolicy, SpeedEvent, SpeedRsvp
from mentorship.core.outbox.mail_templates.rendering import mail_text
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.planned.planned_mail import THEIR_LINK, PlannedMail

Rsvps = dict[int, SpeedRsvp]  # by enrollment


def planned_mail_of_matching(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """Of events and of pairs that are asked. A constant number of queries."""
    yield from _of_events(user, now)
    yield from _of_asked(user)


# --- events ---


def _of_events(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """Asking again, reminding, asking afterwards, as the sweep would do it if nobody said anything more."""
    mine = SpeedEvent.objects.visible_to(user).filter(mails_by_itself=True, cancelled_at=None)
    found = list(mine.filter(starts_at__gt=now - TOO_LATE - REMIND_BEFORE_EVENT).order_by("starts_at", "pk"))
    people: dict[int, list[Enrollment]] = defaultdict(list)
    accepted = Enrollment.objects.filter(
        cohort__in={event.cohort_id for event in found},
        role__in=events_services.ROLES,
        status=Enrollment.Status.ACCEPTED,
    )
    for enrollment in accepted.select_related("user").prefetch_related("members__user").order_by("pk"):
        people[enrollment.cohort_id].append(enrollment)
    said: dict[int, Rsvps] = defaultdict(dict)
    for rsvp in SpeedRsvp.objects.filter(event__in=found):
        said[rsvp.event_id][rsvp.enrollment_id] = rsvp
    invited = dict(
        OutboxMessage.objects.filter(
            key__startswith="event-invite:", scope__in={event.cohort.scope for event in found}
        ).values_list("key", "created_at")
    )
    for event in found:
        there, rsvps = people[event.cohort_id], said[event.pk]
        if now < event.starts_at:
            yield from _asked_again(event, there, rsvps, invited)
            yield from _reminded(event, there, rsvps)
        if event.schedule and not event.under_way:
            yield from _asked_for_wishes(event, there, rsvps)


def _asked_again(
    event: SpeedEvent, people: list[Enrollment], rsvps: Rsvps, invited: dict[str, datetime]
) -> Iterator[PlannedMail]:
    roles = {enrollment.pk: enrollment.role for enrollment in people}
    taken = Counter(roles.get(pk) for pk, rsvp in rsvps.items() if rsvp.status == events_services.COMING)
    last = event.starts_at - REMIND_BEFORE_EVENT
    for enrollment in people:
        asked_at = invited.get(f"event-invite:{event.pk}:{enrollment.pk}")
        if enrollment.pk in rsvps or asked_at is None or taken[enrollment.role] >= event.seats_for(enrollment.role):
            continue
        at = max(event.starts_at - ASK_AGAIN, asked_at + ASK_AGAIN_REST)
        if at < last:
            yield _event_coming(
                event,
                enrollment,
                "event_nudge",
                "event-nudge",
                at=at,
                until=last,
                until_why="nobody is asked any more, a day before the event",
                what=f"Once more: {event}",
                why="They were asked and have not answered.",
            )


def _reminded(event: SpeedEvent, people: list[Enrollment], rsvps: Rsvps) -> Iterator[PlannedMail]:
    for enrollment in people:
        rsvp = rsvps.get(enrollment.pk)
        if rsvp and rsvp.status == events_services.COMING:
            yield _event_coming(
                event,
                enrollment,
                "event_reminder",
                event_reminder_key(event),
                at=event.starts_at - REMIND_BEFORE_EVENT,
                until=event.starts_at,
                until_why="the event begins",
                what=f"Reminder of {event}",
                why="They come; the day before.",
            )


def _asked_for_wishes(event: SpeedEvent, people: list[Enrollment], rsvps: Rsvps) -> Iterator[PlannedMail]:
    """Those who met somebody; before the event those who will by its schedule."""
    absent = {pk for pk, rsvp in rsvps.items() if rsvp.seen == events_services.ABSENT}
    met = {pk for pair in table_plan.stored_schedule(event).pairs if not absent & set(pair) for pk in pair}
    for enrollment in people:
        if enrollment.pk in met:
            yield _event_coming(
                event,
                enrollment,
                "event_wishes",
                "event-wishes",
                at=event.ends_at + WISHES_AFTER,
                until=event.ends_at + TOO_LATE,
                until_why="it is too long ago to ask",
                what=f"With whom to go on after {event}",
                why="They meet somebody there; an hour after the end.",
            )


def _event_coming(event: SpeedEvent, enrollment: Enrollment, mail: str, key: str, **facts: Any) -> PlannedMail:
    kind = f"matching/{mail}"
    return PlannedMail(
        key=f"{key}:{event.pk}:{enrollment.pk}",
        kind="event",
        to=_named(enrollment),
        url=event.get_absolute_url(),
        mail=partial(_event_mail, event, enrollment, kind),
        **_place_of(event.cohort, kind),
        **facts,
    )


def _event_mail(event: SpeedEvent, enrollment: Enrollment, kind: str, _at: datetime) -> tuple[str, str, str]:
    template = mail_text(kind, workspace_id=event.cohort.workspace_id, scope=event.cohort.scope)
    return event_mail(template, event, enrollment, THEIR_LINK)


# --- pairs that are asked ---


def _of_asked(user: Any) -> Iterator[PlannedMail]:
    """The reminder of each side that has not answered; and where silence counts as a no, that the other is told."""
    pairs = AskedPair.objects.visible_to(user).filter(status__in=["open", "silent"]).with_people()
    for pair in pairs.select_related("mentee__cohort__confirm_policy").order_by("pk"):
        cohort = pair.mentee.cohort
        policy = getattr(cohort, "confirm_policy", None) or ConfirmPolicy(cohort=cohort)
        sides = list(pair.sides.all())
        for side in sides:
            side.pair = pair
        silent = sorted((s.answer_by, s.pk) for s in sides if s.status == AskedSide.Status.ASKED and s.answer_by)
        # Who has no more than two days in all is not reminded.
        reminds = policy.answer_days > REMIND_BEFORE.days
        for side in sides:
            if reminds and side.status == AskedSide.Status.ASKED and not side.reminded_at and side.answer_by:
                yield _reminder(side, side.answer_by)
            if policy.silence_declines and silent and silent[0][1] != side.pk and _is_told(side):
                yield _told_over(side, silent[0][0])


def _is_told(side: AskedSide) -> bool:
    """Whether it hears that the pair does not come about: it was asked, has not declined, and is still there."""
    there = side.enrollment.status == Enrollment.Status.ACCEPTED
    return side.times > 0 and side.status != AskedSide.Status.DECLINED and there


def _reminder(side: AskedSide, answer_by: datetime) -> PlannedMail:
    return _asked_coming(
        side,
        "matching/asked_reminder",
        consent_reminder_key(side),
        at=answer_by - REMIND_BEFORE,
        until=answer_by,
        until_why="their time to answer is over",
        what=f"Reminder: a match with {side.other.user}?",
        why="They were asked and have not answered.",
    )


def _told_over(side: AskedSide, at: datetime) -> PlannedMail:
    return _asked_coming(
        side,
        "matching/asked_over",
        withdrawn_key(side),
        at=at,
        what=f"No match with {side.other.user}",
        why=f"{side.other.user} has time to answer until then; silence counts as a no.",
    )


def _asked_coming(side: AskedSide, kind: str, key: str, **facts: Any) -> PlannedMail:
    return PlannedMail(
        key=key,
        kind="question",
        to=_named(side.enrollment),
        url=side.pair.mentee.get_absolute_url(),
        mail=partial(_asked_mail, side, kind),
        **_place_of(side.pair.mentee.cohort, kind),
        **facts,
    )


def _asked_mail(side: AskedSide, kind: str, _at: datetime) -> tuple[str, str, str]:
    return consent_mail(side, kind, link=THEIR_LINK)


def _named(enrollment: Enrollment) -> str:
    return f"{enrollment.user}, {', '.join(dict.fromkeys(person.email for person in enrollment.people))}"


def _place_of(cohort: Cohort, kind: str) -> dict[str, Any]:
    words = template_link(cohort.programme, kind, cohort)
    return {"scope": cohort.scope, "workspace_id": cohort.workspace_id, "words": words}
