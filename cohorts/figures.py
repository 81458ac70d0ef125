"""Figures of a cohort's sign-ups: one definition each, and the list that it counts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet


@dataclass(frozen=True)
class Figure:
    """A figure of sign-ups: its label, which statuses count (None: all), and the filter of the list of people."""

    label: str
    statuses: tuple[str, ...] | None
    query: str

    def rows(self, cohort: Cohort) -> EnrollmentQuerySet:
        """The sign-ups that the figure counts."""
        found = Enrollment.objects.filter(cohort=cohort)
        return found if self.statuses is None else found.filter(status__in=self.statuses)

    def of(self, prefix: str = "") -> Count:
        """The figure as an aggregate of enrollments, or of cohorts with the prefix "enrollments"."""
        counted = f"{prefix}__pk" if prefix else "pk"
        status = f"{prefix}__status__in" if prefix else "status__in"
        chosen = Q() if self.statuses is None else Q(**{status: self.statuses})
        return Count(counted, filter=chosen, distinct=True)

    def url(self, cohort: Cohort, role: str = "") -> str:
        """The list that the figure counts, of one role or of all."""
        query = "&".join(filter(None, [f"role={role}" if role else "", self.query]))
        return reverse("cohorts:people-list", args=[cohort.slug]) + (f"?{query}" if query else "")


# A team counts once. A sign-up is counted whatever was decided about it.
SIGNED_UP = Figure("Signed up", None, "")
TO_DECIDE = Figure("Awaiting a decision", (Enrollment.Status.APPLIED,), "status=applied")
ACCEPTED = Figure("Accepted", Enrollment.OCCUPYING_PLACE, "place=yes")
WAITLISTED = Figure("Waitlist", (Enrollment.Status.WAITLISTED,), "status=waitlisted")
SIGNUP_FIGURES = (SIGNED_UP, TO_DECIDE, ACCEPTED, WAITLISTED)


def count_figure(cohort: Cohort, figure: Figure, role: str = "") -> int:
    """One figure of a cohort, of one role or of all."""
    rows = figure.rows(cohort)
    return (rows.filter(role=role) if role else rows).count()


def figures_by_role(cohort: Cohort) -> list[dict[str, Any]]:
    """For each role of the cohort, mentees first, its label and (figure, number, address). One query."""
    names = {f"figure_{n}": figure for n, figure in enumerate(SIGNUP_FIGURES)}
    counted: Any = Enrollment.objects.filter(cohort=cohort).values("role").order_by()
    counted = counted.annotate(**{name: figure.of() for name, figure in names.items()})
    return [
        {
            "label": cohort.programme.label_of(row["role"]),
            "figures": [(figure, row[name], figure.url(cohort, row["role"])) for name, figure in names.items()],
        }
        for row in sorted(counted, key=lambda row: (row["role"] != "mentee", row["role"]))
    ]
