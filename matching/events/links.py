"""Signed links of speed mentoring events; they hold the ids of the event and the enrollment.

With the first, people answer the invitation and later name their wishes; the second opens the calendar file of the
answer. Their purposes differ, so nobody can answer with the address of a file.
"""

from django.db.models import QuerySet

from cohorts.enrollment.links import lead
from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink


def _invited(_event_id: int, enrollment_id: int) -> QuerySet[User]:
    return lead(enrollment_id)


EVENT_LINK = SignedLink(
    "matching:event-answer", "matching.event", (int, int), whose=_invited, does="Answer an invitation to an event"
)
# Holds the id of a guest, who has no account: they confirm their address by it, and change their answer.
GUEST_LINK = SignedLink("matching:event-guest", "matching.event.guest", does="Say whether you’re coming to an event")
GUEST_CALENDAR_LINK = SignedLink("matching:event-guest-calendar", "matching.event.guest.calendar")
CALENDAR_LINK = SignedLink("matching:event-calendar", "matching.event.calendar", (int, int), whose=_invited)
