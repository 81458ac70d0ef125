"""Signed links to accept or decline an honorarium."""

from checkins.models import Honorarium
from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink

HONORARIUM = SignedLink(
    "checkins:honorarium-answer",
    "checkins.honorarium",
    whose=lambda honorarium_id: User.objects.filter(honoraria=honorarium_id),
    does="Accept or decline an honorarium",
)


def honorarium_link(honorarium: Honorarium) -> str:
    """The absolute address at which a person accepts an honorarium, or declines it."""
    return HONORARIUM.url(honorarium.pk)
