"""Signed links of speed mentoring events; they hold the ids of the event and the enrollment.

By the first people answer the invitation and later name their wishes, the second is the calendar file of the answer.
"""

from mentorship.core.links import LinkFormat, SignedLink

EVENT_LINK = SignedLink("matching:event-answer", "matching.event", (int, int), format=LinkFormat.STABLE)
CALENDAR_LINK = SignedLink("matching:event-calendar", "matching.event", (int, int), format=LinkFormat.STABLE)
