"""Signed links to the page on which people stay in touch."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

STAY_SALT = "checkins.alumni"


def stay_link(programme_id: int, user_id: int) -> str:
    """The absolute address at which a person says whether they stay in touch, and comes back."""
    token = signing.dumps([programme_id, user_id], salt=STAY_SALT)
    return settings.SITE_URL + reverse("checkins:stay", args=[token])


def read_stay_link(token: str) -> tuple[int, int] | None:
    """The ids of the programme and the person; None for a link that was not made here."""
    try:
        programme_id, user_id = signing.loads(token, salt=STAY_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return programme_id, user_id
