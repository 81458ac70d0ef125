"""Change a group after its introduction: join, leave, finish and reopen."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.enrollment.lead import check_answers_for
from cohorts.models import Enrollment
from matching.events.services import eligible_people
from matching.groups.services import MENTEE, MENTOR, free_group_places, group_mail_of, lock_groups_of, move_to_group
from matching.models import GoalGroup, GoalPlace
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.errors import ServiceError


def place_in_group(*, enrollment: Enrollment, to: GoalGroup | None, by: User) -> None:
    """Put somebody into a group, or with None remove them; an introduced group is told by a mail.

    Raises ServiceError as join_introduced_group, leave_group and move_to_group do.
    """
    if to is not None and to.confirmed:
        join_introduced_group(group=to, enrollment=enrollment, by=by)
    elif to is None and GoalPlace.objects.filter(enrollment=enrollment, group__intro__isnull=False).exists():
        leave_group(enrollment=enrollment, by=by)
    else:
        move_to_group(enrollment=enrollment, to=to, by=by)


@transaction.atomic
def join_introduced_group(*, group: GoalGroup, enrollment: Enrollment, by: User) -> GoalPlace:
    """Put somebody into a group that has been introduced; one mail tells everybody in it and the newcomer.

    Raises ServiceError if the group is over or full, or they are in a group.
    """
    cohort = lock_groups_of(enrollment.cohort)
    locked = cohort.goal_groups.get(pk=group.pk)
    _check_running(locked)
    if not eligible_people(cohort).filter(pk=enrollment.pk).exists():
        raise ServiceError(f"{enrollment.user} is not in the cohort any more.")
    before = GoalPlace.objects.filter(enrollment=enrollment).select_related("group").first()
    if before and before.group.confirmed:
        raise ServiceError(f"{enrollment.user} is in “{before.group}” already.")
    if locked.places.filter(enrollment__user=enrollment.user_id).exists():
        raise ServiceError(f"{enrollment.user} is in “{locked}” in another role.")
    if free_group_places(locked, enrollment) < 1:
        raise ServiceError(f"All places for {enrollment.get_role_display()}s in “{locked}” are taken.")
    if before:
        before.delete()
    place = GoalPlace.objects.create(group=locked, enrollment=enrollment, by_hand=True)
    mail = group_mail_of(locked, cohort)
    mail.send(
        "group_joined",
        key=f"group-joined:{locked.pk}:{place.pk}",
        why=f"{by} put {enrollment.user} into the group “{locked}” of {cohort}.",
        newcomer=_newcomer(enrollment),
    )
    record(verb=Verb.JOINED, target=enrollment, workspace_id=cohort.workspace_id, by=by, group=locked.pk)
    return place


@transaction.atomic
def leave_group(*, enrollment: Enrollment, by: User | None) -> None:
    """Remove somebody from their introduced group; one mail tells those who stay, and them if they are in the cohort.

    Does nothing if they are in none. Raises ServiceError if the group has finished.
    """
    cohort = lock_groups_of(enrollment.cohort)
    check_answers_for(enrollment, by)
    place = GoalPlace.objects.filter(enrollment=enrollment).select_related("group").first()
    if place is None or not place.group.confirmed:
        return
    _check_running(place.group)
    key = f"group-left:{place.group_id}:{place.pk}"
    place.delete()
    gone = Enrollment.objects.with_people().get(pk=enrollment.pk)
    group_mail_of(place.group, cohort).send(
        "group_left",
        key=key,
        why=f"{gone.user} left the group “{place.group}” of {cohort}.",
        also=[gone] if gone.occupies_place else [],
        reply_to=[cohort.programme.contact_email],
        leaver=str(gone.user),
    )
    record(verb=Verb.LEFT, target=enrollment, workspace_id=cohort.workspace_id, by=by, group=place.group_id)


def sweep_group_leavers(now: datetime) -> int:
    """Remove people who left the cohort from their goal groups, and tell introduced groups. Returns how many."""
    gone = GoalPlace.objects.filter(group__finished_at=None).exclude(enrollment__status__in=Enrollment.OCCUPYING_PLACE)
    gone = where_changed(gone, "group__cohort__programme__workspace")
    places = list(gone.select_related("enrollment__cohort", "group").order_by("pk"))
    for place in places:
        if place.group.confirmed:
            leave_group(enrollment=place.enrollment, by=None)
        else:
            place.delete()
    return len(places)


@transaction.atomic
def finish_group(*, group: GoalGroup, reached: bool, words: str, by: User) -> GoalGroup:
    """Finish a group and record whether it reached its goal; one mail thanks everybody in it. Idempotent.

    `words` go into the mail. Raises ServiceError for a group that was never introduced.
    """
    cohort = lock_groups_of(group.cohort)
    locked = GoalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if locked.finished_at:
        return locked
    if not locked.confirmed:
        raise ServiceError("This group was never introduced; take it away instead.")
    locked.finished_at, locked.reached = timezone.now(), reached
    locked.save(update_fields=["finished_at", "reached"])
    mail = group_mail_of(locked, cohort)
    if mail.to:
        mail.send(
            "group_finished",
            key=f"group-finished:{locked.pk}",
            words=words.strip(),
            why=f"{by} finished the group “{locked}” of {cohort}.",
        )
    record(verb=Verb.FINISHED, target=locked, workspace_id=cohort.workspace_id, by=by, reached=reached)
    return locked


@transaction.atomic
def reopen_group(*, group: GoalGroup, by: User) -> GoalGroup:
    """Reopen a group that was finished by mistake. Sends no mail."""
    cohort = lock_groups_of(group.cohort)
    locked = GoalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if locked.finished_at:
        locked.finished_at, locked.reached = None, None
        locked.save(update_fields=["finished_at", "reached"])
        record(verb=Verb.OPENED_AGAIN, target=locked, workspace_id=cohort.workspace_id, by=by)
    return locked


def groups_for_participant(user: User) -> list[dict[str, Any]]:
    """Return a person's groups, and the cohorts in which they may still choose some, for their home page.

    Each entry has the enrollment, its group (None while they may choose), and whether they have chosen.
    """
    own = list(
        Enrollment.objects.of_person(user)
        .occupying_place()
        .filter(role__in=(MENTOR, MENTEE), cohort__goal_groups__isnull=False)
        .select_related("cohort")
        .prefetch_related("goal_choices", "cohort__goal_groups")
        .distinct()
    )
    places = {p.enrollment_id: p.group for p in GoalPlace.objects.filter(enrollment__in=own).select_related("group")}
    found = []
    for enrollment in own:
        group = places.get(enrollment.pk)
        known = group if group and group.confirmed else None
        still = any(not g.confirmed for g in enrollment.cohort.goal_groups.all())
        if (known and not known.finished_at) or (known is None and still):
            chosen = bool(enrollment.goal_choices.all())
            found.append({"enrollment": enrollment, "group": known, "chosen": chosen})
    return found


def _newcomer(enrollment: Enrollment) -> str:
    mentee = Enrollment.objects.with_people().get(pk=enrollment.pk)
    return ", ".join(str(person) for person in mentee.people)


def _check_running(group: GoalGroup) -> None:
    if not group.confirmed:
        raise ServiceError(f"“{group}” was not introduced yet.")
    if group.finished_at:
        raise ServiceError(f"“{group}” is over.")
