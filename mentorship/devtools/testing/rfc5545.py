"""Read calendar files by RFC 5545, without the library that wrote them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

LINE_OCTETS = 75
NAME = re.compile(r"^[A-Z][A-Z0-9-]*$")
UTC_MOMENT = re.compile(r"^\d{8}T\d{6}Z$")
ONCE_IN_EVENT = (
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "DESCRIPTION",
    "SEQUENCE",
    "STATUS",
    "URL",
    "ORGANIZER",
)


class CalendarError(AssertionError):
    """A line that a strict calendar would refuse."""


@dataclass
class Component:
    """VCALENDAR or VEVENT: values by name (without parameters), and what is in it."""

    name: str
    values: dict[str, list[str]] = field(default_factory=dict)
    inside: list["Component"] = field(default_factory=list)

    def one(self, name: str) -> str:
        """The only value of a name."""
        found = self.values.get(name, [])
        if len(found) != 1:
            raise CalendarError(f"{self.name} has {len(found)} {name}.")
        return found[0]

    def moment(self, name: str) -> datetime | date:
        """A moment in UTC, or a day."""
        value = self.one(name)
        if UTC_MOMENT.match(value):
            return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if re.fullmatch(r"\d{8}", value):
            return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC).date()
        raise CalendarError(f"{name} is neither a moment in UTC nor a day: {value}")

    def text(self, name: str) -> str:
        """A text without its escapes."""
        value = self.one(name)
        if re.search(r"(?<!\\)(?:\\\\)*[;,]", value):
            raise CalendarError(f"{name} has a bare comma or semicolon: {value}")
        words = {"n": "\n", "N": "\n"}
        return re.sub(r"\\(.)", lambda m: words.get(m[1], m[1]), value)


def read_calendar(text: str) -> Component:
    """The calendar, or CalendarError with the line that breaks the rules."""
    if not text.endswith("\r\n") or re.search(r"(?<!\r)\n|\r(?!\n)", text):
        raise CalendarError("Every line ends with CR LF.")
    physical = text.split("\r\n")[:-1]
    for line in physical:
        if len(line.encode()) > LINE_OCTETS:
            raise CalendarError(f"Longer than 75 octets: {line}")
        if not line.strip():
            raise CalendarError("An empty line.")
    stack: list[Component] = []
    done: Component | None = None
    for line in text.replace("\r\n ", "").split("\r\n")[:-1]:
        name, value = _parts(line)
        if done is not None:
            raise CalendarError(f"Something after the end: {line}")
        if name == "BEGIN":
            stack.append(Component(value))
        elif name == "END":
            if not stack or stack[-1].name != value:
                raise CalendarError(f"END without its BEGIN: {line}")
            finished = stack.pop()
            _check(finished)
            if stack:
                stack[-1].inside.append(finished)
            else:
                done = finished
        elif not stack:
            raise CalendarError(f"Outside of everything: {line}")
        else:
            stack[-1].values.setdefault(name, []).append(value)
    if done is None or done.name != "VCALENDAR":
        raise CalendarError("No whole VCALENDAR.")
    _check_whole(done)
    return done


def _parts(line: str) -> tuple[str, str]:
    """Name and value; parameters may hold colons only in quotes."""
    quoted, cut = False, -1
    for place, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            cut = place
            break
    if cut < 0:
        raise CalendarError(f"A line without a value: {line}")
    if any(ord(c) < 32 and c != "\t" for c in line):
        raise CalendarError(f"A control character: {line!r}")
    name = line[:cut].split(";", maxsplit=1)[0]
    if not NAME.match(name):
        raise CalendarError(f"No name: {line}")
    return name, line[cut + 1 :]


def _check(component: Component) -> None:
    if component.name != "VEVENT":
        return
    for name in ("UID", "DTSTAMP", "DTSTART"):
        component.one(name)
    for name in ONCE_IN_EVENT:
        if len(component.values.get(name, [])) > 1:
            raise CalendarError(f"{name} stands there twice.")
    if "DTEND" in component.values and not component.moment("DTEND") > component.moment("DTSTART"):  # type: ignore[operator]
        raise CalendarError("It ends before it starts.")
    if "SEQUENCE" in component.values and not component.one("SEQUENCE").isdigit():
        raise CalendarError("SEQUENCE is no number.")
    if component.values.get("STATUS", ["CONFIRMED"])[0] not in ("TENTATIVE", "CONFIRMED", "CANCELLED"):
        raise CalendarError("An unknown STATUS.")


def _check_whole(calendar: Component) -> None:
    calendar.one("PRODID")
    if calendar.one("VERSION") != "2.0":
        raise CalendarError("VERSION is not 2.0.")
    uids = [event.one("UID") for event in calendar.inside]
    if len(uids) != len(set(uids)):
        raise CalendarError("Two events with one UID.")
    method = calendar.values.get("METHOD", [""])[0]
    for event in calendar.inside:
        if method and "ORGANIZER" not in event.values:  # RFC 5546, 3.2
            raise CalendarError(f"{method} needs an ORGANIZER.")
        if method == "CANCEL" and event.values.get("STATUS", ["CANCELLED"]) != ["CANCELLED"]:
            raise CalendarError("CANCEL of an event that is not cancelled.")
