"""Signed links to answer a check-in."""

from urllib.parse import urlencode

from checkins.models import CheckIn
from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink

ANSWER = SignedLink(
    "checkins:checkin-answer",
    "checkins.answer",
    whose=lambda checkin_id: User.objects.filter(checkins=checkin_id),
    open_when_switched_off=True,  # who can't answer any more can still report a concern
    does="Answer a check-in",
)


def checkin_link(checkin: CheckIn) -> str:
    """The absolute address at which this person answers without signing in."""
    return ANSWER.url(checkin.pk)


def answer_link(checkin: CheckIn, key: str, value: str) -> str:
    """The address with one answer ticked. Opening it saves nothing."""
    return f"{checkin_link(checkin)}?{urlencode({key: value})}"
