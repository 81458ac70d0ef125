"""Signed links to the calendar file of a suggested meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mentorship.core.links import LinkError, LinkFormat, SignedLink

# The ids of the mentee and the mentors, and the start, joined by dashes. It only opens a file: nobody can act with it.
MEETING_LINK = SignedLink(
    "matching:meeting-calendar", "matching.meeting", (str,), format=LinkFormat.PLAIN, personal=False
)
START_FORMAT = "%Y%m%dT%H%M"


@dataclass(frozen=True)
class Meeting:
    """A suggested meeting: its people, and its start (UTC)."""

    mentee_id: int
    mentor_ids: list[int]
    starts: datetime


def meeting_link(mentee_id: int, mentor_ids: Sequence[int], starts: datetime) -> str:
    """The absolute address of the calendar file with this meeting. It needs no sign-in and never expires."""
    ids = "-".join(map(str, [mentee_id, *mentor_ids]))
    return MEETING_LINK.url(f"{ids}-{starts.astimezone(UTC).strftime(START_FORMAT)}")


def read_meeting(token: str) -> Meeting:
    """The meeting of a link. Raises LinkError."""
    try:
        mentee, *mentors, start = MEETING_LINK.read_one(token).split("-")
        starts = datetime.strptime(start, START_FORMAT).replace(tzinfo=UTC)
        return Meeting(int(mentee), [int(pk) for pk in mentors], starts)
    except ValueError as error:
        raise LinkError from error
