"""Read calendar files and the mails that carry them, with readers that others wrote: icalendar, ical.js, email."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import icalendar
import pytest

from mentorship.core.outbox.delivery.mime import as_bytes
from mentorship.core.outbox.models import OutboxMessage

LINE_OCTETS = 75
ICAL_JS = Path(__file__).parent / "ical_js" / "read.cjs"


@dataclass(frozen=True)
class Component:
    """A calendar or an event as the library icalendar reads it."""

    read: icalendar.Component

    def one(self, name: str) -> str:
        """The single value of a property, unparsed."""
        value = self.read[name]
        assert not isinstance(value, list), f"There are {len(value)} {name}."
        raw = value.to_ical()
        return raw.decode() if isinstance(raw, bytes) else str(raw)

    def text(self, name: str) -> str:
        """A text without its escapes."""
        return str(self.read[name])

    def moment(self, name: str) -> datetime | date:
        """A moment or a whole day."""
        found: datetime | date = self.read.decoded(name)
        return found

    def has(self, name: str) -> bool:
        return name in self.read

    @property
    def attendees(self) -> list[tuple[str, str, str]]:
        """Name, address and answer of each."""
        found = self.read.get("ATTENDEE", [])
        people = found if isinstance(found, list) else [found]
        return [(p.params.get("CN", ""), str(p).removeprefix("mailto:"), p.params["PARTSTAT"]) for p in people]

    @property
    def inside(self) -> list["Component"]:
        return [Component(one) for one in self.read.subcomponents]


def read_calendar(content: bytes | str) -> Component:
    """The calendar. Fails if a line is too long or ends wrongly, or a value can't be understood."""
    raw = content.encode() if isinstance(content, str) else content
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= LINE_OCTETS
    for line in lines:
        line.decode()  # folded between characters
    calendar = icalendar.Calendar.from_ical(raw)
    assert not calendar.errors, calendar.errors
    for event in calendar.subcomponents:
        assert not event.errors, event.errors
        assert {"UID", "DTSTAMP", "DTSTART"} <= set(event)
        if "METHOD" in calendar:
            assert "ORGANIZER" in event  # RFC 5546, 3.2
            assert (calendar["METHOD"] == "CANCEL") == (event.get("STATUS") == "CANCELLED")
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    uids = [event["UID"] for event in calendar.subcomponents]
    assert len(uids) == len(set(uids))
    return Component(calendar)


def read_by_ical_js(*contents: bytes | str) -> list[dict[str, Any]]:
    """The same files as ical.js reads them; the test is skipped if there is no node to run it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("ical.js needs node, which is not installed here")
    texts = [text.decode() if isinstance(text, bytes) else text for text in contents]
    done = subprocess.run(
        [node, str(ICAL_JS)], input=json.dumps(texts), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def mail_of(message: OutboxMessage) -> EmailMessage:
    """A message as a mail program reads it."""
    mail = message_from_bytes(as_bytes(message), policy=policy.default)
    assert not mail.defects
    assert isinstance(mail, EmailMessage)
    return mail


def invitation_in(message: OutboxMessage) -> tuple[Component, str]:
    """The calendar that a mail program would act on, and its text; fails if the mail has none, or two that differ.

    Gmail and Outlook look for a form of the text (multipart/alternative) whose content type names the method.
    """
    mail = mail_of(message)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert len(parts) == 1, [part.get_content_type() for part in mail.walk()]
    (part,) = parts
    (alternative,) = [p for p in mail.walk() if p.get_content_type() == "multipart/alternative"]
    assert part in list(alternative.iter_parts())
    assert part.get_content_charset() == "utf-8"
    text: str = part.get_content()
    calendar = read_calendar(text)
    assert part.get_param("method") == calendar.one("METHOD")
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
    assert file.get_content().decode() == text
    assert any(
        name.endswith(f"<{address}>") or name == address
        for _, address, _ in calendar.inside[0].attendees
        for name in message.recipients
    )
    return calendar, text
