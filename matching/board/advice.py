"""Changes that would help, how objectives compare, and the rules of a run, ready to be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from cohorts.models import Cohort
from matching.models import MatchRun
from matching.policy.choices import OBJECTIVES
from matching.policy.forms import describe_rules

# How the engine words a change of the rules, and what it means on the policy page.
CHANGES: tuple[tuple[str, str], ...] = (
    (r"relax the shared hours from .+ to (\d+)$", "least_hours={}"),
    (r"ask for no shared hours$", "least_hours=0"),
    (r"allow pairs without a language in common$", "require_common_language="),
    (r"allow the same employer$", "other_employer="),
    (r"allow pairs who were together before$", "former=ignore"),
    (r"let mentors who should rest go on$", "rest_after=0"),
    (r"lower the minimum score from .+ to ([\d.]+)$", "least_score={}"),
    (r"allow (\d+) instead of \d+ of: first-time mentees a mentor$", "most_first_timers={}"),
    (r"allow (\d+) instead of \d+ of: first-time mentors for a mentee who is new$", "most_new_mentors={}"),
    (r"allow (\d+) instead of \d+ of: .+ a mentor$", "most_of_group={}"),
)


@dataclass(frozen=True)
class Advice:
    """One change that would match more people; `query` opens the policy page with it filled in, "" for a new mentor."""

    words: str
    matched: int
    query: str


def advice_of(run: MatchRun) -> list[Advice]:
    """What would help, the best first."""
    return [
        Advice(f"{found['change'][0].upper()}{found['change'][1:]}", found["matched"], _query(found["change"]))
        for found in run.findings.get("what_ifs", [])
    ]


def _query(change: str) -> str:
    for pattern, query in CHANGES:
        if hit := re.match(pattern, change):
            return query.format(*hit.groups())
    return ""


def aims_of(run: MatchRun) -> list[dict[str, Any]]:
    """What each aim would have given, a row each; the one the run went by is marked."""
    compared = run.findings.get("comparison", {})
    return [
        {
            "name": name,
            "label": label.partition(":")[0],
            "used": name == run.findings.get("objective"),
            **compared[name],
        }
        for name, label in OBJECTIVES.items()
        if name in compared
    ]


def rules_of_run(run: MatchRun) -> dict[str, Any]:
    """The aim and the rules of a run, in words."""
    found = run.findings
    return {
        "aim": OBJECTIVES.get(found.get("objective", "total"), ""),
        "rules": describe_rules(found.get("rules", {}), bool(found.get("common_language", True))),
    }


def policy_url(cohort: Cohort, query: str = "", **more: Any) -> str:
    query = "&".join(filter(None, [query, urlencode(more)]))
    return reverse("matching:weights", args=[cohort.slug]) + (f"?{query}" if query else "")
