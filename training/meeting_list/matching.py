"""Match the people of a meeting tool's list with those of a session. Pure: no database.

Only an address is a sure match. Names are proposed: a coordinator says who it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.attendance.candidates import Candidate
from training.meeting_list.names import likeness, name_key, name_keys
from training.meeting_list.presence import minutes_of_spans
from training.meeting_list.reader import ListedPerson

# How alike two names must be for a suggestion, and how many suggestions there are.
ALIKE, SUGGESTIONS = 0.72, 3


@dataclass(frozen=True)
class Proposal:
    """The candidates with the name of a row. `key` is that of the only one, "" if there are several or none."""

    key: str
    suggestions: Sequence[Candidate]


def rows_of_import(people: Iterable[ListedPerson], candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    """The listed people as rows of an AttendanceImport; `sure` and with a key if their address is somebody's."""
    # Somebody with several candidates, such as a seat of their own and one in a team, is matched with the first.
    by_email = {email.lower(): c.key for c in reversed(candidates) for email in c.emails}
    return [
        {
            "name": person.name,
            "email": person.email,
            "minutes": person.minutes,
            "spans": [list(span) for span in person.spans],
            "joins": person.joins,
            "key": by_email.get(person.email, "") if person.email else "",
            "sure": bool(person.email and person.email in by_email),
        }
        for person in people
    ]


def propose(row: Mapping[str, Any], candidates: Sequence[Candidate]) -> Proposal:
    """Candidates for a row without a known address: the one with that name, or others whose names are alike."""
    keys = name_keys(row["name"])
    same = [c for c in candidates if name_key(c.name) in keys]
    booked = [c for c in same if c.seat]
    people = {email for c in same for email in c.emails}
    if len(same) == 1 or (same and len(people) == 1):
        return Proposal((booked or same)[0].key, same)
    if same:
        return Proposal("", booked + [c for c in same if not c.seat])
    scored = [(likeness(row["name"], c.name), c.seat, c) for c in candidates]
    best = sorted((s for s in scored if s[0] >= ALIKE), key=lambda s: s[:2], reverse=True)
    return Proposal("", [c for *_, c in best[:SUGGESTIONS]])


def minutes_by_key(rows: Iterable[Mapping[str, Any]], most: int) -> dict[str, int | None]:
    """key → minutes of all rows that are this person: overlapping ones once, others added, at most `most`."""
    of_key: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["key"]:
            of_key.setdefault(row["key"], []).append(row)
    return {key: _together(found, most) for key, found in of_key.items()}


def _together(rows: Sequence[Mapping[str, Any]], most: int) -> int | None:
    if len(rows) == 1:
        return rows[0]["minutes"]
    known = [row["minutes"] for row in rows if row["minutes"] is not None]
    if not known:
        return None
    spans = [(start, end) for row in rows for start, end in row.get("spans", ())]
    by_clock = minutes_of_spans(spans)
    if all(row.get("spans") for row in rows if row["minutes"] is not None):
        return max(by_clock, *known)
    return min(sum(known), max(most, *known))
