"""Signed links by which somebody chooses goal groups."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mentorship.core.links import LinkError

GROUPS_SALT = "matching.groups"


def groups_link(enrollment_id: int) -> str:
    """The absolute address at which somebody chooses goal groups."""
    return settings.SITE_URL + reverse(
        "matching:groups-link", args=[signing.Signer(salt=GROUPS_SALT).sign_object(enrollment_id)]
    )


def read_groups_link(token: str) -> int:
    """The id of the enrollment. Raises LinkError."""
    try:
        return int(signing.Signer(salt=GROUPS_SALT).unsign_object(token))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise LinkError from error
