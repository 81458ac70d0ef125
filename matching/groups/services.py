"""Create goal groups, record people's choices, fill the groups and introduce them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction

from cohorts.bulk_actions.services import BulkKind
from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.lead import check_answers_for
from cohorts.models import Cohort, Enrollment
from cohorts.sharing.addressing import team_lists
from matching.events.services import eligible_people
from matching.groups.algorithm import GroupAssignment, GroupGap, GroupToFill, fill_groups, group_gaps
from matching.groups.links import CHOICE_LINK
from matching.groups.mails import GroupMail
from matching.models import GoalChoice, GoalGroup, GoalPlace
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.send_mail import send_mail, written_keys

# What the filling of groups reads of people.
FILLED_BY = ("cohort", "role", "user")
MENTOR, MENTEE = Enrollment.Role.MENTOR, Enrollment.Role.MENTEE


@dataclass(frozen=True)
class GroupsState:
    """The groups of a cohort with people, places and choices, loaded in a constant number of queries."""

    groups: list[GoalGroup]
    people: dict[int, Enrollment]
    places: dict[int, GoalPlace]
    choices: dict[int, list[int]]

    def in_group(self, group: GoalGroup, role: str) -> list[Enrollment]:
        """The people of a group in a role."""
        placed = (self.people[pk] for pk, place in self.places.items() if place.group_id == group.pk)
        return [e for e in placed if e.role == role]

    @property
    def unplaced(self) -> list[Enrollment]:
        """People who have chosen but have no group."""
        return [e for pk, e in self.people.items() if pk in self.choices and pk not in self.places]

    @property
    def silent(self) -> int:
        """The number of people with neither choices nor a group."""
        return sum(pk not in self.choices and pk not in self.places for pk in self.people)

    def groups_with_room(self, enrollment: Enrollment) -> list[GoalGroup]:
        """Groups with room for somebody, their choices first; includes introduced groups."""
        chosen = {pk: rank for rank, pk in enumerate(self.choices.get(enrollment.pk, []))}
        role = enrollment.role
        free = [g for g in self.groups if not g.finished_at and self.taken[g.pk, role] < g.places_for(role)]
        return sorted(free, key=lambda group: chosen.get(group.pk, len(chosen)))

    @cached_property
    def taken(self) -> Counter[tuple[int, str]]:
        """The number of people in each group by role."""
        return Counter((place.group_id, self.people[pk].role) for pk, place in self.places.items())

    def chosen_by(self, role: str) -> dict[int, list[int]]:
        """The choices of the people in a role."""
        return {pk: wish for pk, wish in self.choices.items() if self.people[pk].role == role}

    def goals(self, *, keep_all: bool) -> list[GroupToFill]:
        """The groups to fill, with the people who stay; with `keep_all` that is everybody."""
        kept: dict[tuple[int, str], list[int]] = {}
        for pk, place in self.places.items():
            if keep_all or place.by_hand or place.group.confirmed:
                kept.setdefault((place.group_id, self.people[pk].role), []).append(pk)
        return [
            GroupToFill(
                key=group.pk,
                mentor_places=group.mentor_places,
                mentee_places=group.mentee_places,
                mentors=tuple(kept.get((group.pk, MENTOR), ())),
                mentees=tuple(kept.get((group.pk, MENTEE), ())),
                closed=group.confirmed,
            )
            for group in self.groups
        ]

    def own(self) -> dict[int, int]:
        """Maps the mentee enrollment of people in both roles to their mentor enrollment."""
        mentor_of = {e.user_id: pk for pk, e in self.people.items() if e.role == MENTOR}
        return {
            pk: mentor_of[e.user_id] for pk, e in self.people.items() if e.role == MENTEE and e.user_id in mentor_of
        }

    def weaknesses(self) -> list[GroupGap]:
        """The gaps of each group; before anybody is placed, those after filling."""
        mentees = self.chosen_by(MENTEE)
        if not self.places:
            filled = fill_groups(self.goals(keep_all=True), self.chosen_by(MENTOR), mentees, self.own())
        else:
            at = {pk: place.group_id for pk, place in self.places.items()}
            filled = GroupAssignment(
                {pk: key for pk, key in at.items() if self.people[pk].role == MENTOR},
                {pk: key for pk, key in at.items() if self.people[pk].role == MENTEE},
                [e.pk for e in self.unplaced],
            )
        return group_gaps(self.goals(keep_all=True), filled, mentees)


def read_groups_state(cohort: Cohort, groups: Sequence[GoalGroup] | None = None, *, named: bool = True) -> GroupsState:
    """Read the groups of a cohort, unless they are given, with all its mentors and mentees.

    Unless `named` only what the groups are filled by is read of people: there may be thousands.
    """
    eligible = eligible_people(cohort)
    in_order = eligible.select_related("user").order_by("user__full_name", "pk") if named else eligible.only(*FILLED_BY)
    people = {e.pk: e for e in in_order}
    choices: dict[int, list[int]] = {}
    for pk, group in (
        GoalChoice.objects.filter(group__cohort=cohort, enrollment__in=people)
        .order_by("enrollment_id", "rank")
        .values_list("enrollment_id", "group_id")
    ):
        choices.setdefault(pk, []).append(group)
    places = GoalPlace.objects.filter(group__cohort=cohort, enrollment__in=people).select_related("group")
    at = {place.enrollment_id: place for place in places}
    # In the order of the people, which is alphabetical.
    groups = list(cohort.goal_groups.all()) if groups is None else list(groups)
    return GroupsState(groups, people, {pk: at[pk] for pk in people if pk in at}, choices)


@transaction.atomic
def save_goal_group(
    *, cohort: Cohort, by: User, fields: Mapping[str, Any], group: GoalGroup | None = None
) -> GoalGroup:
    """Create or edit a group. Raises ServiceError if it has been introduced."""
    lock_groups_of(cohort)
    if group and GoalGroup.objects.get(pk=group.pk).confirmed:
        raise ServiceError("This group knows each other already; what it read can't be changed.")
    saved = group or GoalGroup(cohort=cohort)
    for name, value in fields.items():
        setattr(saved, name, value)
    saved.save()
    record(verb=Verb.CHANGED if group else Verb.ADDED, target=saved, workspace_id=cohort.workspace_id, by=by)
    return saved


@transaction.atomic
def delete_goal_group(*, group: GoalGroup, by: User) -> None:
    """Delete a group with its choices. Raises ServiceError if it has been introduced."""
    lock_groups_of(group.cohort)
    if GoalGroup.objects.get(pk=group.pk).confirmed:
        raise ServiceError("This group was introduced; it stays.")
    record(verb=Verb.TOOK_AWAY, target=group, workspace_id=group.cohort.workspace_id, by=by, name=group.name)
    delete_row(group)


@transaction.atomic
def choose_groups(*, enrollment: Enrollment, group_ids: Sequence[int], by: User | None) -> None:
    """Save somebody's choice of groups, first choice first, replacing an earlier one.

    Raises ServiceError if they are in a group or not in the cohort, or if one of the groups is closed.
    """
    cohort = lock_groups_of(enrollment.cohort)
    check_answers_for(enrollment, by)
    if not eligible_people(cohort).filter(pk=enrollment.pk).exists():
        raise ServiceError("Only those who are in the cohort can choose.")
    if GoalPlace.objects.filter(enrollment=enrollment, group__intro__isnull=False).exists():
        raise ServiceError("You are in a group already. Write to us if you would like to change.")
    wanted = list(dict.fromkeys(group_ids))
    open_ids = set(cohort.goal_groups.filter(intro=None).values_list("pk", flat=True))
    if set(wanted) - open_ids:
        raise ServiceError("One of these groups is closed by now. Choose again.")
    GoalChoice.objects.filter(enrollment=enrollment).delete()
    GoalChoice.objects.bulk_create(
        GoalChoice(group_id=pk, enrollment=enrollment, rank=rank) for rank, pk in enumerate(wanted, 1)
    )
    record(verb=Verb.CHOSE_GROUPS, target=enrollment, workspace_id=cohort.workspace_id, by=by, number=len(wanted))


@transaction.atomic
def fill_goal_groups(*, cohort: Cohort, by: User) -> GroupsState:
    """Fill the groups by everybody's choices. People who were placed by hand or introduced stay."""
    lock_groups_of(cohort)
    state = read_groups_state(cohort)
    filled = fill_groups(state.goals(keep_all=False), state.chosen_by(MENTOR), state.chosen_by(MENTEE), state.own())
    GoalPlace.objects.filter(group__cohort=cohort, group__intro=None, by_hand=False).delete()
    kept = set(GoalPlace.objects.filter(group__cohort=cohort).values_list("enrollment_id", flat=True))
    everybody = filled.mentors | filled.mentees
    GoalPlace.objects.bulk_create(
        GoalPlace(group_id=key, enrollment_id=pk) for pk, key in sorted(everybody.items()) if pk not in kept
    )
    record(verb=Verb.FILLED_THE_GROUPS, target=cohort, workspace_id=cohort.workspace_id, by=by, placed=len(everybody))
    return read_groups_state(cohort)


@transaction.atomic
def move_to_group(*, enrollment: Enrollment, to: GoalGroup | None, by: User) -> None:
    """Move somebody to another group by hand, or with None out of any, so that filling may place them again.

    Raises ServiceError if the group is full or introduced, or they were introduced in theirs.
    """
    cohort = lock_groups_of(enrollment.cohort)
    place = GoalPlace.objects.filter(enrollment=enrollment).select_related("group").first()
    if place and place.group.confirmed:
        raise ServiceError(f"{enrollment.user} knows their group already.")
    if not eligible_people(cohort).filter(pk=enrollment.pk).exists():
        raise ServiceError(f"{enrollment.user} is not in the cohort any more.")
    if to is None:
        GoalPlace.objects.filter(enrollment=enrollment).delete()
    else:
        group = cohort.goal_groups.get(pk=to.pk)
        if group.confirmed:
            raise ServiceError(f"“{group}” was introduced already.")
        if group.places.filter(enrollment__user=enrollment.user_id).exclude(enrollment=enrollment).exists():
            raise ServiceError(f"{enrollment.user} is in “{group}” in another role.")
        if free_group_places(group, enrollment) < 1:
            places = group.places_for(enrollment.role)
            raise ServiceError(f"All {places} places for {enrollment.get_role_display()}s in “{group}” are taken.")
        GoalPlace.objects.update_or_create(enrollment=enrollment, defaults={"group": group, "by_hand": True})
    record(verb=Verb.MOVED, target=enrollment, workspace_id=cohort.workspace_id, by=by, to=to.name if to else "")


@transaction.atomic
def introduce_group(*, group: GoalGroup, by: User) -> GoalGroup:
    """Close the group and introduce its people to each other in one mail. Idempotent.

    Raises ServiceError if it has no mentor or no mentee.
    """
    cohort = lock_groups_of(group.cohort)
    locked = GoalGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if locked.confirmed:
        return locked
    cohort.refuse_after_end()
    mail = group_mail_of(locked, cohort)
    if not mail.mentors or not mail.mentees:
        raise ServiceError(
            f"“{locked}” needs at least one {cohort.programme.mentor_label} and one {cohort.programme.mentee_label}."
        )
    why = f"{by} confirmed the group “{locked}” of {cohort}."
    locked.intro = mail.send("group_intro", kind="intro", key=f"group-intro:{locked.pk}", why=why)
    locked.save(update_fields=["intro"])
    record(verb=Verb.INTRODUCED, target=locked, workspace_id=cohort.workspace_id, by=by, people=len(mail.to))
    return locked


def group_mail_of(group: GoalGroup, cohort: Cohort) -> GroupMail:
    """Return the mail to the people who are in the group now, also after the cohort is completed."""
    people = list(
        cohort.enrollments.occupying_place()
        .filter(goal_place__group=group)
        .select_related("user")
        .prefetch_related("members__user")
        .order_by("user__full_name", "pk")
    )
    return GroupMail(group, cohort, [e for e in people if e.role == MENTOR], [e for e in people if e.role == MENTEE])


def people_to_ask(cohort: Cohort) -> dict[str, Enrollment]:
    """People who have neither chosen a group nor a place in one, and were not asked: by the key of the mail."""
    silent = eligible_people(cohort).filter(goal_choices=None, goal_place=None).with_people().order_by("pk")  # type: ignore[attr-defined]
    keys = {f"group-choice:{cohort.pk}:{e.pk}": e for e in silent}
    written = written_keys(keys)
    return {key: e for key, e in keys.items() if key not in written}


@transaction.atomic
def invite_to_choose_groups(*, cohort: Cohort, by: User, only: Collection[int] | None = None) -> int:
    """Mail the link to choose to everybody who has not chosen, or `only` these, once each. Returns how many mails."""
    locked = lock_groups_of(cohort)
    groups = list(locked.goal_groups.filter(intro=None))
    if not groups:
        raise ServiceError("Name the goals first.")
    new = {key: e for key, e in people_to_ask(locked).items() if only is None or e.pk in only}
    sender = locked.sender
    for key, enrollment in new.items():
        context = {
            "person": enrollment.user,
            "cohort": locked,
            "programme": locked.programme,
            "groups": ", ".join(map(str, groups)),
            "link": CHOICE_LINK.url(enrollment.pk),
        }
        send_mail(
            "matching/group_choice",
            context,
            sender=sender,
            kind="group-choice",
            key=key,
            why=f"{by} asked the cohort to choose groups.",
            **team_lists(enrollment.people, [enrollment], locked.programme.contact_email),
            audience=to_people_of(enrollment),
        )
    record(verb=Verb.ASKED_FOR_GROUPS, target=locked, workspace_id=locked.workspace_id, by=by, mails=len(new))
    return len(new)


def free_group_places(group: GoalGroup, enrollment: Enrollment) -> int:
    """Count the free places in the group for this enrollment's role, not counting their own place as taken."""
    places = group.places_for(enrollment.role)
    others = group.places.filter(enrollment__role=enrollment.role, enrollment__status="accepted")
    return places - others.exclude(enrollment=enrollment).count()


def lock_groups_of(cohort: Cohort) -> Cohort:
    """Lock the cohort, since places are counted across its groups."""
    return Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)


GROUP_QUESTIONS = BulkKind(
    "Asking people to choose a group",
    lambda action, ids, by: invite_to_choose_groups(cohort=action.cohort, by=by, only=ids),
    lambda action: f"{action.number} email{'' if action.number == 1 else 's'} in the outbox.",
)
