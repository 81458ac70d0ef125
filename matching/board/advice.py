"""Changes that would help, how objectives compare, and the rules of a run, ready to be shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from cohorts.models import Cohort, Enrollment
from matching.models import MatchRun
from matching.policy.choices import OBJECTIVES
from matching.policy.forms import describe_rules
from matching.policy.services import settings_of
from matching.profiles import listed
from mentorship.core.text import join_names

FEW = 2  # mentees named beside a change that would match them
NAMED = 5  # people named in a note; any others are only counted


@dataclass(frozen=True)
class Advice:
    """A change that would match more people; `query` opens the settings with it filled in, "" for a new mentor."""

    words: str
    matched: int
    query: str
    who: str  # the mentees who would have a mentor, where they are few
    is_saved: bool  # a setting that was changed since, for the next run


def advice_of(run: MatchRun, waiting: Collection[int]) -> list[Advice]:
    """List changes that help mentees who are still `waiting`, the best first."""
    changes = []
    for found in run.findings.get("what_ifs", []):
        helped = [pk for pk in found["mentees"] if pk in waiting] if "mentees" in found else None
        if helped is None or helped:  # earlier versions only counted them
            matched = found["matched"] if helped is None else len(helped)
            changes.append({**found, "mentees": helped or [], "matched": matched})
    changes.sort(key=lambda found: -found["matched"])
    few = {pk for found in changes if len(found["mentees"]) <= FEW for pk in found["mentees"]}
    now = settings_of(run.cohort) if changes else {}
    people = Enrollment.objects.select_related("user").in_bulk(few) if few else {}
    return [
        Advice(
            f"{found['change'][0].upper()}{found['change'][1:]}",
            found["matched"],
            _query(found["setting"]),
            join_names([str(people[pk]) for pk in found["mentees"] if pk in people]),
            bool(found["setting"]) and all(now.get(name) == value for name, value in found["setting"].items()),
        )
        for found in changes
    ]


def _query(setting: dict[str, Any]) -> str:
    """A setting as a query of the policy page, where a switch that is off has no value."""
    return urlencode({name: "" if value is False else value for name, value in setting.items()})


def goals_of(run: MatchRun) -> list[dict[str, Any]]:
    """Return a row for each objective with its result; the run's own is marked."""
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
    """Describe the objective and the rules of a run in words, and what it could not compare."""
    found = run.findings
    return {
        "goal": run.cohort.programme.own_words(OBJECTIVES.get(found.get("objective", "total"), "")),
        "rules": describe_rules(found.get("rules", {}), bool(found.get("common_language", True)), run.cohort.programme),
        "notes": _notes(run),
    }


def _notes(run: MatchRun) -> list[str]:
    """Say what could not be compared, and why."""
    towns, nobody = run.findings.get("unplaced", []), run.findings.get("named_nobody", [])
    more = [f"{len(towns) - NAMED} more"] if len(towns) > NAMED else []
    where = (
        f"We don’t know where these towns are, so people there only count as near to others in the same town: "
        f"{listed([*towns[:NAMED], *more])}. Add them to the programme’s towns."
    )
    asked = (
        f"Asked by name for somebody who isn’t in this cohort, or whose name several people share: {_named(nobody)}."
    )
    return [
        *_notes_on_meaning(run),
        *filter(None, [run.findings.get("idle", "")]),
        *([where] if towns else []),
        *([asked] if nobody else []),
    ]


def _named(ids: list[int]) -> str:
    """A few people by name, and the number of the others."""
    named = [str(e) for e in Enrollment.objects.filter(pk__in=ids[:NAMED]).with_people().order_by("role", "pk")]
    return listed([*named, *([f"{len(ids) - NAMED} more"] if len(ids) > NAMED else [])])


def _notes_on_meaning(run: MatchRun) -> list[str]:
    """Say whose words could not be compared by their meaning, and why."""
    found = run.findings
    if found.get("missing_model"):
        return [
            f"{found['missing_model']} What people wrote was compared by words alone. Tell the operator of this "
            "installation."
        ]
    unread = found.get("unread", [])
    if not unread:
        return []
    return [f"Compared by words alone, because the sentence model reads only English: {_named(unread)}."]


def policy_url(cohort: Cohort, query: str = "", **more: Any) -> str:
    query = "&".join(filter(None, [query, urlencode(more)]))
    return reverse("matching:policy-edit", args=[cohort.slug]) + (f"?{query}" if query else "")
