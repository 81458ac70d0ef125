"""Signed links by which one side of a proposed pair answers."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mentorship.core.links import LinkError

CONSENT_SALT = "matching.asked"


def consent_link(side_id: int) -> str:
    """The absolute address at which somebody says yes or no to a pair, without signing in."""
    return settings.SITE_URL + reverse("matching:asked-link", args=[signing.dumps(side_id, salt=CONSENT_SALT)])


def read_consent_link(token: str) -> int:
    """The id of the asked side. Raises LinkError."""
    try:
        return int(signing.loads(token, salt=CONSENT_SALT))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise LinkError from error
