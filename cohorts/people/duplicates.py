"""Find, merge and separate people who signed up twice."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any

from django.db import transaction
from django.db.models import PROTECT, ManyToOneRel, Q, QuerySet

from cohorts.models import DifferentPeople, Enrollment, Programme, TeamMember
from cohorts.people.merge_mails import ask_before_merge, tell_of_merge, tell_of_undone_merge
from cohorts.people.name_matching import PersonProfile, evidence, merge_obstacle, same_name_pairs
from mentorship.core.accounts.models import PersonMerge, User, WorkspaceRole
from mentorship.core.accounts.people.merging import MergeError, agree_to_merge, merge_people, undo_merge_people
from mentorship.core.accounts.people.services import has_proven_address
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


@dataclass(frozen=True)
class DuplicatePair:
    """Two people who may be the same person, with the evidence, and the obstacle to merging them, if any.

    By default the first one is kept: the one who signed in, otherwise the one who did more.
    """

    first: PersonProfile
    second: PersonProfile
    for_it: list[str]
    against: list[str]
    refusal: str = ""

    @property
    def both(self) -> tuple[PersonProfile, PersonProfile]:
        return (self.first, self.second)


def people_of_programme(programme: Programme, *, active: bool = True) -> QuerySet[User]:
    """The people who signed up for the programme, alone or in a team; by default without merged accounts."""
    leads = Enrollment.objects.filter(cohort__programme=programme).values("user_id")
    members = TeamMember.objects.filter(enrollment__cohort__programme=programme).values("user_id")
    people = User.objects.filter(Q(pk__in=leads) | Q(pk__in=members))
    return people.filter(is_active=True) if active else people


def likely_duplicates(programme: Programme, by: User) -> list[DuplicatePair]:
    """Pairs of people with the same name, likeliest first, without those that somebody marked as different."""
    apart = _told_apart(programme)
    names = people_of_programme(programme).order_by("pk").values_list("pk", "full_name")
    alike = [(pair, sure) for pair, sure in same_name_pairs(names) if frozenset(pair) not in apart]
    seen = _seen({pk for pair, _ in alike for pk in pair}, programme)
    beyond = people_out_of_reach(seen, by)
    pairs = []
    for (a, b), sure in alike:
        pair = _pair(seen[a], seen[b])
        # A single name, or a name with an initial, is not enough evidence.
        if sure or (pair.for_it and not pair.against):
            refusal = pair.refusal or next((_beyond(seen[pk].user) for pk in (a, b) if pk in beyond), "")
            pairs.append(replace(pair, refusal=refusal))
    return sorted(pairs, key=lambda pair: (bool(pair.refusal), 2 * len(pair.against) - len(pair.for_it)))


def merges_of(programme: Programme) -> QuerySet[PersonMerge]:
    """The merges of people of this programme, the latest first."""
    people = people_of_programme(programme, active=False).values("pk")
    merges = PersonMerge.objects.filter(Q(kept__in=people) | Q(merged__in=people))
    return merges.select_related("kept", "merged", "by")


@transaction.atomic
def merge_duplicates(
    *, programme: Programme, keep: User, other: User, by: User, agreed: bool = False
) -> PersonMerge | None:
    """Merge two people of a programme and tell both; returns None if the other person has to agree first.

    People's texts in an account that they use are theirs: they move only once the person has `agreed`, or if an
    operator merges. Coordinators may merge only people all of whose programmes they coordinate. Raises ServiceError.
    """
    ids = {keep.pk, other.pk}
    # A simultaneous sign-up waits for this lock, so that the rights can't change after the check.
    list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    if people_of_programme(programme).filter(pk__in=ids).count() != 2:
        raise ServiceError("Choose two people of this programme. One of them may have been merged in the meantime.")
    seen = _seen(ids)
    if beyond := people_out_of_reach(ids, by):
        raise ServiceError(_beyond(seen[min(beyond)].user))
    refusal = _pair(seen[keep.pk], seen[other.pk]).refusal
    if refusal or _are_matched(keep, other):
        raise ServiceError(refusal or f"{keep} and {other} are matched with each other, so they are two people.")
    workspace_id, address = programme.workspace_id, other.email
    if not (agreed or by.is_superuser) and has_proven_address(other):
        ask_before_merge(programme=programme, keep=keep, other=other, by=by)
        record(verb=Verb.ASKED_TO_MERGE, target=keep, workspace_id=workspace_id, by=by, person=other.pk)
        return None
    try:
        merge = merge_people(keep=keep, other=other, by=by)
    except MergeError as error:
        raise ServiceError(str(error)) from error
    tell_of_merge(programme=programme, merge=merge, address=address)
    record(verb=Verb.MERGED, target=keep, workspace_id=workspace_id, by=by, person=other.pk, merge=merge.pk)
    return merge


def programme_of_merge(merge: PersonMerge) -> Programme | None:
    """The programme whose wording is used in mails to both sides; None if they are no longer in any."""
    people = [merge.kept_id, merge.merged_id]
    found = Enrollment.objects.filter(Q(user__in=people) | Q(members__user__in=people)).order_by("-pk")
    last = found.select_related("cohort__programme").first()
    return last.cohort.programme if last else None


@transaction.atomic
def answer_merge(*, programme: Programme, merge: PersonMerge) -> list[str]:
    """The kept person agrees: the other addresses sign them in. Returns addresses still to be proven; idempotent."""
    is_first = merge.agreed_at is None
    try:
        unproven = agree_to_merge(merge=merge)
    except MergeError as error:
        raise ServiceError(str(error)) from error
    if is_first:
        record(
            verb=Verb.AGREED_TO_MERGE,
            target=merge.kept,
            workspace_id=programme.workspace_id,
            by=merge.kept,
            merge=merge.pk,
        )
    return unproven


@transaction.atomic
def undo_merge_duplicates(*, programme: Programme, merge: PersonMerge, by: User | None) -> None:
    """Undo a merge: each person gets their own rows back. `by` is None for the person who was kept.

    Raises ServiceError.
    """
    list(User.objects.select_for_update().filter(pk=merge.kept_id))
    if by is not None and people_out_of_reach({merge.kept_id}, by):
        raise ServiceError(_beyond(merge.kept))
    try:
        undo_merge_people(merge=merge, by=by)
    except MergeError as error:
        raise ServiceError(str(error)) from error
    tell_of_undone_merge(programme=programme, merge=merge)
    workspace_id = programme.workspace_id
    record(
        verb=Verb.TOOK_APART,
        target=merge.kept,
        workspace_id=workspace_id,
        by=by,
        person=merge.merged_id,
        merge=merge.pk,
    )


@transaction.atomic
def mark_people_as_different(*, programme: Programme, people: Iterable[User], by: User | None) -> None:
    """Remember that these are different people, so that they are not suggested as duplicates again."""
    ids = sorted(person.pk for person in people)
    DifferentPeople.objects.bulk_create(
        [DifferentPeople(programme=programme, first_id=a, second_id=b) for a, b in combinations(ids, 2)],
        ignore_conflicts=True,
    )
    record(verb=Verb.TOLD_PEOPLE_APART, target=programme, workspace_id=programme.workspace_id, by=by, people=ids)


def _pair(a: PersonProfile, b: PersonProfile) -> DuplicatePair:
    first, second = sorted((a, b), key=lambda s: (s.user.last_login is None, -len(s.enrollments), s.user.pk))
    between = merge_obstacle(first, second)
    for_it, against = evidence(first, second)
    refusal = f"{between}, so they can't be merged." if between else ""
    return DuplicatePair(first, second, for_it, [between, *against] if between else against, refusal)


def _seen(ids: set[int], programme: Programme | None = None) -> dict[int, PersonProfile]:
    """Profiles of people who signed up, in one programme or in all. Three queries."""
    enrollments = Enrollment.objects.filter(user__in=ids)
    teams = TeamMember.objects.filter(user__in=ids)
    if programme is not None:
        enrollments = enrollments.filter(cohort__programme=programme)
        teams = teams.filter(enrollment__cohort__programme=programme)
    seen: dict[int, PersonProfile] = {}
    related = enrollments.select_related("user", "cohort__programme").prefetch_related("topics")
    for enrollment in related.order_by("pk"):
        seen.setdefault(enrollment.user_id, PersonProfile(enrollment.user)).enrollments.append(enrollment)
    for member in teams.select_related("user", "enrollment__cohort__programme").order_by("pk"):
        seen.setdefault(member.user_id, PersonProfile(member.user)).joined.append(member.enrollment)
    return seen


def people_out_of_reach(ids: Iterable[int], by: User) -> set[int]:
    """Ids of people with a part in something that `by` does not coordinate, or rights that `by` can't give.

    The owner of one address can sign in as the merged person, and sees everything that they see.
    """
    if by.is_superuser:
        return set()
    people = User.objects.filter(pk__in=list(ids)).order_by()
    mine = workspaces_of(by, editing=True)
    owned = WorkspaceRole.objects.filter(user=by, role=WorkspaceRole.Role.OWNER).values("workspace_id")
    contacts = User._meta.get_field("partner_contacts").related_model
    elsewhere: list[QuerySet[Any]] = [
        Enrollment.objects.exclude(cohort__programme__workspace__in=mine),
        TeamMember.objects.exclude(enrollment__cohort__programme__workspace__in=mine),
        WorkspaceRole.objects.exclude(workspace__in=owned),
        contacts._default_manager.exclude(partner__workspace__in=mine),
    ]
    beyond = people.filter(Q(is_staff=True) | Q(is_superuser=True)).values_list("pk", flat=True)
    rows = [one.filter(user__in=people).order_by().values_list("user_id", flat=True) for one in elsewhere]
    return set(beyond.union(*rows))


def _beyond(person: User) -> str:
    return f"{person} has a part or rights in something that you don't coordinate. Only an operator can merge them."


def _are_matched(a: User, b: User) -> bool:
    """Whether a protected row, such as a match, links enrollments of the two people."""
    ends = defaultdict(list)
    for relation in Enrollment._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.on_delete is PROTECT:
            ends[relation.related_model].append(relation.field.name)
    return any(
        model._base_manager.filter(**{f"{one}__user": a, f"{two}__user": b}).exists()
        for model, names in ends.items()
        for one, two in permutations(names, 2)
    )


def _told_apart(programme: Programme) -> set[frozenset[int]]:
    pairs = DifferentPeople.objects.filter(programme=programme).values_list("first_id", "second_id")
    return {frozenset(pair) for pair in pairs}
