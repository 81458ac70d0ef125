"""The mails of a pair's meetings, one to each person, with the file for their calendar."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils import timezone

from cohorts.calendar.ics import CalendarEvent, invitation
from cohorts.models import Enrollment
from matching.models import PairMeeting, PairMeetingGuest
from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import send_mail
from mentorship.core.text import join_names
from mentorship.core.timezones import first_zone
from mentorship.core.ui.moments import on_clock

RULE = "meeting of a pair"  # who says whom it is still for


class Occasion(StrEnum):
    """The occasion of a mail; the names of the templates."""

    SET = "meeting_set"
    CHANGED = "meeting_changed"
    CANCELLED = "meeting_cancelled"
    LEFT = "meeting_left"


def mail_meeting(
    meeting: PairMeeting,
    mentee: Enrollment,
    mentors: Sequence[Enrollment],
    person: User,
    occasion: Occasion,
    event: CalendarEvent,
    *,
    by: User | None = None,
) -> None:
    """Write to one person of a meeting, once for each of its changes."""
    sides = [mentee, *mentors]
    own = next((one for one in sides if person in one.people), mentee)
    zone = first_zone(person.time_zone, own.time_zone, mentee.cohort.time_zone)
    others = [one.name_of(other) for one in sides for other in one.people if other != person]
    author = next((one.name_of(by) for one in sides if by in one.people), "") if by else ""
    # A cancellation goes to everybody who has the meeting in their calendar, even if they have left since.
    off = occasion in (Occasion.CANCELLED, Occasion.LEFT)
    send_mail(
        f"matching/{occasion}",
        {
            "person": person,
            "cohort": mentee.cohort,
            "programme": mentee.cohort.programme,
            "others": join_names(list(dict.fromkeys(others))),
            "by": "You" if by == person else author,
            "when": on_clock(meeting.starts_at, zone),
            "minutes": meeting.minutes,
            "place": meeting.place,
            "link": absolute_url("matching:my-pair", mentee.pk),
        },
        sender=mentee.cohort.sender,
        key=f"pair-meeting:{meeting.pk}:{meeting.sequence}:{person.pk}{':left' if occasion == Occasion.LEFT else ''}",
        kind="meeting",
        why=f"A meeting of “{mentee}” was {'cancelled' if off else 'set or moved'}.",
        to=[person],
        audience=None if off else {"rule": RULE, "meeting": meeting.pk, "sequence": meeting.sequence},
        files=[invitation(event, timezone.now())],
    )


def still_meeting(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The guests of each meeting that stands as it was mailed. Two queries."""
    meetings = PairMeeting.objects.in_bulk([message.audience["meeting"] for message in messages])
    guests: dict[int, list[int]] = {}
    for meeting, user in PairMeetingGuest.objects.filter(meeting__in=meetings, left=False).values_list(
        "meeting", "user"
    ):
        guests.setdefault(meeting, []).append(user)
    return {message.pk: _still(message.audience, meetings, guests) for message in messages}


def _still(
    audience: Mapping[str, Any], meetings: Mapping[int, PairMeeting], guests: Mapping[int, list[int]]
) -> StillFor:
    meeting = meetings.get(audience["meeting"])
    if meeting is None or meeting.cancelled_at:
        return StillFor(reason="The meeting was cancelled.")
    if meeting.sequence != audience["sequence"]:
        return StillFor(reason="The meeting was changed since.")
    return StillFor(people=guests.get(meeting.pk, []), gone="no longer takes part in the meeting")
