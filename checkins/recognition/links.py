"""Signed links to accept or decline an honorarium."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from checkins.models import Honorarium
from checkins.waves.links import read_pk

HONORARIUM_SALT = "checkins.honorarium"


def honorarium_link(honorarium: Honorarium) -> str:
    """The absolute address at which a person accepts an honorarium, or declines it."""
    return settings.SITE_URL + reverse(
        "checkins:honorarium-answer", args=[signing.dumps(honorarium.pk, salt=HONORARIUM_SALT)]
    )


def read_honorarium_link(token: str) -> int | None:
    """The id of the honorarium that a link is for; None for a link that was not made here."""
    return read_pk(token, HONORARIUM_SALT)
