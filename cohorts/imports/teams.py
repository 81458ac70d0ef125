"""Find the rows of one team in a sheet with one row for each person. Writes nothing.

Nobody joins a team, and no team becomes several applications, unless it is clear: rows with the same project title and
different people are joined if the id is the same as well, or if they are one team in the cohort already. Otherwise a
coordinator is asked: until they answer, people with one title alone are separate applications, and rows with one id
alone are left out.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from cohorts.enrollment.upsert import EnrollmentInput
from cohorts.imports.rows import ImportRow
from cohorts.models import Enrollment
from cohorts.people.columns import COLUMN_LABELS
from mentorship.core.reference_data import country_name
from mentorship.core.text import join_names

# The choices for rows with the same project, and the key of a decision for all of them.
ONE_TEAM, SEPARATE = "team", "separate"
FOR_ALL = "all"
ABOUT_TEAM = "team"
# A long number as a spreadsheet abbreviates it: many numbers look the same.
SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


class Roster(Protocol):
    """The facts needed about a cohort: its applications and the people of the sheet."""

    def person(self, email: str) -> int | str: ...

    def own(self, given: EnrollmentInput) -> Enrollment | None: ...

    def team_of(self, email: str) -> Enrollment | None: ...


def join_teams(rows: Sequence[ImportRow], roster: Roster, decisions: Mapping[str, str]) -> list[ImportRow]:
    """Merge the rows of one team, or ask whether they are one."""
    settled = {row.line: row for row in rows}
    for group in _same_project(rows, roster):
        for row in _settled(group, roster, decisions):
            settled[row.line] = row
    return [row for row in settled.values() if row.error != JOINED]


# The error of a row that was merged into another.
JOINED = "joined"


def _same_project(rows: Sequence[ImportRow], roster: Roster) -> list[list[ImportRow]]:
    """Rows that share a project, grouped, if they have several people."""
    groups: dict[tuple[str, str], list[ImportRow]] = defaultdict(list)
    for row in rows:
        if row.said is None:
            continue
        title = _title_key(row.said.values.get("title", ""))
        if title:
            groups["title", title].append(row)
        elif (given_id := row.said.external_id) and not SHORTENED.fullmatch(given_id):
            groups["id", given_id].append(row)
    return [group for group in groups.values() if len({roster.person(row.said.email) for row in group if row.said}) > 1]


def _settled(group: list[ImportRow], roster: Roster, decisions: Mapping[str, str]) -> list[ImportRow]:
    known = [row for row in group if row.said and roster.own(row.said)]
    lead = (known or group)[0]
    others = [row for row in group if row not in known and not _same_person(row, lead, roster)]
    joined = [row for row in others if _is_one_team(row, lead, roster)]
    asked = [row for row in others if row not in joined]
    if not asked:
        return _as_one(lead, joined)
    question = _question(lead, asked)
    decided = decisions.get(str(lead.line)) or decisions.get(FOR_ALL)
    first, *rest = _as_one(lead, others if decided == ONE_TEAM else joined)
    is_open = decided not in (ONE_TEAM, SEPARATE)
    if is_open and lead.said and lead.said.values.get("title"):
        note = f"{question} They are separate applications, unless you say that they are one team."
        first = replace(first, warnings=(*first.warnings, note))
    elif is_open:
        if lead not in known:
            first = ImportRow(lead.line, None, question)
        reason = f"Decide about line {lead.line} first: this row has the same project or id."
        rest = [ImportRow(row.line, None, reason) for row in group if row is not lead and row not in known]
    return [replace(first, question=question, asks=ABOUT_TEAM), *rest]


def _same_person(row: ImportRow, other: ImportRow, roster: Roster) -> bool:
    if row.said is None or other.said is None:
        return False
    return roster.person(row.said.email) == roster.person(other.said.email)


def _is_one_team(row: ImportRow, lead: ImportRow, roster: Roster) -> bool:
    """Whether a row certainly belongs to the team of another: same title and id, or its people are members already."""
    if row.said is None or lead.said is None:
        return False
    team, led = roster.team_of(row.said.email), roster.own(lead.said)
    named = row.said.email in (email for _, email in lead.said.members or ())
    same_id = row.said.external_id == lead.said.external_id != "" and not SHORTENED.fullmatch(row.said.external_id)
    return named or (led is not None and team == led) or (same_id and bool(row.said.values.get("title")))


def _as_one(lead: ImportRow, others: Sequence[ImportRow]) -> list[ImportRow]:
    """The merged row of a team, with people and extra answers of the other rows; and those, marked as merged."""
    given = lead.said
    if given is None or not others:
        return [lead]
    members = {email: name for name, email in given.members or ()}
    topics = list(given.topics or ())
    remarks = list(given.remarks)
    values, own = dict(given.values), dict(given.own)
    for row in others:
        if (said := row.said) is None:
            continue
        for name, email in [(said.full_name, said.email), *(said.members or ())]:
            members[email] = members.get(email) or name
        topics += said.topics or ()
        who = said.full_name or said.email
        remarks += [f"{who}: {text}" for text in (*said.remarks, *_beyond(said, values)) if text not in remarks]
        values = {**said.values, **values}
        own = {**said.own, **own}
    names = join_names([row.said.full_name or row.said.email for row in others if row.said])
    lines = ", ".join(str(row.line) for row in others)
    note = f"{names} (line {lines}) joins this team: the project is the same."
    if len(others) > 1:
        note = f"{names} (lines {lines}) join this team: the project is the same."
    merged = replace(
        given,
        members=[(name, email) for email, name in members.items() if email != given.email],
        topics=list(dict.fromkeys(topics)) if given.topics is not None or topics else None,
        remarks=list(dict.fromkeys(remarks)),
        values=values,
        own=own,
    )
    warnings = tuple(f"Line {row.line}: {text}" for row in others for text in row.warnings)
    row = replace(lead, said=merged, warnings=(*lead.warnings, note, *warnings))
    return [row, *(ImportRow(other.line, None, JOINED) for other in others)]


def _beyond(said: EnrollmentInput, values: Mapping[str, object]) -> list[str]:
    """Answers of a row that differ from the row of its team, in words for the note."""
    told = []
    for name, value in said.values.items():
        if name in values and value and value != values[name] and name in COLUMN_LABELS:
            shown = country_name(str(value)) if name == "country" else value
            shown = ", ".join(map(str, shown)) if isinstance(shown, list) else shown
            told.append(f"{COLUMN_LABELS[name].partition(' (')[0]}: {shown}")
    return told


def _question(lead: ImportRow, asked: Sequence[ImportRow]) -> str:
    rows = [lead, *asked]
    names = join_names([row.said.full_name or row.said.email for row in rows if row.said])
    lines = join_names([str(row.line) for row in rows])
    title = lead.said.values.get("title", "") if lead.said else ""
    what = (
        f"the same project, “{title[:80]}”" if title else f"the same id, “{lead.said.external_id if lead.said else ''}”"
    )
    return f"{names} (lines {lines}) have {what}."


def _title_key(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
