"""Signed links to answer a check-in."""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from checkins.models import CheckIn

ANSWER_SALT = "checkins.answer"


def checkin_link(checkin: CheckIn) -> str:
    """The absolute address at which this person answers, with no login."""
    return settings.SITE_URL + reverse("checkins:answer", args=[signing.dumps(checkin.pk, salt=ANSWER_SALT)])


def answer_link(checkin: CheckIn, key: str, value: str) -> str:
    """The same with one answer ticked. Following it saves nothing."""
    return f"{checkin_link(checkin)}?{urlencode({key: value})}"


def read_checkin_link(token: str) -> int | None:
    """The id of the check-in that a link is for; None for a link that was not made here."""
    return read_pk(token, ANSWER_SALT)


def read_pk(token: str, salt: str) -> int | None:
    try:
        value = signing.loads(token, salt=salt)
    except signing.BadSignature:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
