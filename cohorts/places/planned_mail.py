"""Mails about offers that are still to be written, for the list of planned mail."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from cohorts.enrollment.mails import DECISION_MAILS, PLACE_IS_FREE, decision_key, decision_mails
from cohorts.enrollment.seats import SeatCount, offer_deadline
from cohorts.mailings.links import template_link
from cohorts.models import Enrollment
from cohorts.places.mails import offer_mail
from cohorts.places.schedule import REMINDER, OfferStep, offer_steps
from cohorts.querysets import EnrollmentQuerySet
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.outbox.planned.planned_mail import PlannedMail, Source
from mentorship.core.own_links import OWN_LINK

ACCEPTED = Enrollment.Status.ACCEPTED


def planned_offer_mails(user: Any, now: datetime) -> Iterator[PlannedMail]:
    """For each open offer its reminder, its expiry, and the next offer. A constant number of queries."""
    offers = list(_with_person(_open_offers(user)).order_by("offer_expires_at", "pk"))
    for enrollment in offers:
        for step in offer_steps(enrollment):
            yield _planned_step(step)
    for enrollment, at in _next_offers(offers):
        yield _planned_mail(
            enrollment,
            DECISION_MAILS[ACCEPTED],
            decision_key(enrollment, enrollment.status_changes + 1),
            partial(_decision, enrollment),
            at=at,
            until=offer_deadline(enrollment.cohort, at),
            until_why="the offer is over",
            what="A place for them",
            why="They wait, and a place becomes free then unless it is taken before.",
        )


def _planned_step(step: OfferStep) -> PlannedMail:
    if step.name == REMINDER:
        what, until_why = "Reminder of the offer", "the offer is over"
        why = f"The offer for {step.enrollment.cohort} waits for an answer."
    else:
        what, until_why = "End of the offer", ""
        why = f"The place in {step.enrollment.cohort} is kept for them until then, and they have not answered."
    return _planned_mail(
        step.enrollment,
        step.template,
        step.key,
        partial(_offer_mail, step),
        at=step.at,
        until=step.until,
        until_why=until_why,
        what=what,
        why=why,
    )


def _next_offers(offers: Iterable[Enrollment]) -> Iterator[tuple[Enrollment, datetime]]:
    """The next person offered each lapsing place, and when, if nothing else changes: in the order of the waitlist."""
    ending = [e for e in offers if e.cohort.fill_from_waitlist and e.cohort.gives_places]
    cohorts = {enrollment.cohort_id for enrollment in ending}
    waiting: dict[tuple[int, str], list[Enrollment]] = defaultdict(list)
    people = _with_person(Enrollment.objects.filter(cohort__in=cohorts, status="waitlisted"))
    for one in people.order_by("waitlist_position", "pk"):
        waiting[one.cohort_id, one.role].append(one)
    seats = SeatCount(cohorts)
    for enrollment in ending:
        queue = waiting[enrollment.cohort_id, enrollment.role]
        seats.release(enrollment)
        following = next((one for one in queue if not seats.refusal(one)), None)
        if following is not None and enrollment.offer_expires_at is not None:
            queue.remove(following)
            seats.take(following)
            yield following, enrollment.offer_expires_at


def _planned_mail(enrollment: Enrollment, template: str, key: str, mail: Any, **facts: Any) -> PlannedMail:
    cohort = enrollment.cohort
    return PlannedMail(
        key=key,
        kind="decision",
        to=f"{enrollment.user}, {enrollment.user.email}",
        scope=cohort.scope,
        workspace_id=cohort.workspace_id,
        url=enrollment.get_absolute_url(),
        mail=mail,
        words=template_link(cohort.programme, template, cohort),
        **facts,
    )


def _offer_mail(step: OfferStep, _at: datetime) -> tuple[str, str, str]:
    return offer_mail(step, OWN_LINK)


def _decision(enrollment: Enrollment, _at: datetime) -> tuple[str, str, str]:
    mail, *_to_members = decision_mails(enrollments=[enrollment], to=ACCEPTED, message=PLACE_IS_FREE, link=OWN_LINK)
    return mail.subject, mail.text, mail.html


def _open_offers(user: Any) -> EnrollmentQuerySet:
    return Enrollment.objects.with_open_offer().filter(cohort__programme__workspace__in=workspaces_of(user))


def _with_person(found: EnrollmentQuerySet) -> EnrollmentQuerySet:
    return found.select_related("user", "cohort__programme", "group")


def _rows(user: Any, now: datetime) -> Sequence[EnrollmentQuerySet]:
    return [_open_offers(user)]


OFFERS = Source(_rows, planned_offer_mails)
