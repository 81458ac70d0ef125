"""Merge, rename and tell apart the topics of a programme."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from cohorts.models import Enrollment, Programme, Topic, TopicMerge
from cohorts.signup_form.topic_names import topic_key
from cohorts.topics.similarity import SimilarTopics, find_similar_topics
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.text import clean_name

# Key in TopicMerge.before, beside the topics: earlier merges into them, with their targets.
LED_TO = "led_to"


def topics_with_counts(programme: Programme) -> QuerySet[Topic, Any]:
    """Unmerged topics with the number of their people by role, and their other names."""

    def people(condition: Q | None = None) -> Count:
        return Count("enrollments__user", distinct=True, filter=condition)

    return (
        Topic.objects.filter(programme=programme, merged_into=None)
        .annotate(
            mentors=people(Q(enrollments__role="mentor")),
            mentees=people(Q(enrollments__role="mentee")),
            others=people(~Q(enrollments__role__in=Enrollment.MATCHED_ROLES)),
            people=people(),
        )
        .prefetch_related("merged")
    )


def suggest_merges(programme: Programme) -> list[SimilarTopics]:
    """Topics that are probably the same, without those marked as different."""
    topics = Topic.objects.filter(programme=programme, merged_into=None)
    people = topics.annotate(people=Count("enrollments__user", distinct=True)).order_by()
    return find_similar_topics(people.values_list("pk", "name", "people"), apart=_told_apart(programme))


@transaction.atomic
def merge_topics(
    *, programme: Programme, keep: Topic, others: Iterable[Topic], by: User, different: Iterable[Topic] = ()
) -> TopicMerge:
    """Merge topics into one. Enrollments with any of them get the kept one, once.

    `different` are remembered as not the same as the kept one. Raises ServiceError if there is nothing to merge, or one
    of them is merged or elsewhere.
    """
    ids = {topic.pk for topic in others} - {keep.pk}
    if not ids:
        raise ServiceError("Choose at least two topics to merge.")
    _lock(programme, {keep.pk, *ids})
    had = _enrollments_of({keep.pk, *ids})
    led_to = dict(Topic.objects.filter(merged_into__in=ids).values_list("pk", "merged_into_id"))
    _give(keep.pk, {pk for topic_id in ids for pk in had[topic_id]})
    _links().filter(topic_id__in=ids).delete()
    Topic.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).update(merged_into=keep)
    before = {str(pk): enrollments for pk, enrollments in had.items()}
    merge = TopicMerge.objects.create(
        programme=programme, kept=keep, before={**before, LED_TO: {str(pk): to for pk, to in led_to.items()}}, by=by
    )
    record(
        verb=Verb.MERGED, target=keep, workspace_id=programme.workspace_id, by=by, topics=sorted(ids), merge=merge.pk
    )
    for other in different:
        if other != keep:
            mark_topics_as_different(programme=programme, topics=[keep, other], by=by)
    return merge


@transaction.atomic
def undo_merge(*, merge: TopicMerge, by: User) -> TopicMerge:
    """Undo a merge. Later changes by people stay.

    Raises ServiceError if it is undone already, or a later merge has to be undone first.
    """
    Topic.objects.select_for_update().get(pk=merge.kept_id)  # so that nobody merges it meanwhile
    locked = TopicMerge.objects.select_for_update(of=("self",)).select_related("programme", "kept").get(pk=merge.pk)
    _check_undo(locked)
    had = {int(pk): enrollments for pk, enrollments in locked.before.items() if pk != LED_TO}
    kept_had = set(had.pop(locked.kept_id))
    have = set(_links().filter(topic_id=locked.kept_id).values_list("enrollment_id", flat=True))
    for topic_id, enrollments in had.items():
        _give(topic_id, have & set(enrollments))
    came = {pk for enrollments in had.values() for pk in enrollments} - kept_had
    _links().filter(topic_id=locked.kept_id, enrollment_id__in=came).delete()
    Topic.objects.filter(pk__in=had, merged_into=locked.kept_id).update(merged_into=None)
    for topic_id, led_to in locked.before.get(LED_TO, {}).items():
        Topic.objects.filter(pk=topic_id, merged_into=locked.kept_id).update(merged_into=led_to)
    locked.undone_at = timezone.now()
    locked.save(update_fields=["undone_at"])
    workspace_id = locked.programme.workspace_id
    record(
        verb=Verb.TOOK_APART, target=locked.kept, workspace_id=workspace_id, by=by, topics=sorted(had), merge=locked.pk
    )
    return locked


@transaction.atomic
def rename_topic(*, topic: Topic, name: str, by: User) -> Topic:
    """Rename a topic. Both the old and the new name lead to it when typed.

    Raises ServiceError if the name is empty, or belongs to another topic.
    """
    name = clean_name(name)[:120]
    key = topic_key(name)
    if not key:
        raise ServiceError("Write a name with at least one letter or digit.")
    locked = Topic.objects.select_for_update(of=("self",)).select_related("programme").get(pk=topic.pk)
    if locked.merged_into_id is not None:
        raise ServiceError(f"“{locked}” is merged into another topic; rename that one.")
    same = Topic.objects.filter(programme=locked.programme, key=key).select_related("merged_into").first()
    if same is None:
        Topic.objects.create(programme=locked.programme, key=key, name=name, merged_into=locked)
    elif (same.merged_into or same) != locked:
        raise ServiceError(f"“{same.merged_into or same}” has this name already. Merge the two instead.")
    before, locked.name = locked.name, name
    locked.save(update_fields=["name"])
    workspace_id = locked.programme.workspace_id
    record(verb=Verb.RENAMED, target=locked, workspace_id=workspace_id, by=by, before=before, after=name)
    return locked


@transaction.atomic
def mark_topics_as_different(*, programme: Programme, topics: Iterable[Topic], by: User) -> None:
    """Remember that these topics differ, so that they are not suggested as the same again."""
    topics = list(topics)
    for topic in topics:
        topic.different_from.add(*(other for other in topics if other != topic))
    ids = sorted(topic.pk for topic in topics)
    record(verb=Verb.TOLD_TOPICS_APART, target=programme, workspace_id=programme.workspace_id, by=by, topics=ids)


def merges_with_names(merges: Iterable[TopicMerge]) -> list[tuple[TopicMerge, list[str], int]]:
    """Each merge with the names that were merged into the kept topic, and how many sign-ups had them."""
    merges = list(merges)
    went = {merge.pk: [int(pk) for pk in merge.before if pk not in (LED_TO, str(merge.kept_id))] for merge in merges}
    names = dict(Topic.objects.filter(pk__in={pk for ids in went.values() for pk in ids}).values_list("pk", "name"))
    return [
        (
            merge,
            [names[pk] for pk in went[merge.pk] if pk in names],
            len({said for pk in went[merge.pk] for said in merge.before[str(pk)]}),
        )
        for merge in merges
    ]


def _lock(programme: Programme, ids: set[int]) -> None:
    """Lock these topics of the programme. Raises ServiceError if one is gone, merged or in another programme."""
    locked = Topic.objects.select_for_update(of=("self",)).filter(programme=programme, pk__in=ids).order_by("pk")
    standing = [topic.pk for topic in locked if topic.merged_into_id is None]
    if len(standing) != len(ids):
        raise ServiceError("One of these topics was merged in the meantime. Look at the list again.")


def _check_undo(merge: TopicMerge) -> None:
    if merge.undone_at is not None:
        raise ServiceError("This merge is undone already.")
    if merge.kept.merged_into_id is not None:
        raise ServiceError(f"“{merge.kept}” was merged into “{merge.kept.merged_into}” since. Undo that merge first.")
    later = TopicMerge.objects.filter(kept=merge.kept, undone_at=None, pk__gt=merge.pk)
    if later.exists():
        raise ServiceError(f"More was merged into “{merge.kept}” since. Undo the latest merge first.")


def _told_apart(programme: Programme) -> set[frozenset[int]]:
    """Pairs of ids that somebody marked as different."""
    pairs = Topic.different_from.through._default_manager.filter(from_topic__programme=programme)
    return {frozenset(pair) for pair in pairs.values_list("from_topic", "to_topic")}


def _links() -> QuerySet[Any]:
    """The rows that link enrollments to topics."""
    return Enrollment.topics.through._default_manager.all()


def _enrollments_of(topic_ids: set[int]) -> dict[int, list[int]]:
    had: dict[int, list[int]] = {pk: [] for pk in sorted(topic_ids)}
    links = _links().filter(topic_id__in=topic_ids).order_by("enrollment_id")
    for topic_id, enrollment_id in links.values_list("topic_id", "enrollment_id"):
        had[topic_id].append(enrollment_id)
    return had


def _give(topic_id: int, enrollments: set[int]) -> None:
    """Add the topic to these enrollments, if they don't have it yet."""
    link = Enrollment.topics.through
    rows = [link(topic_id=topic_id, enrollment_id=pk) for pk in sorted(enrollments)]
    link._default_manager.bulk_create(rows, ignore_conflicts=True)
