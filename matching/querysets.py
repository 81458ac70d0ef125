"""Every reusable read of runs and matches."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from mentorship.core.background.claimed_work import GIVE_UP_AFTER, ClaimedWorkQuerySet
from mentorship.core.querysets import WorkspaceQuerySet, found_by_any
from mentorship.core.ui.search import every_word

if TYPE_CHECKING:  # the models import this module
    from cohorts.models import Cohort
    from matching.models import (  # noqa: F401
        AskedPair,
        Confirmation,
        Match,
        MatchRun,
        MentorPause,
        RematchWish,
    )

# A hundred intros take some seconds.
STALLED_AFTER = timedelta(minutes=1)


class MatchRunQuerySet(WorkspaceQuerySet["MatchRun"], ClaimedWorkQuerySet["MatchRun"]):  # type: ignore[override]
    workspace_path = "cohort__programme__workspace"
    shown_with = ("cohort__programme",)

    def answered(self) -> "MatchRunQuerySet":
        """Runs that have a board."""
        return self.filter(status__in=self.model.ANSWERED)

    def stranded(self, now: datetime) -> "MatchRunQuerySet":
        """Runs that no worker computes, and those whose aims no worker compares. One query."""
        not_compared = self.filter(comparing_since__lt=now - GIVE_UP_AFTER)
        return (super().stranded(now) | not_compared).order_by("pk")


class MatchQuerySet(WorkspaceQuerySet["Match"]):
    workspace_path = "mentee__cohort__programme__workspace"

    def of_person(self, user: Any) -> "MatchQuerySet":
        """A person's own matches, as mentor, as mentee or in a team: those of which they know, until they end."""
        return self.ever_of_person(user).exclude(status__in=self.model.OVER)

    def ever_of_person(self, user: Any) -> "MatchQuerySet":
        """A person's matches with those that ended: people may always read their own words."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        return self._told(found_by_any(self, Q(mentor__user=user), Q(mentee__user=user), Q(mentee__members__user=user)))

    def ever_of_enrollments(self, ids: Collection[int]) -> "MatchQuerySet":
        """Like `ever_of_person`, for enrollments of a person and of their teams that have been read already.

        With a list of ids PostgreSQL begins at these, however many tables are read with the matches.
        """
        return self._told(self.filter(Q(mentor__in=ids) | Q(mentee__in=ids)))

    def _told(self, theirs: "MatchQuerySet") -> "MatchQuerySet":
        # While the intro is held back coordinators may undo the match, and nobody has been told.
        held = self.model._default_manager.held(timezone.now()).filter(pk=OuterRef("pk"))
        return theirs.exclude(Exists(held))

    def held(self, now: datetime) -> "MatchQuerySet":
        """Matches whose intro leaves later, on purpose: it was never tried."""
        return self.filter(status="introduced", intro__status="queued", intro__due_at__gt=now, intro__attempts=0)

    def told(self) -> "MatchQuerySet":
        """Matches whose people were introduced: the intro has left, may have, or is leaving; or it is history."""
        left = Q(intro__status__in=["sent", "sending"]) | Q(intro__maybe_duplicate=True) | ~Q(intro__delivered_to=[])
        return self.filter(Q(imported=True) | left)

    def undoable(self) -> "MatchQuerySet":
        """Matches whose intro has certainly reached nobody; `undo_matches` checks again."""
        return self.filter(
            status="introduced",
            imported=False,
            intro__status__in=["queued", "failed", "cancelled", "skipped"],
            intro__maybe_duplicate=False,
            intro__delivered_to=[],
        )

    def never_introduced(self) -> "MatchQuerySet":
        """Matches under way whose intro will not leave by itself and reached nobody: their people haven't been told."""
        return self.under_way().filter(
            imported=False,
            intro__status__in=["failed", "cancelled", "skipped"],
            intro__maybe_duplicate=False,
            intro__delivered_to=[],
        )

    def left_behind(self) -> "MatchQuerySet":
        """Matches under way although one of the two has left the cohort."""
        gone = ["withdrawn", "declined"]
        return self.under_way().filter(Q(mentee__status__in=gone) | Q(mentor__status__in=gone), imported=False)

    def under_way(self) -> "MatchQuerySet":
        """Matches under way: introduced or active."""
        return self.filter(status__in=self.model.UNDER_WAY)

    def over(self) -> "MatchQuerySet":
        """Matches that ended or got another mentor."""
        return self.filter(status__in=self.model.OVER)

    def occupying_place(self) -> "MatchQuerySet":
        """Matches that take one of the mentor's places: under way or graduated."""
        return self.filter(status__in=self.model.OCCUPYING_PLACE)

    def introduced(self) -> "MatchQuerySet":
        """Matches whose people know of each other: the introduction was sent, or they met elsewhere."""
        return self.filter(Q(intro__status="sent") | Q(imported=True))

    def places_of(self, cohort: "Cohort") -> Counter[int]:
        """How many places each enrollment of the cohort has taken, as mentor or as mentee."""
        pairs = self.occupying_place().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id")
        return Counter(pk for pair in pairs for pk in pair)

    def places_among(self, enrollments: Collection[int]) -> Counter[int]:
        """How many places each of these enrollments has taken, in whichever cohort. One query."""
        if not enrollments:
            return Counter()
        theirs = self.occupying_place().filter(Q(mentee__in=enrollments) | Q(mentor__in=enrollments))
        return Counter(pk for pair in theirs.values_list("mentee_id", "mentor_id") for pk in pair)

    def search(self, text: str) -> "MatchQuerySet":
        """Matches where every word of `text` is in a name, an address or the project."""
        mentee = ("mentee__title", "mentee__user__full_name", "mentee__user__email")
        return every_word(self, text, *mentee, "mentor__user__full_name", "mentor__user__email")

    def with_people(self) -> "MatchQuerySet":
        """With everything a list or a mail shows, in a constant number of queries."""
        return self.select_related(
            "mentor__user", "mentee__user", "mentee__cohort__programme", "intro"
        ).prefetch_related("mentee__members__user")


class AskedPairQuerySet(WorkspaceQuerySet["AskedPair"]):
    """Pairs whose people are asked before they are matched."""

    workspace_path = "mentee__cohort__programme__workspace"

    def unsettled(self) -> "AskedPairQuerySet":
        """Pairs that were neither declined nor withdrawn and are not matched yet."""
        return self.filter(status__in=self.model.UNSETTLED)

    def reserving(self) -> "AskedPairQuerySet":
        """Pairs whose people all said yes: a place of the mentor is kept for them."""
        return self.filter(status="accepted")

    def with_people(self) -> "AskedPairQuerySet":
        """With everything a list or a mail shows, in a constant number of queries."""
        return self.select_related("mentor__user", "mentee__user", "mentee__cohort__programme", "run").prefetch_related(
            "sides", "mentee__members__user"
        )

    def search(self, text: str) -> "AskedPairQuerySet":
        """Pairs where every word of `text` occurs in a name or the project."""
        return every_word(self, text, "mentee__title", "mentee__user__full_name", "mentor__user__full_name")


class PauseQuerySet(models.QuerySet["MentorPause"]):
    def open(self, cohort: "Cohort | None" = None) -> "PauseQuerySet":
        """Pauses that last, of a cohort or of all. One whose day has come is over, swept or not."""
        lasting = self.filter(ended_at=None)
        if cohort is None:
            return lasting
        today = timezone.localdate(timezone=cohort.tz)
        return lasting.filter(Q(until=None) | Q(until__gt=today), enrollment__cohort=cohort)


class WishQuerySet(models.QuerySet["RematchWish"]):
    def open(self) -> "WishQuerySet":
        """Unsettled wishes of matches under way."""
        return self.filter(settled_at=None, match__status__in=["introduced", "active"])


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def under_way(self) -> "ConfirmationQuerySet":
        """Confirmations that a worker is making, or will make."""
        return self.filter(status="going")

    def to_show(self, cohort: "Cohort") -> "Confirmation | None":
        """The newest of a cohort that is under way, or stopped while something is left to confirm."""
        newest = self.filter(run__cohort=cohort).select_related("run").first()
        if newest and (newest.status == "going" or (newest.status == "stopped" and newest.run.status == "ready")):
            return newest
        return None

    def stalled(self, now: datetime) -> "ConfirmationQuerySet":
        """Confirmations that no worker continues: their wake-up was lost, or the worker died."""
        return self.under_way().filter(moved_at__lt=now - STALLED_AFTER).order_by("pk")


class OfCohortQuerySet(WorkspaceQuerySet[Any]):
    """Speed mentoring events and goal groups: rows of one cohort, for its coordinators."""

    workspace_path = "cohort__programme__workspace"
    shown_with = ("cohort__programme",)
