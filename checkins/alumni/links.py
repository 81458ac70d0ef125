"""Signed links to the page on which people stay in touch."""

from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink

# The ids of the programme and of the person.
STAY = SignedLink(
    "checkins:alumni-consent",
    "checkins.alumni",
    (int, int),
    whose=lambda _programme_id, user_id: User.objects.filter(pk=user_id),
    does="Stay in touch, take a break or join the next round",
)


def stay_link(programme_id: int, user_id: int) -> str:
    """The absolute address at which a person says whether they stay in touch, and joins the next round."""
    return STAY.url(programme_id, user_id)
