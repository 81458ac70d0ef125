"""The state of pairs that are asked first, for pages, and mentees who wait for a coordinator. Reads only."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils import timezone

from cohorts.models import Cohort, Programme
from cohorts.querysets import EnrollmentQuerySet
from matching.models import AskedPair, AskedSide, Match, MatchRun, RematchWish
from matching.querysets import AskedPairQuerySet, MatchQuerySet, WishQuerySet

# Status names for `pill`, by the status of an asked pair.
PILLS = {
    "open": "asked",
    "accepted": "accepted",
    "declined": "declined",
    "silent": "overdue",
    "taken_back": "cancelled",
    "matched": "matched",
}


@dataclass(frozen=True)
class ConsentState:
    """The state of the question about a pair. `pill` is the status for the tag of that name.

    `words` may hold the reason for a no, which not everybody may read; `short` is for narrow columns.
    """

    pk: int
    status: str
    pill: str
    words: str
    short: str
    until: datetime | None

    @property
    def is_yes(self) -> bool:
        return self.status in (AskedPair.Status.ACCEPTED, AskedPair.Status.MATCHED)

    @property
    def is_open(self) -> bool:
        return self.status in (AskedPair.Status.OPEN, AskedPair.Status.SILENT)


def consent_states(run: MatchRun, mentees: Collection[int] | None = None) -> dict[tuple[int, int], ConsentState]:
    """The newest question about each pair of the run's cohort, or of some mentees, by (mentee, mentor). Two queries."""
    pairs = AskedPair.objects.filter(mentee__cohort=run.cohort_id).prefetch_related("sides").order_by("pk")
    if mentees is not None:
        pairs = pairs.filter(mentee__in=mentees)
    programme = run.cohort.programme
    return {(pair.mentee_id, pair.mentor_id): consent_state_of(pair, programme) for pair in pairs}


def consent_state_of(pair: AskedPair, programme: Programme) -> ConsentState:
    """The state of a pair whose sides are loaded."""
    sides = list(pair.sides.all())
    waiting = [s for s in sides if s.status == AskedSide.Status.ASKED]
    return ConsentState(
        pk=pair.pk,
        status=pair.status,
        pill=PILLS[pair.status],
        words=_words(pair, sides, programme),
        short=_short(pair, sides),
        until=min((s.answer_by for s in waiting if s.answer_by), default=None),
    )


def _short(pair: AskedPair, sides: list[AskedSide]) -> str:
    yes = sum(s.status == AskedSide.Status.ACCEPTED for s in sides)
    if pair.status == AskedPair.Status.OPEN:
        return f"{yes} of {len(sides)} said yes" if yes else "asked"
    return "said yes" if pair.status == AskedPair.Status.ACCEPTED else pair.get_status_display()


def _words(pair: AskedPair, sides: list[AskedSide], programme: Programme) -> str:
    by = {status: [s for s in sides if s.status == status] for status in AskedSide.Status.values}
    names = {status: " and ".join(programme.label_of(s.side) for s in found) for status, found in by.items()}
    if pair.status == AskedPair.Status.OPEN:
        yes = f"{names['accepted']} said yes, " if by["accepted"] else ""
        return f"{yes}waiting for the {names['asked']}"
    if pair.status == AskedPair.Status.SILENT:
        return f"no answer from the {names['silent']}"
    if pair.status == AskedPair.Status.ACCEPTED:
        return f"{names['accepted']} said yes"
    if pair.status == AskedPair.Status.MATCHED:
        return f"{names['accepted']} said yes" if by["accepted"] else "confirmed without an answer"
    if by["declined"]:
        return f"{names['declined']} declined: {by['declined'][0].reason_in_words}"
    return "no answer in time" if pair.status == AskedPair.Status.DECLINED else pair.get_status_display()


@dataclass(frozen=True)
class ConsentCounts:
    """Numbers of asked pairs in a cohort; `reasons` for declining, the most frequent first."""

    asked: int
    accepted: int
    declined: int
    silent: int
    open: int
    reasons: list[tuple[str, int]]


def consent_counts(cohort: Cohort) -> ConsentCounts:
    """Counts for the matches page. One query."""
    declining = FilteredRelation("sides", condition=Q(sides__status="declined"))
    of_cohort = AskedPair.objects.filter(mentee__cohort=cohort).annotate(declining=declining).order_by()
    rows = list(of_cohort.values_list("pk", "status", "declining__pk", "declining__reason_kind"))
    count = Counter(status for status in {row[0]: row[1] for row in rows}.values() if status != "taken_back")
    said = [kind for _, _, side, kind in rows if side]
    reasons = Counter(AskedSide.Reason(kind).label for kind in said if kind)
    if unanswered := count["declined"] - len(said):
        reasons["No answer in time"] += unanswered
    return ConsentCounts(
        asked=sum(count.values()),
        accepted=count["accepted"] + count["matched"],
        declined=count["declined"],
        silent=count["silent"],
        open=count["open"],
        reasons=reasons.most_common(),
    )


@dataclass(frozen=True)
class MatchingTasks:
    """A coordinator's open decisions about pairs, as rows that Today counts; lists of pairs show them."""

    declined: EnrollmentQuerySet
    silent: AskedPairQuerySet
    said_yes: AskedPairQuerySet
    wishes: WishQuerySet
    left: EnrollmentQuerySet
    never_introduced: MatchQuerySet


def matching_tasks(cohort: Cohort) -> MatchingTasks:
    """For the home page: mentees back on the board, silent people, pairs waiting to be confirmed, and wishes."""
    of_cohort = AskedPair.objects.filter(mentee__cohort=cohort)
    return MatchingTasks(
        declined=mentees_with_declined_pair(cohort),
        silent=of_cohort.filter(status="silent"),
        said_yes=of_cohort.filter(status="accepted"),
        wishes=RematchWish.objects.open().filter(match__mentee__cohort=cohort),
        left=mentees_with_ended_match(cohort),
        never_introduced=Match.objects.filter(mentee__cohort=cohort).never_introduced(),
    )


def mentees_with_declined_pair(cohort: Cohort) -> EnrollmentQuerySet:
    """Accepted mentees with a declined pair and no match whom nobody is being asked about."""
    theirs = AskedPair.objects.filter(mentee=OuterRef("pk"))
    matched = Match.objects.occupying_place().filter(mentee=OuterRef("pk"))
    return _waiting(cohort).filter(
        Exists(theirs.filter(status="declined")), ~Exists(theirs.unsettled()), ~Exists(matched)
    )


def mentees_with_ended_match(cohort: Cohort) -> EnrollmentQuerySet:
    """Accepted mentees whose match in this cohort ended and who have no other one: back in the pool.

    Empty once the cohort is over, as its matches end with it.
    """
    theirs = Match.objects.filter(mentee=OuterRef("pk"), imported=False)
    ended = theirs.over()
    return _waiting(cohort).filter(Exists(ended), ~Exists(theirs.occupying_place()))


def _waiting(cohort: Cohort) -> EnrollmentQuerySet:
    """Accepted mentees, as long as the cohort still has time for them."""
    mentees: EnrollmentQuerySet = cohort.enrollments.mentees().filter(status="accepted")
    at_work = cohort.status in (Cohort.Status.ENROLLING, Cohort.Status.MATCHING, Cohort.Status.RUNNING)
    return mentees if at_work and timezone.localdate(timezone=cohort.tz) < cohort.ends_on else mentees.none()
