"""Vectors of the sign-ups of a cohort: computed as they arrive, and looked up by runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import F, Max, OuterRef, Q, Subquery

from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet
from matching.engine.history import CohortHistory, read_history
from matching.engine.input import profile_of
from matching.meaning.model import is_installed
from matching.meaning.services import Meanings, meanings_of
from matching.models import CohortReading
from matching.profiles import MatchProfile
from matching.scoring.factors import Meaning
from matching.texts.meaning_similarity import own_words, texts_of

TO_BE_MATCHED = (Cohort.Status.ENROLLING, Cohort.Status.MATCHING)
# Sign-ups that one sweep reads, which takes a few seconds; the next sweep continues.
MOST = 100


def meanings_of_people(
    enrollments: Sequence[Enrollment],
    profiles: Sequence[MatchProfile],
    known: CohortHistory,
    weights: Mapping[str, float] | None = None,
) -> Meanings:
    """Look up the meaning of people's texts, unless it has no weight."""
    if weights is not None and not weights.get(Meaning.name):
        return Meanings()
    texts: dict[str, int | None] = {}
    for enrollment, profile in zip(enrollments, profiles, strict=True):
        texts |= {text: known.source.get(text) for text in texts_of(profile)}
        if own := own_words(profile):
            texts[own] = enrollment.pk
    return meanings_of(texts)


def sweep_meanings(now: datetime) -> int:
    """Read new and changed sign-ups of open cohorts. Returns how many; runs read what is left."""
    if not is_installed():
        return 0
    done = 0
    for cohort in _cohorts_to_read():
        if done < MOST:
            done += _read_some(cohort, MOST - done)
    return done


def _cohorts_to_read() -> Sequence[Cohort]:
    last = _people().filter(cohort=OuterRef("pk")).order_by().values("cohort").annotate(at=Max("updated_at"))
    cohorts = Cohort.objects.filter(status__in=TO_BE_MATCHED).annotate(last_change=Subquery(last.values("at")))
    due = cohorts.filter(last_change__isnull=False).filter(
        Q(reading=None) | Q(reading__until=None) | Q(reading__until__lt=F("last_change"))
    )
    return list(due.select_related("programme").order_by("pk"))


def _read_some(cohort: Cohort, most: int) -> int:
    """Read the next sign-ups of a cohort, the earliest change first. 0 if another worker reads them."""
    reading, _ = CohortReading.objects.get_or_create(cohort=cohort)
    there = _people().filter(cohort=cohort).with_people()
    if reading.until:
        there = there.filter(updated_at__gt=reading.until)
    some = list(there.order_by("updated_at", "pk")[:most])
    if not some:
        return 0
    # Sign-ups of the same moment are read together, since the mark is a moment.
    until = some[-1].updated_at
    some += there.filter(updated_at=until).exclude(pk__in=[e.pk for e in some])
    if not CohortReading.objects.filter(pk=reading.pk, until=reading.until).update(until=until):
        return 0
    known = read_history(
        cohort,
        [e for e in some if e.role == Enrollment.Role.MENTEE],
        [e for e in some if e.role == Enrollment.Role.MENTOR],
    )
    meanings_of_people(some, [profile_of(e, cohort, known) for e in some], known)
    return len(some)


def _people() -> EnrollmentQuerySet:
    return Enrollment.objects.open().filter(role__in=Enrollment.MATCHED_ROLES)
