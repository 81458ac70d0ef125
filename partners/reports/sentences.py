"""Sentences above charts, which say what the shown figures say and nothing more. Pure."""

from collections.abc import Collection, Sequence

from partners.disclosure.small_groups import CountRow
from partners.documents.formatting import number as number_text

Point = tuple[str, int]


def largest(rows: Sequence[CountRow], *, unnamed: Collection[str]) -> CountRow | None:
    """The largest row whose label names something; None without one that has people."""
    named = [row for row in rows if row[0] not in unnamed and row[1]]
    return max(named, key=lambda row: row[1]) if named else None


def share(number: int, rows: Sequence[CountRow], unit: str, predicate: str, *, at_least: bool = False) -> str:
    """Some of all people of a table: “18 of 30 mentees live in Africa”."""
    some = f"{'At least ' if at_least else ''}{number_text(number)}"
    return f"{some} of {number_text(sum(n for _, n in rows))} {unit} {predicate}"


def change(points: Sequence[Point], what: str, *, sign: str = "") -> str:
    """The first and the last point: “The share rose from 61% in Spring to 86% in Autumn”."""
    (first, before), (last, now) = points[0], points[-1]
    old, new = f"{number_text(before)}{sign}", f"{number_text(now)}{sign}"
    if now == before:
        return f"{what} was {new} in {last}, as in {first}"
    return f"{what} {'rose' if now > before else 'fell'} from {old} in {first} to {new} in {last}"


def outcome(stages: Sequence[Point], so_far: bool) -> str:
    """The result of a funnel in words: “38 of 44 accepted projects finished”."""
    known = dict(stages)
    if "Finished" in known and "Accepted" in known:
        done = "have finished so far" if so_far else "finished"
        return f"{number_text(known['Finished'])} of {number_text(known['Accepted'])} accepted projects {done}"
    if "With a mentor" in known and "Accepted" in known:
        return (
            f"{number_text(known['With a mentor'])} of {number_text(known['Accepted'])} accepted projects have a mentor"
        )
    return (
        f"{number_text(known['Accepted'])} of {number_text(known['Signed up'])} projects that signed up were accepted"
    )
