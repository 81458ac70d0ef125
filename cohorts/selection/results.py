"""Read the results of a selection run, including manual changes."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from cohorts.models import Enrollment, SelectionRun
from cohorts.selection.algorithm import Applicant, Quota, SelectionResult

Entry = dict[str, Any]
Status = Enrollment.Status
BY_HAND = (Status.ACCEPTED, Status.WAITLISTED, Status.DECLINED)


def outcome_of(entry: Entry) -> str:
    """The outcome of an entry of a run, manual or by the rules."""
    return entry["by_hand"]["outcome"] if entry.get("by_hand") else entry["outcome"]


def track_of(entry: Entry) -> str | None:
    """The track of an entry of a run, manual or by the rules; None without a seat."""
    return entry["by_hand"]["track"] if entry.get("by_hand") else entry["track"]


def entries_with(run: SelectionRun, outcome: str) -> list[Entry]:
    """The entries of a run with an outcome, in the order of the selection."""
    return [e for e in run.result["applications"] if outcome_of(e) == outcome]


def track_totals(run: SelectionRun) -> list[dict[str, Any]]:
    """Seats and how many of them are taken, including manual changes."""
    taken = Counter(track_of(e) for e in entries_with(run, Status.ACCEPTED))
    return [{**track, "taken": taken[track["name"]]} for track in run.result["tracks"]]


def quota_totals(run: SelectionRun) -> list[dict[str, Any]]:
    """Quotas in which somebody counts, with the people in each, including manual changes; the fullest first."""
    taken = Counter(rule for e in entries_with(run, Status.ACCEPTED) for rule in e["quotas"])
    totals = [{**quota, "taken": taken[quota["rule"]]} for quota in run.result["quotas"]]
    return sorted(totals, key=lambda t: (t["taken"] < t["most"], -t["taken"], t["name"]))


def changes_of(run: SelectionRun) -> dict[str, list[int]]:
    """Applications that applying the run would change now, by outcome."""
    status = dict(run.cohort.enrollments.mentees().values_list("pk", "status"))  # type: ignore[attr-defined]
    found: dict[str, list[int]] = {outcome: [] for outcome in BY_HAND}
    for entry in run.result["applications"]:
        outcome, now = outcome_of(entry), status.get(entry["id"])
        if now in Enrollment.UNDECIDED and now != outcome:
            found[outcome].append(entry["id"])
    return found


def count_new_applications(run: SelectionRun) -> int:
    """The number of undecided applications that arrived after the run."""
    known = {e["id"] for e in run.result["applications"]}
    now = run.cohort.enrollments.mentees().undecided().values_list("pk", flat=True)  # type: ignore[attr-defined]
    return len(set(now) - known)


def run_as_json(result: SelectionResult, people: Iterable[Applicant], quotas: list[Quota]) -> dict[str, Any]:
    by_id = {a.id: a for a in people}
    rules: dict[str, dict[str, Any]] = {}
    applications = []
    for o in result.outcomes:
        a = by_id[o.id]
        counts = [(q, value) for q in quotas if (value := q.value_of(a.groups))]
        for quota, value in counts:
            name = f"{quota.attribute} {value}"
            rules[quota.words(value)] = {"rule": quota.words(value), "name": name, "most": quota.most}
        applications.append(
            {
                "id": o.id,
                "outcome": o.outcome,
                "track": o.track,
                "rank": o.rank,
                "waitlist": o.waitlist,
                "rule": o.rule,
                "reasons": list(o.reasons),
                "points": a.points,
                "kept": a.keeps is not None,
                "quotas": [quota.words(value) for quota, value in counts],
                "can": dict(a.availability),
            }
        )
    return {
        "applications": applications,
        "tracks": [{"name": t.name, "seats": t.most} for t in result.tracks],
        "quotas": list(rules.values()),
        "rules": [{"rule": e.rule, "let_in": list(e.let_in), "kept_out": list(e.kept_out)} for e in result.effects],
    }
