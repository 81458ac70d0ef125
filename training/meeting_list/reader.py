"""Read the attendance list of a meeting tool: its tables, and the people in them, each once. Pure: no database.

Tools put a block about the meeting above the people (Zoom), several sections with the same people (Teams), a row for
each time that somebody joined or for each device (Zoom, Webex), or people without addresses (BigBlueButton).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mentorship.core.sheets import MEGABYTE, Limits, SheetError, read_sheet
from training.meeting_list.headings import Columns, Kind, columns_of, plain
from training.meeting_list.names import name_key, row_key
from training.meeting_list.presence import MINUTE, Durations, Moments, Span, minutes_of_spans, unit_in

LIMITS = Limits(max_bytes=2 * MEGABYTE, max_rows=10_000)
NO_PEOPLE = "No column “Name” or “Email” was found. Export the participants as CSV from the meeting tool."
ONLY_MEETINGS = (
    "This file lists meetings, not the people in them. Open the meeting in the tool’s report, and export its"
    " participants."
)
# Headings of Teams' sections are numbered in every language: 2 are the people, 3 and 4 name them again.
LONGEST = 500  # of a cell that is read: a name, an address, a moment, a number
_SECTION = re.compile(r"(\d)\.\s+\w")
_TOTALS = {"total", "totals", "sum", "summe", "gesamt", "average", "anonymous"}
_NO = {"no", "nein", "non", "false", "nao", "nee", "nie", "нет", "否", "いいえ", "0"}
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_GUEST_UPN = re.compile(r"(.+)_([^_@]+\.[^_@]+)#ext#@.*", re.IGNORECASE)


@dataclass(frozen=True)
class ListedPerson:
    """A person on the list.

    `minutes` is how long they were there in all, None if the list does not say. `spans`: from when to when, in seconds
    on one clock, if it says that. `joins`: the number of their rows.
    """

    name: str
    email: str = ""
    minutes: int | None = None
    spans: tuple[Span, ...] = ()
    joins: int = 1


@dataclass(frozen=True)
class MeetingList:
    """The people of a file, and what the reader had to decide about it, in sentences."""

    people: list[ListedPerson]
    notes: list[str] = field(default_factory=list)


@dataclass
class _Table:
    columns: Columns
    rows: list[Sequence[str]] = field(default_factory=list)
    section: int = 0


@dataclass(frozen=True)
class _Row:
    """One time that somebody was there. `seconds` is None if the list does not say how long."""

    name: str
    email: str
    seconds: int | None
    span: Span | None


def read_meeting_file(content: bytes, planned: int = 60) -> MeetingList:
    """The people of a CSV, XLSX or ODS file. `planned`: minutes of the session. Raises SheetError."""
    lines = [[cell[:LONGEST] for cell in row.cells] for row in read_sheet(content, LIMITS).rows]
    tables = _people_tables(list(_tables(lines)))
    rows: list[_Row] = []
    notes: list[str] = []
    for table in tables:
        found, note = _rows_of(table, planned)
        rows += found
        notes += [note] if note and note not in notes else []
    if not rows:
        raise SheetError(NO_PEOPLE)
    return MeetingList(_merged(rows, planned), notes)


def _tables(lines: Sequence[Sequence[str]]) -> Iterator[_Table]:
    """Each row of headings with the rows below it, up to a title or the next headings."""
    table: _Table | None = None
    section, after_gap = 0, False
    for cells in lines:
        filled = [cell for cell in cells if cell]
        if len(filled) == 1 and (numbered := _SECTION.match(filled[0])):
            section, table = int(numbered[1]), None
        elif columns := columns_of(cells):
            table = _Table(columns, section=section)
            yield table
        elif not filled:
            after_gap = True
            continue
        elif table is not None:
            if len(filled) == 1 and len(table.columns.headings) > 2 and after_gap:
                table = None  # the title of what follows
            else:
                table.rows.append(cells)
        after_gap = False


def _people_tables(tables: list[_Table]) -> list[_Table]:
    """The tables that list the people, each of them in one. Raises SheetError."""
    filled = [table for table in tables if table.rows and table.columns.names_people]
    people = [table for table in filled if not table.columns.is_about_meetings]
    if not people:
        raise SheetError(ONLY_MEETINGS if any(t.columns.is_about_meetings for t in tables) else NO_PEOPLE)
    named = [table for table in people if table.columns.has_names] or people
    if any(table.section == 2 for table in named):
        return [table for table in named if table.section == 2]
    return named


def _rows_of(table: _Table, planned: int) -> tuple[list[_Row], str]:
    columns = table.columns
    lines = [line for line in table.rows if _was_there(columns, line)]
    if Kind.ACTION in columns.places and Kind.MOMENT in columns.places:
        return _rows_of_actions(columns, lines), ""
    heading = columns.headings[columns.places[Kind.DURATION]] if Kind.DURATION in columns.places else None
    unit = (unit_in(heading.unit) or unit_in(heading.words)) if heading else None
    durations = Durations([columns.cell(line, Kind.DURATION) for line in lines], unit, planned)
    moments = Moments([columns.cell(line, kind) for line in lines for kind in (Kind.JOINED, Kind.LEFT)])
    rows = []
    for line in lines:
        seconds = durations.seconds(columns.cell(line, Kind.DURATION))
        span = moments.span(columns.cell(line, Kind.JOINED), columns.cell(line, Kind.LEFT))
        if seconds is None and span:
            seconds = span[1] - span[0]
        # The first and the last moment of somebody who was away between them are no span.
        elif span and seconds is not None and abs(span[1] - span[0] - seconds) > MINUTE + 30:
            span = None
        rows.append(_Row(_name(columns, line), _address(columns, line), seconds, span))
    return rows, durations.note


def _was_there(columns: Columns, line: Sequence[str]) -> bool:
    """Whether a row is about somebody who was in the meeting: not in its waiting room only, nor merely registered."""
    name, address = _name(columns, line), _address(columns, line)
    if not (name or address) or plain(name) in _TOTALS:
        return False
    attended = columns.cell(line, Kind.ATTENDED)
    waiting = columns.cell(line, Kind.WAITING)
    return not (attended and plain(attended) in _NO) and not (waiting and plain(waiting) not in _NO)


def _rows_of_actions(columns: Columns, lines: list[Sequence[str]]) -> list[_Row]:
    """Lists with a row for each joining and leaving: who has not left stayed until the last row."""
    moments = Moments([columns.cell(line, Kind.MOMENT) for line in lines])
    at = [moments.second(columns.cell(line, Kind.MOMENT)) for line in lines]
    end = max((moment for moment in at if moment is not None), default=0)
    seen: dict[tuple[str, str], list[int]] = {}
    for line, moment in zip(lines, at, strict=True):
        times = seen.setdefault((_name(columns, line), _address(columns, line)), [])
        times += [moment] if moment is not None else []
    rows = []
    for (name, address), times in seen.items():
        times.sort()
        spans = [(start, times[n + 1] if n + 1 < len(times) else end) for n, start in enumerate(times) if n % 2 == 0]
        rows += [_Row(name, address, stop - start, (start, stop)) for start, stop in spans]
        rows += [] if times else [_Row(name, address, None, None)]
    return rows


def _name(columns: Columns, line: Sequence[str]) -> str:
    name, first, last = (columns.cell(line, kind) for kind in (Kind.NAME, Kind.FIRST, Kind.LAST))
    if Kind.FIRST not in columns.places:  # "Nome, Cognome" of Meet in Italian, where "Nome" is also a whole name
        parts = [name, "" if name_key(last) and set(name_key(last).split()) <= set(name_key(name).split()) else last]
    elif Kind.LAST not in columns.places:  # "Prénom, Nom" in French
        parts = [name] if set(name_key(first).split()) <= set(name_key(name).split()) else [first, name]
    else:
        parts = [name] if name else [first, last]
    # Zoom writes # where it hides a name, and Excel an apostrophe before some.
    return " ".join(part for part in parts if part).strip(" #'\"")[:200]


def _address(columns: Columns, line: Sequence[str]) -> str:
    """The address in lower case; "" for what is none. Teams has that of a guest in their sign-in name."""
    for kind in (Kind.EMAIL, Kind.UPN):
        text = columns.cell(line, kind).lower()
        if guest := _GUEST_UPN.fullmatch(text):
            text = f"{guest[1]}@{guest[2]}"
        if found := _ADDRESS.search(text):
            return found[0].removeprefix("mailto:")[:200]
    return ""


def _merged(rows: Sequence[_Row], planned: int) -> list[ListedPerson]:
    """Merge the rows of each address; and those of each name without one."""
    by_person: dict[str, list[_Row]] = {}
    for row in rows:
        by_person.setdefault(row.email or row_key(row.name) or row.name, []).append(row)
    longest = max((row.seconds or 0 for row in rows), default=0)
    most = max(planned, longest // MINUTE)  # nobody was there longer than the meeting, on however many devices
    people = []
    for group in by_person.values():
        name = next((row.name for row in group if row.name), "")
        person = ListedPerson(name, group[0].email, None, tuple(row.span for row in group if row.span), len(group))
        people.append(replace(person, minutes=_minutes(group, most)))
    return people


def _minutes(group: Sequence[_Row], most: int) -> int | None:
    """Minutes of all rows of a person: overlapping ones once, others added, at most the length of the meeting."""
    if all(row.seconds is None for row in group):
        return None
    by_clock = minutes_of_spans(row.span for row in group if row.span)
    added = sum(row.seconds or 0 for row in group if not row.span) // MINUTE
    return min(by_clock + added, most)
