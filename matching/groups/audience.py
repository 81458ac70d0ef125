"""Decide, when the mails of a goal group leave, whom they are still for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cohorts.enrollment.audience import enrollments_by_id
from matching.groups.services import group_mail_of
from matching.models import GoalGroup
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage


def still_in_group(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The people who are in each group now. A few queries for each message: groups are few."""
    groups = GoalGroup.objects.select_related("cohort__programme").in_bulk([m.audience["group"] for m in messages])
    return {message.pk: _still(message.audience, groups.get(message.audience["group"])) for message in messages}


def _still(audience: Mapping[str, Any], group: GoalGroup | None) -> StillFor:
    if group is None:
        return StillFor(reason="The group was deleted.")
    mail = group_mail_of(group, group.cohort)
    also = list(enrollments_by_id(audience["also"]).values())
    if len(mail.members) < 2 and not also:
        return StillFor(reason=f"There are too few people left in the group “{group}”.")

    of = mail.addressing(also)
    return StillFor(
        people=[person.pk for person in of.people],
        gone="no longer in the group",
        lists={"to": of.to, "bcc": of.bcc},
        rewrite=lambda: {**mail.context, **audience["words"]},
    )
