"""The headings of meeting tools' lists in several languages, and what their columns hold."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from training.meeting_list.presence import unit_in

_UNIT = re.compile(r"[\(\[（](.*?)[\)\]）]")
# Letters that Unicode does not take apart.
_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})


class Kind(StrEnum):
    """The content of a column. Most values are the keys of the headings' file."""

    NAME = "name"
    FIRST = "first_name"
    LAST = "last_name"
    EMAIL = "email"
    UPN = "sign_in_name"  # of Teams, for guests with the address in it
    DURATION = "duration"
    JOINED = "joined"
    LEFT = "left"
    ACTION = "action"  # joined or left, with its moment in another column
    MOMENT = "moment"
    WAITING = "waiting"
    ATTENDED = "attended"
    MEETING = "meeting"


_EMAIL = re.compile(r"\be ?mail|mail\b|correo|courriel|e ?posta\b|posta elettronica|邮件|邮箱|郵件|メール|почт|이메일")
_DURATION = re.compile(
    r"durati|dauer|^duree|duraci|duraca|\bdurata|duur|time in (session|call|meeting)|^minut|total time|timeinsession"
    r"|czas trwania|продолжительн|длительн|所要時間|期間|会議時間|时长|時長|持续时间|持續時間|기간|varaktighet|varighed"
    r"|kesto|\bsure\b|trvani"
)
_HOST = re.compile(r"\b(host|hote|anfitrion|organi[sz]er) (name|e ?mail)|gastgeber")
_PRESENCE = re.compile(r"attend|presen|anwesen|asist|frequen")
_OF_MEETING_TOO = ("start time", "end time")
_HOST = re.compile(r"\b(host|hote|anfitrion|organi[sz]er) (name|e ?mail)|gastgeber")


@dataclass(frozen=True)
class Heading:
    """A heading: its words, the kinds that it may be of, and the unit in its brackets."""

    words: str
    kinds: frozenset[Kind]
    unit: str = ""


def plain(text: str) -> str:
    """Words without case, accents, or signs between them."""
    taken_apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN_LETTERS))
    letters = "".join(c for c in taken_apart if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", letters))


def _read_headings() -> dict[str, set[Kind]]:
    """Heading → the kinds that it may be of."""
    found: dict[str, set[Kind]] = {}
    for kind, headings in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items():
        for heading in headings:
            found.setdefault(plain(heading), set()).add(Kind(kind))
    return found


_KIND_OF = _read_headings()


def heading_of(cell: str) -> Heading:
    """Read a cell as a heading. Without kinds it is none that is known."""
    if len(cell) > 80:
        return Heading("", frozenset())
    words, bare = plain(cell), plain(_UNIT.sub(" ", cell))
    unit = next((plain(found) for found in _UNIT.findall(cell)), "")
    kinds = set(_KIND_OF.get(words) or _KIND_OF.get(bare) or ())
    if not kinds and _HOST.search(bare):
        kinds = {Kind.MEETING}
    elif not kinds and _EMAIL.search(bare):
        kinds = {Kind.EMAIL}
    elif not kinds and (_DURATION.search(bare) or _DURATION.search(words)):
        kinds = {Kind.DURATION}
    if (not kinds or kinds == {Kind.ATTENDED}) and unit_in(unit) and _PRESENCE.search(bare):
        kinds = {Kind.DURATION}  # "Attended (min)"
    return Heading(bare, frozenset(kinds), unit)


@dataclass(frozen=True)
class Columns:
    """The columns of a table, by kind."""

    headings: list[Heading]
    places: dict[Kind, int] = field(default_factory=dict)

    def cell(self, row: Sequence[str], kind: Kind) -> str:
        """The text of a row in the column of this kind; "" without one, and for a placeholder."""
        place = self.places.get(kind, -1)
        text = row[place] if 0 <= place < len(row) else ""
        return "" if re.fullmatch(r"[-–—.?]*|n/?a", text.strip(), re.IGNORECASE) else text.strip()

    @property
    def has_names(self) -> bool:
        return Kind.NAME in self.places or Kind.FIRST in self.places

    @property
    def names_people(self) -> bool:
        """Whether the rows below can be people: meetings have a name or a host, and a number of participants."""
        return self.has_names or Kind.EMAIL in self.places or Kind.UPN in self.places

    @property
    def is_about_meetings(self) -> bool:
        """Whether it has columns about a meeting, and none that tells when a person came or whether they did."""
        personal = {Kind.WAITING, Kind.ATTENDED, Kind.ACTION, Kind.LAST}
        # "Start time" is the meeting's or a person's.
        joined = any(h.kinds & {Kind.JOINED, Kind.LEFT} and h.words not in _OF_MEETING_TOO for h in self.headings)
        meeting = any(Kind.MEETING in heading.kinds for heading in self.headings)
        return meeting and not joined and not personal & set(self.places)


def columns_of(cells: Sequence[str]) -> Columns | None:
    """The columns of a row of headings; None for any other row."""
    headings = [heading_of(cell) for cell in cells]
    known = [heading for heading in headings if heading.kinds]
    columns = Columns(headings)
    for place, heading in enumerate(headings):
        for kind in heading.kinds - {Kind.MEETING}:
            # Columns about the meeting come first, so of two of a kind the last is about the person. Of durations
            # the first is the one in the meeting; Teams and Webex add others behind it.
            if kind != Kind.DURATION or kind not in columns.places:
                columns.places[kind] = place
    filled = sum(bool(cell) for cell in cells)
    if not known or not (columns.names_people or columns.is_about_meetings):
        return None
    # A person may be called Host or Max Name; a row of headings has several.
    return columns if len(known) >= 2 or filled == 1 else None
