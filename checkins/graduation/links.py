"""Signed links by which a mentor confirms who is ready to graduate."""

from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.links import SignedLink

CONFIRM = SignedLink(
    "checkins:graduation-confirm",
    "checkins.graduation",
    whose=lambda match_id: User.objects.filter(enrollments__matches_as_mentor=match_id),
    does="Confirm who is ready to graduate",
)


def confirm_link(match: Match) -> str:
    """The absolute address at which the mentor of a pair says who is ready to graduate."""
    return CONFIRM.url(match.pk)
