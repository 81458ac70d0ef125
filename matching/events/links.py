"""Signed links of speed mentoring events; they hold the ids of the event and the enrollment.

By the first people answer the invitation and later name their wishes, the second is the calendar file of the answer;
each has a purpose of its own, so that by the address of a file nobody answers.
"""

from mentorship.core.links import LinkFormat, SignedLink

EVENT_LINK = SignedLink(
    "matching:event-answer",
    "matching.event",
    (int, int),
    format=LinkFormat.STABLE,
    does="Answer an invitation to an event",
)
CALENDAR_LINK = SignedLink("matching:event-calendar", "matching.event.calendar", (int, int), format=LinkFormat.STABLE)


def read_calendar_link(token: str) -> tuple[int, int]:
    """The ids of the event and the enrollment. Calendars may still have the address by which one answers, too."""
    event_id, enrollment_id = CALENDAR_LINK.read_whenever_signed(token) or EVENT_LINK.read(token)
    return event_id, enrollment_id
