"""Signed links by which a mentor confirms who is ready to graduate."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from checkins.waves.links import read_pk
from matching.models import Match

CONFIRM_SALT = "checkins.graduation"


def confirm_link(match: Match) -> str:
    """The absolute address at which the mentor of a pair says who is ready to graduate."""
    return settings.SITE_URL + reverse("checkins:mentor-confirms", args=[signing.dumps(match.pk, salt=CONFIRM_SALT)])


def read_confirm_link(token: str) -> int | None:
    """The id of the match that a mentor confirms; None for a link that was not made here."""
    return read_pk(token, CONFIRM_SALT)
