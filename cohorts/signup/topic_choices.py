"""Topic names that a sign-up form suggests."""

import re
from collections.abc import Sequence

from django.db.models import Count

from cohorts.models import Cohort, Topic
from cohorts.signup_form.topic_names import split_topics, topic_key


def suggested_topics(cohort: Cohort, most: int = 24) -> list[str]:
    """The cohort's own suggestions, then the most popular topics of the programme."""
    names = split_topics(cohort.suggested_topics)
    used = (
        Topic.objects.filter(programme=cohort.programme_id)
        .annotate(uses=Count("enrollments"))
        .filter(uses__gt=1)
        .order_by("-uses", "name")
        .values_list("name", flat=True)
    )
    known = {name.casefold() for name in names}
    names += [name for name in used[:most] if name.casefold() not in known]
    return kept_names(cohort.programme_id, names)[:most]


# A topic with fewer people could reveal who signed up.
SHARED_BY = 2


def kept_names(programme_id: int, names: Sequence[str]) -> list[str]:
    """Replace names of merged topics by the current name, each once."""
    merged = Topic.objects.filter(programme=programme_id, key__in=[topic_key(name) for name in names])
    kept = dict(merged.exclude(merged_into=None).values_list("key", "merged_into__name"))
    return list(dict.fromkeys(kept.get(topic_key(name), name) for name in names))


def names_to_offer(cohort: Cohort, typed: str, most: int = 12) -> list[str]:
    """Topic names that contain the typed text: first those with a word that begins with it, then by use.

    Only the cohort's suggestions and topics that several people chose: a rare topic could reveal who signed up. A
    merged topic appears under its current name.
    """
    key = topic_key(typed)
    if not key:
        return []
    suggested = kept_names(cohort.programme_id, split_topics(cohort.suggested_topics))
    found = [(topic_key(name), name, 0) for name in suggested if key in topic_key(name)]
    begins = re.compile(r"(?<!\w)" + re.escape(key))
    best: dict[str, tuple[bool, int, str]] = {}
    for name, shown, people in [*found, *_shared_topics(cohort.programme_id, key)]:
        place = (begins.search(name) is None, -people, shown)
        best[shown.casefold()] = min(place, best.get(shown.casefold(), place))
    return [shown for *_, shown in sorted(best.values())[:most]]


def _shared_topics(programme_id: int, key: str) -> list[tuple[str, str, int]]:
    """Keys that contain `key` with the name to show and the number of people, if that is several."""
    named = Topic.objects.filter(programme=programme_id, key__contains=key).select_related("merged_into")
    found = [(topic.key, topic.merged_into or topic) for topic in named]
    people = dict(
        Topic.objects.filter(pk__in={topic.pk for _, topic in found})
        .annotate(people=Count("enrollments__user", distinct=True))
        .filter(people__gte=SHARED_BY)
        .order_by()
        .values_list("pk", "people")
    )
    return [(name, topic.name, people[topic.pk]) for name, topic in found if topic.pk in people]
