"""The signed link by which one side of a proposed pair answers. It works for one side of one pair."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from cohorts.links import LinkError

ASKED_SALT = "matching.asked"


def asked_link(side_id: int) -> str:
    """The absolute address at which somebody says yes or no to a pair, without signing in."""
    return settings.SITE_URL + reverse("matching:asked-link", args=[signing.dumps(side_id, salt=ASKED_SALT)])


def read_asked(token: str) -> int:
    """The id of the asked side. Raises LinkError."""
    try:
        return int(signing.loads(token, salt=ASKED_SALT))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise LinkError from error
