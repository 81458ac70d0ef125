"""The list of applications to review: its rows, tabs, filter, order and export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cohorts.models import Cohort, Enrollment, Review
from cohorts.review.access import is_on_team, readable_by, reviewable_by, search_applications, shown_name
from cohorts.review.summary import ReviewSummary, summaries_of
from mentorship.core.accounts.models import User

TODO, DONE, CONFLICT = "todo", "done", "conflict"
TABS = {"": "All", TODO: "To review", DONE: "Reviewed by me", CONFLICT: "My conflicts"}
# A filter for the team. Mentors don't see it.
SHOWN = {"": "In review", "disagree": "Reviewers disagree", "none": "No review yet", "all": "Decided ones, too"}
HEAD = ("id", "application", "status", "reviews", "mean", "yes", "unsure", "no", "would mentor", "disagreement")


@dataclass(frozen=True)
class ReviewRow:
    """An application in the list. `state` is the reader's: to review, reviewed, in conflict or none."""

    pk: int
    name: str
    signed: datetime
    status: str
    state: str
    summary: ReviewSummary

    def is_in_tab(self, tab: str) -> bool:
        """Whether the row is in a tab; hidden ones have a tab of their own."""
        return self.state == tab if tab in (TODO, DONE, CONFLICT) else self.state != CONFLICT

    def is_shown(self, shown: str) -> bool:
        """Whether the team's filter includes it."""
        if shown == "all":
            return True
        if self.status not in Enrollment.UNDECIDED:
            return False
        return {"disagree": self.summary.disagreement, "none": not self.summary.reviews}.get(shown, True)


def review_rows(user: User, cohort: Cohort, text: str) -> list[ReviewRow]:
    """All rows that match a search, including those in conflict. A constant number of queries."""
    summaries = summaries_of(cohort) if is_on_team(user, cohort) else {}
    own = Review.objects.filter(reviewer=user, enrollment__cohort=cohort, conflict=False)
    done = set(own.values_list("enrollment_id", flat=True))
    to_review = set(reviewable_by(user, cohort).values_list("pk", flat=True))
    rows = []
    for in_conflict in (False, True):
        found = search_applications(readable_by(user, cohort, in_conflict=in_conflict), text)
        for e in found.select_related("user"):
            state = CONFLICT if in_conflict else DONE if e.pk in done else TODO if e.pk in to_review else ""
            summary = summaries.get(e.pk, ReviewSummary())
            rows.append(ReviewRow(e.pk, shown_name(e), e.created_at, e.status, state, summary))
    return rows


def sort_rows(rows: Sequence[ReviewRow], sort: str, *, team: bool) -> list[ReviewRow]:
    """Sort by a column, by default the oldest first. Only the team can sort by the reviews' results."""
    oldest_first = sorted(rows, key=lambda row: (row.signed, row.pk))
    keys: dict[str, Any] = {"name": lambda row: row.name.casefold(), "signed": lambda row: row.signed}
    if team:
        keys["reviews"] = lambda row: row.summary.reviews
        keys["mean"] = lambda row: -1 if row.summary.mean is None else row.summary.mean
    key = keys.get(sort.removeprefix("-"))
    return sorted(oldest_first, key=key, reverse=sort.startswith("-")) if key else oldest_first


def export_rows(rows: Sequence[ReviewRow]) -> Iterator[tuple[Any, ...]]:
    """The rows as a table below HEAD."""
    for row in rows:
        s = row.summary
        mean = "" if s.mean is None else f"{s.mean:.2f}"
        counts = [s.reviews, mean, s.yes, s.unsure, s.no, "; ".join(s.preferences), "yes" if s.disagreement else ""]
        yield (row.pk, row.name, row.status, *counts)
