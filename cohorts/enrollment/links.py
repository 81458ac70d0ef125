"""Signed link to the page where a person sees their status and answers an offer."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mentorship.core.links import LinkError

PLACE_SALT = "cohorts.place"


def place_link(enrollment_id: int) -> str:
    """The absolute address at which a person sees their status and answers an offer. It shows no answers."""
    return settings.SITE_URL + reverse("cohorts:place", args=[signing.dumps(enrollment_id, salt=PLACE_SALT)])


def read_place(token: str) -> int:
    """The id of the enrollment. Raises LinkError."""
    return read_signed_id(token, PLACE_SALT, None)


def read_signed_id(token: str, salt: str, max_age: timedelta | None) -> int:
    try:
        value = signing.loads(token, salt=salt, max_age=max_age)
    except signing.BadSignature as error:
        raise LinkError from error
    if not isinstance(value, int):
        raise LinkError
    return value
