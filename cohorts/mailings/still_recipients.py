"""Decide, when the messages of a mailing leave, whom they are still for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cohorts.enrollment.audience import NOT_IN_TEAM, WHY_NOT, enrollments_by_id
from cohorts.mailings.audience import Recipient
from cohorts.mailings.letters import letter_contexts
from cohorts.models import Enrollment, Mailing
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage

RULE = "mailing"


def to_recipient(mailing: Mailing, recipient: Recipient) -> dict[str, Any]:
    """The audience of one letter: the person, while their enrollments keep the status that the mailing addressed."""
    enrollments = [[enrollment.pk, enrollment.status] for enrollment in recipient.enrollments]
    return {"rule": RULE, "mailing": mailing.pk, "enrollments": enrollments, "user": recipient.user.pk}


def still_recipients(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The recipients who still have one of the addressed statuses in one of the enrollments. A few queries."""
    enrollments = enrollments_by_id(pk for message in messages for pk, _status in message.audience["enrollments"])
    mailings = Mailing.objects.select_related("cohort__programme").in_bulk([m.audience["mailing"] for m in messages])
    return {
        message.pk: _still(message.audience, enrollments, mailings.get(message.audience["mailing"]))
        for message in messages
    }


def _still(audience: Mapping[str, Any], found: Mapping[int, Enrollment], mailing: Mailing | None) -> StillFor:
    known = [(found[pk], status) for pk, status in audience["enrollments"] if pk in found]
    people = {person.pk: person for e, _status in known for person in e.people}
    person = people.get(audience["user"])
    if person is None:
        return StillFor(reason=f"Its reader is {NOT_IN_TEAM}.")
    theirs = [(e, status) for e, status in known if person in e.people]
    same = [e for e, status in theirs if e.status == status or {e.status, status} <= {*Enrollment.OCCUPYING_PLACE}]
    if not same:
        return StillFor(reason=f"{person} {WHY_NOT[Enrollment.Status(theirs[0][0].status)]}.")
    if mailing is None:
        return StillFor(people=[person.pk])

    def rewrite() -> Mapping[str, Any]:
        ((_, context),) = letter_contexts(mailing, [Recipient(person, same)])
        return context

    return StillFor(people=[person.pk], rewrite=rewrite)
