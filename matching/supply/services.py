"""Compute, keep and read what mentors a cohort lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from cohorts.figures import ACCEPTED, count_figure
from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet
from matching.models import MatchRun, MatchSupply
from matching.policy.services import rules_of
from matching.supply import shortage_text
from mentorship.core.background.sweep_scope import where_changed
from mentorship.core.background.wake_up import wake_up

COUNTS = (Enrollment.Status.APPLIED, Enrollment.Status.ACCEPTED, Enrollment.Status.WAITLISTED)
OPEN = (Cohort.Status.ENROLLING, Cohort.Status.MATCHING)
# Often enough that a page is never far behind, and seldom enough to cost little: a round of 500 takes seconds.
AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class SupplySummary:
    """Numbers of accepted people, and the shortages computed last."""

    mentees: int  # accepted
    mentors: int
    counted: MatchSupply | None
    run: MatchRun | None  # a later run that found what is lacking for the people it matched
    is_stale: bool  # people came or left since
    shortages: list[tuple[str, list[dict[str, Any]]]]
    link: str
    sought: str
    is_due: bool  # nothing is computed yet, but there are people


def supply_summary(cohort: Cohort) -> SupplySummary:
    """Read the summary for a page. A few small queries; computes nothing."""
    kept = MatchSupply.objects.filter(cohort=cohort).first()
    run = _run_since(cohort, kept)
    lacking = run.findings.get("shortages", []) if run else kept.shortages if kept else []
    return SupplySummary(
        mentees=count_figure(cohort, ACCEPTED, "mentee"),
        mentors=count_figure(cohort, ACCEPTED, "mentor"),
        counted=kept,
        run=run,
        is_stale=kept is not None and (kept.mentees, kept.mentors) != _numbers_there(cohort),
        shortages=shortage_text.shortages_by_kind(lacking),
        link=shortage_text.recruiting_link(cohort, lacking) if cohort.accepts_signups() else "",
        sought=shortage_text.sought_of(lacking),
        is_due=kept is None and run is None and _people_there(cohort).exists(),
    )


def _run_since(cohort: Cohort, kept: MatchSupply | None) -> MatchRun | None:
    """The newest run, if it found later what is lacking: the board shows that, and leads to this page."""
    run = cohort.match_runs.filter(status__in=MatchRun.ANSWERED, finished_at__isnull=False).order_by("-number").first()
    return run if run and not (kept and run.finished_at and kept.computed_at >= run.finished_at) else None


def _people_there(cohort: Cohort) -> EnrollmentQuerySet:
    """Enrollments that could be matched, decided about or not."""
    found: EnrollmentQuerySet = cohort.enrollments.filter(  # type: ignore[attr-defined]
        status__in=COUNTS, role__in=Enrollment.MATCHED_ROLES, held_back=None
    )
    return found


def _numbers_there(cohort: Cohort) -> tuple[int, int]:
    roles = dict(_people_there(cohort).order_by().values_list("role").annotate(Count("pk")))
    return roles.get("mentee", 0), roles.get("mentor", 0)


def ask_for_supply(cohort: Cohort) -> None:
    """Queue the computation; if the broker is away, the sweep does it."""
    from matching.tasks import work_out_supply  # noqa: PLC0415 circular by design: the task calls this module

    MatchSupply.objects.filter(cohort=cohort).update(computed_at=F("computed_at") - AGAIN_AFTER)
    wake_up(work_out_supply, cohort.pk)


def work_supply(cohort: Cohort) -> MatchSupply:
    """Compute which mentors are lacking for everybody who signed up so far. For the worker: loads slow libraries."""
    from matching.engine.history import read_history  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.input import profile_of  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs
    from matching.engine.shortages import shortages  # noqa: PLC0415 slow library: numpy and OR-Tools, which only the worker needs

    now = timezone.now()
    there = list(_people_there(cohort).with_people().order_by("pk"))
    mentees = [e for e in there if e.role == Enrollment.Role.MENTEE]
    mentors = [e for e in there if e.role == Enrollment.Role.MENTOR]
    known = read_history(cohort, mentees, mentors)
    found = shortages(
        [profile_of(e, cohort, known) for e in mentees],
        [profile_of(e, cohort, known) for e in mentors],
        [e.mentors_wanted for e in mentees],
        [e.capacity for e in mentors],
        least_hours=float(rules_of(cohort)[0]["least_hours"]),
    )
    supply, _ = MatchSupply.objects.update_or_create(
        cohort=cohort,
        defaults={
            "mentees": len(mentees),
            "mentors": len(mentors),
            "shortages": [{"kind": s.kind, "name": s.name, "places": s.places} for s in found],
            "computed_at": now,
        },
    )
    return supply


def sweep_supply(now: datetime) -> int:
    """Compute shortages of every cohort with new or changed sign-ups. Returns how many."""
    people = Enrollment.objects.filter(cohort=OuterRef("pk"))
    changed = people.filter(updated_at__gt=OuterRef("match_supply__computed_at"))
    due = Cohort.objects.filter(
        Q(Exists(people), match_supply=None) | Q(Exists(changed), match_supply__computed_at__lte=now - AGAIN_AFTER),
        status__in=OPEN,
    )
    due = where_changed(due, "programme__workspace")
    done = 0
    for cohort in due.select_related("programme").order_by("pk"):
        work_supply(cohort)
        done += 1
    return done
