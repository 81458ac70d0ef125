"""Decide, when a mail about an enrollment leaves, whom it is still for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from cohorts.models import Enrollment, TeamMember
from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage

RULE = "enrollment"
COHORT_RULE = "people of a cohort"
NOT_IN_TEAM = "no longer in the team"
# Everything that `still_enrolled` asks of an enrollment, and the names for its reasons.
_ASKED = (
    "status",
    "departure",
    "status_changes",
    "user__full_name",
    "user__preferred_name",
    "user__time_zone",
    "user__country",
)
WHY_NOT = {
    Enrollment.Status.APPLIED: "has no place at the moment",
    Enrollment.Status.ACCEPTED: "has a place by now",
    Enrollment.Status.WAITLISTED: "is on the waitlist",
    Enrollment.Status.DECLINED: "was declined",
    Enrollment.Status.WITHDRAWN: "has withdrawn",
    Enrollment.Status.COMPLETED: "has completed the cohort",
}


def to_people_of(
    enrollment: Enrollment, statuses: Sequence[str] = Enrollment.OCCUPYING_PLACE, *, change: int | None = None
) -> dict[str, Any]:
    """The audience of a mail to the people of an enrollment, as long as it has one of these statuses.

    With `change` the mail is about that change of status, and lapses with the next one.
    """
    return {"rule": RULE, "enrollment": enrollment.pk, "statuses": [str(s) for s in statuses], "change": change}


def still_enrolled(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The people of each enrollment who are in it now. Two queries."""
    ids = {message.audience["enrollment"] for message in messages}
    found = Enrollment.objects.select_related("user").only(*_ASKED).in_bulk(ids)
    people = {pk: [enrollment.user_id] for pk, enrollment in found.items()}
    for pk, user_id in TeamMember.objects.filter(enrollment__in=ids).values_list("enrollment", "user"):
        people[pk].append(user_id)
    return {
        message.pk: _still(message.audience, found.get(pk), people.get(pk, ()))
        for message in messages
        for pk in [message.audience["enrollment"]]
    }


def still_in_cohort(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The recipients of each message who take part in its cohort or run its programme.

    For mails without a more precise rule, such as those of an older version. Three queries.
    """
    wanted = {message.audience["cohort"] for message in messages}
    recipients = {pk for message in messages for pk in message.people.values()}
    taking_part = Enrollment.objects.filter(
        cohort__in=wanted, status__in=[*Enrollment.OPEN, Enrollment.Status.COMPLETED]
    )
    found = set(taking_part.filter(user__in=recipients).values_list("cohort", "user"))
    found |= set(taking_part.filter(members__user__in=recipients).values_list("cohort", "members__user"))
    team = WorkspaceRole.objects.filter(user__in=recipients, workspace__programme__cohorts__in=wanted)
    found |= set(team.values_list("workspace__programme__cohorts", "user"))
    return {
        message.pk: StillFor(people=[pk for pk in message.people.values() if (message.audience["cohort"], pk) in found])
        for message in messages
    }


def enrollments_by_id(ids: Iterable[int]) -> dict[int, Enrollment]:
    """Enrollments with their people and cohort."""
    rows = Enrollment.objects.select_related("user", "cohort__programme").prefetch_related("members__user")
    return rows.in_bulk(list(ids))


def why_not(enrollment: Enrollment | None, statuses: Sequence[str]) -> str:
    """Why the people of an enrollment no longer get a mail, as a sentence; "" if they do."""
    if enrollment is None:
        return "Their sign-up was deleted."
    if enrollment.status in statuses:
        return ""
    if enrollment.was_removed:
        return f"{enrollment.user} was removed."
    return f"{enrollment.user} {WHY_NOT[Enrollment.Status(enrollment.status)]}."


def _still(audience: Mapping[str, Any], enrollment: Enrollment | None, people: Collection[int]) -> StillFor:
    reason = why_not(enrollment, audience["statuses"])
    if reason or enrollment is None:
        return StillFor(reason=reason)
    if audience["change"] not in (None, enrollment.status_changes):
        return StillFor(reason=f"What was decided about {enrollment.user} has changed since.")
    return StillFor(people=people, gone=NOT_IN_TEAM)
