"""Read the attendance list of a meeting tool and match its names with people. Pure: no database."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from mentorship.core.sheets import MEGABYTE, Limits, SheetError, read_sheet

# Column heads of meeting tools, in lower case and without brackets and their content.
NAME_HEADS = ("name", "full name", "participant", "participant name", "user name", "display name", "attendee")
FIRST_HEADS, LAST_HEADS = ("first name", "given name"), ("last name", "surname", "family name")
EMAIL_HEADS = ("email", "e-mail", "user email", "email address", "participant email", "attendee email")
MINUTES_HEADS = ("duration", "total duration", "minutes", "in-meeting duration", "time in call", "attended duration")
# How similar two names must be for a guess. A sure match needs the same name.
ALIKE = 0.72
LIMITS = Limits(max_bytes=2 * MEGABYTE, max_rows=5_000)


@dataclass(frozen=True)
class ListedPerson:
    """A person on the list. `minutes` is the total over all times they joined; None if the list does not say."""

    name: str
    email: str
    minutes: int | None


@dataclass(frozen=True)
class Candidate:
    """A person who may be on the list. `seat`: they booked, so they win if names are alike.

    `team`: the project of the team they belong to, or "".
    """

    key: str
    name: str
    emails: tuple[str, ...]
    seat: bool
    team: str = ""


def read_list(content: bytes) -> list[ListedPerson]:
    """The people of a CSV or XLSX file, each once. Raises SheetError."""
    sheet = read_sheet(content, LIMITS)
    at = sheet.header_position(_is_header)
    if at is None or len(sheet.rows) == at + 1:
        raise SheetError("No column “Name” or “Email” was found. Export the participants as CSV from the meeting tool.")
    heads = [_head(cell) for cell in sheet.rows[at].cells]
    return _merged(_people(heads, [row.cells for row in sheet.rows[at + 1 :]]))


def _is_header(cells: Sequence[str]) -> bool:
    return any(_head(cell) in NAME_HEADS + FIRST_HEADS + EMAIL_HEADS for cell in cells)


def match_people(people: Iterable[ListedPerson], candidates: Sequence[Candidate]) -> list[dict]:
    """Match each listed person with a candidate's key; `sure` only by address or by a unique name.

    A doubtful match has the likeliest key, or "". No candidate is a sure match twice.
    """
    # Somebody with several candidates, such as a seat of their own and one in a team, is matched with the first.
    by_email = {email.lower(): c for c in reversed(candidates) for email in c.emails}
    by_name: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_name.setdefault(name_key(candidate.name), []).append(candidate)
    found = []
    for person in people:
        same = by_name.get(name_key(person.name), []) if person.name else []
        booked = [c for c in same if c.seat]
        one = by_email.get(person.email.lower()) if person.email else None
        if one is None and len(same) == 1 and (same[0].seat or not person.email):
            one = same[0]
        guess: Candidate | None
        if one is None and len(same) > 1 and len(booked) == 1 and not person.email:
            guess, sure = booked[0], False
        else:
            guess, sure = one or _likeliest(person.name, candidates), one is not None
        found.append(
            {
                "name": person.name,
                "email": person.email,
                "minutes": person.minutes,
                "key": guess.key if guess else "",
                "sure": sure,
            }
        )
    return found


def name_key(name: str) -> str:
    """Normalise a name: no case, accents or brackets, and its words in alphabetical order."""
    name = re.sub(r"\(.*?\)|\[.*?\]", " ", name)
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(sorted(re.findall(r"\w+", plain)))


def _likeliest(name: str, candidates: Sequence[Candidate]) -> Candidate | None:
    key = name_key(name)
    if not key:
        return None
    scored = [(_alike(key, name_key(c.name)), c.seat, c) for c in candidates]
    best = max(scored, key=lambda s: s[:2], default=None)
    return best[2] if best and best[0] >= ALIKE else None


def _alike(one: str, other: str) -> float:
    if not other:
        return 0.0
    words, others = set(one.split()), set(other.split())
    if words <= others or others <= words:  # "Ana" for "Ana Sousa"
        return 0.9
    return SequenceMatcher(None, one, other).ratio()


def _head(cell: str) -> str:
    return re.sub(r"\(.*?\)", "", cell).strip().lower()


def _people(heads: list[str], rows: list[list[str]]) -> list[ListedPerson]:
    def cell(row: list[str], names: Sequence[str]) -> str:
        return next((row[n] for n, head in enumerate(heads) if head in names and n < len(row) and row[n]), "")

    people: list[ListedPerson] = []
    for row in rows:
        if not any(row):
            if people:
                break  # a second table begins after an empty line
            continue
        name = cell(row, NAME_HEADS) or f"{cell(row, FIRST_HEADS)} {cell(row, LAST_HEADS)}".strip()
        email = cell(row, EMAIL_HEADS).lower()
        if name or email:
            people.append(ListedPerson(name[:200], email[:200], _minutes(cell(row, MINUTES_HEADS))))
    return people


def _merged(people: list[ListedPerson]) -> list[ListedPerson]:
    """Merge the rows of people who left and rejoined, adding their minutes."""
    merged: dict[str, ListedPerson] = {}
    for person in people:
        key = person.email or name_key(person.name) or person.name
        before = merged.get(key)
        if before is None:
            merged[key] = person
        else:
            known = [m for m in (before.minutes, person.minutes) if m is not None]
            merged[key] = ListedPerson(before.name or person.name, before.email, sum(known) if known else None)
    return list(merged.values())


def _minutes(text: str) -> int | None:
    """Minutes of "45", "1h 5m 3s", "01:05:00" and "5 min"; None for anything else."""
    text = text.strip().lower()
    if re.fullmatch(r"\d{1,5}", text):
        return int(text)
    if clock := re.fullmatch(r"(\d{1,3}):(\d\d)(?::(\d\d))?", text):
        hours, minutes = int(clock[1]), int(clock[2])
        return hours * 60 + minutes if clock[3] else hours
    parts = re.findall(r"(\d{1,4})\s*(h|m|s)", text)
    if not parts:
        return None
    seconds = sum(int(number) * {"h": 3600, "m": 60, "s": 1}[unit] for number, unit in parts)
    return seconds // 60
