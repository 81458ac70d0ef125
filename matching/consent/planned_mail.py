"""List mails about questions that are still to be written."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from cohorts.mailings.links import template_link
from cohorts.models import Cohort, Enrollment
from matching.consent.due_mail import hears_of_the_end, reminder_due_at, silent_at
from matching.consent.mails import consent_mail, consent_reminder_key, withdrawn_key
from matching.consent.policy import loaded_policy_of
from matching.models import AskedPair, AskedSide
from matching.querysets import AskedPairQuerySet
from mentorship.core.outbox.planned.planned_mail import PlannedMail, Source
from mentorship.core.own_links import OWN_LINK


def planned_mail_of_consent(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """The reminder of each side that has not answered, and what the other side is told if silence counts as a no."""
    pairs = _open_pairs(user).with_people()
    for pair in pairs.select_related("mentee__cohort__confirm_policy").order_by("pk"):
        cohort = pair.mentee.cohort
        policy = loaded_policy_of(cohort)
        sides = list(pair.sides.all())
        for side in sides:
            side.pair = pair
        silent = silent_at(sides) if policy.silence_declines else None
        for side in sides:
            if due_at := reminder_due_at(side, policy):
                yield _reminder(side, due_at)
            if silent and silent[1] != side and hears_of_the_end(side):
                yield _withdrawn(side, silent[0])


def planned_mail_to(enrollment: Enrollment, template: str, *, cohort: Cohort, **facts: Any) -> PlannedMail:
    """A planned mail to the people of an enrollment, with the place where its words are edited."""
    return PlannedMail(
        to=f"{enrollment.user}, {', '.join(dict.fromkeys(person.email for person in enrollment.people))}",
        scope=cohort.scope,
        workspace_id=cohort.workspace_id,
        words=template_link(cohort.programme, template, cohort),
        **facts,
    )


def _reminder(side: AskedSide, due_at: datetime) -> PlannedMail:
    return _of_side(
        side,
        "matching/asked_reminder",
        key=consent_reminder_key(side),
        at=due_at,
        until=side.answer_by,
        until_why="their time to answer is over",
        what=f"Reminder: a match with {side.other.user}?",
        why="They were asked and have not answered.",
    )


def _withdrawn(side: AskedSide, at: datetime) -> PlannedMail:
    return _of_side(
        side,
        "matching/asked_over",
        key=withdrawn_key(side),
        at=at,
        what=f"No match with {side.other.user}",
        why=f"{side.other.user} has time to answer until then; silence counts as a no.",
    )


def _of_side(side: AskedSide, template: str, **facts: Any) -> PlannedMail:
    return planned_mail_to(
        side.enrollment,
        template,
        cohort=side.pair.mentee.cohort,
        kind="question",
        url=side.pair.mentee.get_absolute_url(),
        mail=partial(_render, side, template),
        **facts,
    )


def _render(side: AskedSide, template: str, _at: datetime) -> tuple[str, str, str]:
    return consent_mail(side, template, link=OWN_LINK)


def _open_pairs(user: Any) -> AskedPairQuerySet:
    return AskedPair.objects.visible_to(user).filter(status__in=["open", "silent"])


def _rows(user: Any, now: datetime) -> Sequence[AskedPairQuerySet]:
    return [_open_pairs(user)]


QUESTIONS = Source(_rows, planned_mail_of_consent)
