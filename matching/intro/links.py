"""Signed links to the calendar file of a suggested meeting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mentorship.core.links import LinkError

SALT = "matching.meeting"
FORMAT = "%Y%m%dT%H%M"


@dataclass(frozen=True)
class Meeting:
    """A meeting that was suggested: whose, and when (UTC)."""

    mentee_id: int
    mentor_ids: list[int]
    starts: datetime


def meeting_link(mentee_id: int, mentor_ids: Sequence[int], starts: datetime) -> str:
    """The absolute address of the calendar file with this meeting. It needs no sign-in and never expires."""
    people = "-".join(map(str, [mentee_id, *mentor_ids]))
    token = _signer().sign(f"{people}-{starts.astimezone(UTC).strftime(FORMAT)}")
    return settings.SITE_URL + reverse("matching:meeting-calendar", args=[token])


def read_meeting(token: str) -> Meeting:
    """What a link stands for. Raises LinkError."""
    try:
        mentee, *mentors, moment = _signer().unsign(token).split("-")
        return Meeting(int(mentee), [int(pk) for pk in mentors], datetime.strptime(moment, FORMAT).replace(tzinfo=UTC))
    except (signing.BadSignature, ValueError) as error:
        raise LinkError from error


def _signer() -> signing.Signer:
    # A full stop instead of the usual colon: some mail programs end a link at one.
    return signing.Signer(sep=".", salt=SALT)
