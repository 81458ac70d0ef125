"""Signed links of speed mentoring events, one for each person and event."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mentorship.core.links import LinkError

EVENT_SALT = "matching.event"


def event_link(event_id: int, enrollment_id: int) -> str:
    """The absolute address at which somebody says whether they come, and later whom they liked."""
    token = signing.Signer(salt=EVENT_SALT).sign_object([event_id, enrollment_id])
    return settings.SITE_URL + reverse("matching:event-link", args=[token])


def event_calendar_link(event_id: int, enrollment_id: int) -> str:
    """The absolute address of the calendar file of somebody's answer."""
    return event_link(event_id, enrollment_id) + "calendar.ics"


def read_event_link(token: str) -> tuple[int, int]:
    """The ids of the event and the enrollment. Raises LinkError."""
    try:
        event_id, enrollment_id = signing.Signer(salt=EVENT_SALT).unsign_object(token)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise LinkError from error
    return event_id, enrollment_id
