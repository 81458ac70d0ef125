"""Signed links of mails. A link works for one purpose and one object, and cannot be made without the secret key."""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from checkins.models import CheckIn, Honorarium
from matching.models import Match

ANSWER_SALT = "checkins.answer"
CONFIRM_SALT = "checkins.graduation"
STAY_SALT = "checkins.alumni"
HONORARIUM_SALT = "checkins.honorarium"


def checkin_link(checkin: CheckIn) -> str:
    """The absolute address at which this person answers, with no login."""
    return settings.SITE_URL + reverse("checkins:answer", args=[signing.dumps(checkin.pk, salt=ANSWER_SALT)])


def answer_link(checkin: CheckIn, key: str, value: str) -> str:
    """The same with one answer ticked. Following it saves nothing."""
    return f"{checkin_link(checkin)}?{urlencode({key: value})}"


def confirm_link(match: Match) -> str:
    """The absolute address at which the mentor of a pair says who is ready to graduate."""
    return settings.SITE_URL + reverse("checkins:mentor-confirms", args=[signing.dumps(match.pk, salt=CONFIRM_SALT)])


def read_link(token: str) -> int | None:
    """The id of the check-in that a link is for; None for a link that was not made here."""
    return _read(token, ANSWER_SALT)


def read_confirm(token: str) -> int | None:
    """The id of the match that a mentor confirms; None for a link that was not made here."""
    return _read(token, CONFIRM_SALT)


def stay_link(programme_id: int, user_id: int) -> str:
    """The absolute address at which a person says whether they stay in touch, and comes back."""
    token = signing.dumps([programme_id, user_id], salt=STAY_SALT)
    return settings.SITE_URL + reverse("checkins:stay", args=[token])


def read_stay(token: str) -> tuple[int, int] | None:
    """The ids of the programme and the person; None for a link that was not made here."""
    try:
        programme_id, user_id = signing.loads(token, salt=STAY_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return programme_id, user_id


def honorarium_link(honorarium: Honorarium) -> str:
    """The absolute address at which a person accepts an honorarium, or declines it."""
    return settings.SITE_URL + reverse(
        "checkins:honorarium-answer", args=[signing.dumps(honorarium.pk, salt=HONORARIUM_SALT)]
    )


def read_honorarium(token: str) -> int | None:
    """The id of the honorarium that a link is for; None for a link that was not made here."""
    return _read(token, HONORARIUM_SALT)


def _read(token: str, salt: str) -> int | None:
    try:
        value = signing.loads(token, salt=salt)
    except signing.BadSignature:
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
